import { Injectable } from '@nestjs/common';
import { addSeconds, DAY_SECONDS, type Id } from '../../kernel/index.js';
import { SystemClock, UnitOfWork } from '../../platform/index.js';
import { CHECKS, concernsOf } from '../domain/posture/checks.js';
import { environmentsIn } from '../domain/posture/environments.js';
import type { CheckId, Concern } from '../domain/posture/posture.js';
import { reviewRights, type RightsReview } from '../domain/posture/rights.js';
import { FindingsRepository } from '../findings/findings.repository.js';
import type { QueuedFinding } from '../findings/domain/finding.js';
import { isThere } from '../intake/target-accounts.js';
import { PostureRepository, type Surroundings } from './posture.repository.js';

/** As grants count that nobody used. */
const UNUSED_AFTER_DAYS = 90;
/** As grants name what Muster itself lets one do. */
const OURSELVES = 'muster';

export interface SeenPosture {
  readonly concerns: readonly Concern[];
  /** What its account may do against what is registered; null where no list of its system was read, or it is nobody's. */
  readonly rights: RightsReview | null;
}

/** One finding that a check has something to say of. */
export interface Troubled {
  readonly concern: Concern;
  readonly finding: QueuedFinding;
  readonly identityName: string | null;
}

export interface PostureOverview {
  /** How many findings were looked at, and whether those are all. */
  readonly looked: number;
  readonly isAll: boolean;
  /** All of them, also those that found nothing; the worst first. */
  readonly checks: readonly { readonly id: CheckId; readonly question: string; readonly found: readonly Troubled[] }[];
}

/** More are not looked at for one answer. */
const MOST_LOOKED = 5_000;
const SEVERITIES = ['high', 'medium', 'low'];

/** What is wrong with what was found, beyond whose it is; and what rights would be enough. */
@Injectable()
export class Postures {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly findings: FindingsRepository,
    private readonly repository: PostureRepository,
    private readonly clock: SystemClock,
  ) {}

  /** @throws DiscoveryError `finding_not_found` */
  look(id: Id<'finding'>): Promise<SeenPosture> {
    return this.unitOfWork.read(async (tx) => {
      const finding = await this.findings.get(tx, id);
      const around = await this.repository.surroundingsOf(tx, [id]);
      return seenOf(finding, around.get(id)!, this.clock.now());
    });
  }

  /** Everything that is wrong with what waits, and with what is registered, each check with what it found. */
  overview(): Promise<PostureOverview> {
    return this.unitOfWork.read(async (tx) => {
      const findings = await this.repository.listLooked(tx, MOST_LOOKED + 1);
      const looked = findings.slice(0, MOST_LOOKED);
      const around = await this.repository.surroundingsOf(
        tx,
        looked.map(({ id }) => id),
      );
      const at = this.clock.now();
      const all = looked.flatMap((finding) => {
        const surroundings = around.get(finding.id)!;
        const { concerns } = seenOf(finding, surroundings, at);
        return concerns.map((concern) => ({ concern, finding, identityName: surroundings.identity?.name ?? null }));
      });
      const checks = CHECKS.map(({ id, question }) => ({
        ...{ id, question },
        found: all.filter(({ concern }) => concern.check === id).sort(worstFirst),
      }));
      return { looked: looked.length, isAll: findings.length <= MOST_LOOKED, checks };
    });
  }
}

/** One finding amid what lies around it. */
function seenOf({ thing, resolution, exposedCount }: QueuedFinding, around: Surroundings, at: Date): SeenPosture {
  const { account, identity, alike } = around;
  const { identityId } = resolution;
  const since = addSeconds(at, -UNUSED_AFTER_DAYS * DAY_SECONDS);
  const rights =
    account && identityId !== null
      ? reviewRights(account.grants, rightsThere(around, account.system, thing.accounts), since)
      : null;
  const others = new Set(resolution.evidence.map((one) => one.identityId).filter((one) => one !== null));
  others.delete(identityId ?? '');
  const posture = {
    ...{ thing, resolution, exposed: exposedCount, alike, account, rights },
    environments: environmentsIn(around.paths),
    identity: identity && { ...identity, sharedWith: others.size },
  };
  return { concerns: concernsOf(posture, at), rights };
}

function worstFirst(one: Troubled, other: Troubled): number {
  return SEVERITIES.indexOf(one.concern.severity) - SEVERITIES.indexOf(other.concern.severity);
}

/** What is registered there: not what it has on targets that are known to be elsewhere. */
function rightsThere({ rights }: Surroundings, system: string, accounts: readonly string[]) {
  return rights
    .filter(({ target, at }) => target !== OURSELVES && (at === null || isThere(at, system, accounts)))
    .map(({ grantId, scope, lastUsedAt }) => ({ grantId, scope, lastUsedAt }));
}

import { Injectable } from '@nestjs/common';
import { addSeconds, DAY_SECONDS, type Id } from '../../kernel/index.js';
import { SystemClock, UnitOfWork } from '../../platform/index.js';
import { concernsOf } from '../domain/posture/checks.js';
import { environmentsIn } from '../domain/posture/environments.js';
import type { Concern } from '../domain/posture/posture.js';
import { reviewRights, type RightsReview } from '../domain/posture/rights.js';
import { FindingsRepository } from '../findings/findings.repository.js';
import { PostureRepository } from './posture.repository.js';

/** As grants count that nobody used. */
const UNUSED_AFTER_DAYS = 90;

export interface SeenPosture {
  readonly concerns: readonly Concern[];
  /** What its account may do against what is registered; null where no list of its system was read, or it is nobody's. */
  readonly rights: RightsReview | null;
}

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
      const { thing, resolution, exposedCount } = await this.findings.get(tx, id);
      const account = (await this.repository.findAccount(tx, id)) ?? null;
      const { identityId } = resolution;
      const identity = identityId === null ? undefined : await this.repository.findIdentity(tx, identityId);
      const at = this.clock.now();
      const since = addSeconds(at, -UNUSED_AFTER_DAYS * DAY_SECONDS);
      const rights =
        account && identityId !== null
          ? reviewRights(account.grants, await this.repository.rightsOf(tx, identityId), since)
          : null;
      const others = new Set(resolution.evidence.map((one) => one.identityId).filter((one) => one !== null));
      others.delete(identityId ?? '');
      const posture = {
        ...{ thing, resolution, exposed: exposedCount, account, rights },
        environments: environmentsIn(await this.repository.pathsOf(tx, id)),
        identity: identity ? { ...identity, sharedWith: others.size } : null,
      };
      return { concerns: concernsOf(posture, at), rights };
    });
  }
}

import { Injectable, Optional } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { Revocations } from '../../issuance/index.js';
import { type Actor, type Id, isId, principalName } from '../../kernel/index.js';
import { SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { type Bearer, TargetWork } from '../../targets/index.js';
import { heldBy } from '../domain/resolution/verdict.js';
import { isThere, type KnownTarget, nameOnTarget } from '../intake/target-accounts.js';
import { LeakRotation } from '../leak-rotation.js';
import { isOver, requireStanding, retire } from './domain/decisions.js';
import type { QueuedFinding, Retirement } from './domain/finding.js';
import { findingImage } from './domain/images.js';
import { stepsFor } from './domain/steps.js';
import { FindingEventsRepository } from './events.repository.js';
import { FindingsRepository } from './findings.repository.js';

/** What was done, and what is left to people. */
export interface Retired {
  readonly finding: QueuedFinding;
  readonly steps: readonly string[];
}

/** What would be done, and what would be left to people. */
export interface PlannedRetirement {
  readonly way: Retirement['way'];
  readonly rotationId: Id<'rotation'> | null;
  readonly steps: readonly string[];
}

/**
 * Has what was found open nothing any more: at once where it is Muster's own certificate, something that rotates, or an account on a
 * target, and by steps for people where it is none of these. It stays in the queue until the next look has confirmed it.
 */
@Injectable()
export class Retirements {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly findings: FindingsRepository,
    private readonly events: FindingEventsRepository,
    private readonly revocations: Revocations,
    private readonly targets: TargetWork,
    private readonly audit: Audit,
    private readonly clock: SystemClock,
    @Optional() private readonly rotation?: LeakRotation,
  ) {}

  /** How it would be retired, or is being. @throws DiscoveryError `finding_not_found` */
  async plan(id: Id<'finding'>): Promise<PlannedRetirement> {
    const { finding, end } = await this.endOf(id);
    const way = finding.retirement?.way ?? end.way;
    const rotationId = way === 'rotate' && end.way === 'rotate' ? end.rotationId : null;
    return { way, rotationId, steps: stepsFor(finding) };
  }

  /** @throws DiscoveryError `finding_not_found`, `finding_over`; IssuanceError, TargetError of what ends it */
  async retire(actor: Actor, id: Id<'finding'>, reason: string): Promise<Retired> {
    const { finding, end } = await this.endOf(id);
    requireStanding(finding);
    if (end.way === 'close-account') {
      let retired: Retired | undefined;
      await this.targets.apply(actor, end.bearer, { kind: 'close' }, async (tx) => {
        retired = await this.settleIn(tx, actor, id, end.way, reason);
      });
      return retired!;
    }
    if (end.way === 'revoke-certificate') await this.revocations.revoke(actor, end.certificateId, reason);
    if (end.way === 'rotate') await this.rotation!.rotate(actor, end.rotationId, reason);
    return this.unitOfWork.run((tx) => this.settleIn(tx, actor, id, end.way, reason));
  }

  private endOf(id: Id<'finding'>): Promise<{ readonly finding: QueuedFinding; readonly end: End }> {
    return this.unitOfWork.read(async (tx) => {
      const finding = await this.findings.get(tx, id);
      const { credentialId } = finding.resolution;
      if (isId('certificate', credentialId))
        return { finding, end: { way: 'revoke-certificate', certificateId: credentialId } };
      const rotationId = this.rotation && (await this.rotationOf(tx, finding));
      if (rotationId !== undefined) return { finding, end: { way: 'rotate', rotationId } };
      const bearer = await this.bearerOf(tx, finding);
      if (bearer !== undefined) return { finding, end: { way: 'close-account', bearer } };
      return { finding, end: { way: 'steps' } };
    });
  }

  /** What was done is done: where the finding ended meanwhile it stays so, and the record of what was done is kept. */
  private async settleIn(
    tx: Tx,
    actor: Actor,
    id: Id<'finding'>,
    way: Retirement['way'],
    reason: string,
  ): Promise<Retired> {
    const before = await this.findings.lock(tx, id);
    if (isOver(before)) return { finding: before, steps: stepsFor(before) };
    const [at, by] = [this.clock.now(), principalName(actor.principal)];
    const finding = retire(before, { way, reason, by, at: at.toISOString() }, at);
    await this.findings.saveAll(tx, [finding]);
    await this.events.add(tx, id, { kind: 'retired', words: reason, data: { way }, by, at });
    const images = { before: findingImage(before), after: findingImage(finding) };
    await this.audit.append(tx, { type: 'finding.retired', actor, subject: id, ...images });
    return { finding, steps: stepsFor(finding) };
  }

  /** What makes the credential of the account that this one opens, by whatever of its names, where that is one rotation. */
  private async rotationOf(tx: Tx, { kind, thing, resolution }: QueuedFinding): Promise<Id<'rotation'> | undefined> {
    if (kind !== 'credential' || resolution.identityId === null) return undefined;
    const rows = await tx.query<OnTarget & { readonly rotationId: Id<'rotation'> }>(ROTATES, [resolution.identityId]);
    if (rows.length === 0) return undefined;
    const listed = await tx.query<Listed>(OPENED, [heldBy(thing)]);
    const isOpened = (row: OnTarget) => isNamed(thing.accounts, row) || listed.some((one) => isListed(one, row));
    const ids = new Set(rows.filter(isOpened).map(({ rotationId }) => rotationId));
    return ids.size === 1 ? [...ids][0] : undefined;
  }

  /** An account of a known identity on a target, by its name there: only where that is the only one it has. */
  private async bearerOf(tx: Tx, { id, kind, thing, resolution }: QueuedFinding): Promise<Bearer | undefined> {
    const identityId = resolution.identityId as Id<'identity'> | null;
    if (kind !== 'account' || identityId === null) return undefined;
    const listed = await tx.query<Listed>(LISTED, [id]);
    const held = await tx.query<OnTarget>(HELD, [identityId]);
    const rows = held.filter((row) => isNamed(thing.accounts, row) || listed.some((one) => isListed(one, row)));
    return rows.length === 1 ? { targetId: rows[0]!.id, identityId } : undefined;
  }
}

/** What ends it, by the way that reaches furthest. */
type End =
  | { readonly way: 'revoke-certificate'; readonly certificateId: Id<'certificate'> }
  | { readonly way: 'rotate'; readonly rotationId: Id<'rotation'> }
  | { readonly way: 'close-account'; readonly bearer: Bearer }
  | { readonly way: 'steps' };

/** An account on a target. */
interface OnTarget extends KnownTarget {
  readonly id: Id<'target'>;
  readonly account: string;
}

/** An account by all of its names, and a server that lists it. */
interface Listed {
  readonly system: string;
  readonly accounts: readonly string[];
}

/** Whether it is that account, by its server and by its name: another server's of the same name is another one. */
function isNamed(accounts: readonly string[], { account, ...target }: OnTarget): boolean {
  const name = nameOnTarget(target, account);
  return name !== undefined && accounts.includes(name);
}

/** The same of one that a server lists; or that server lies where the target does: on loopback an account is called by none but its other names. */
function isListed({ system, accounts }: Listed, { account, ...target }: OnTarget): boolean {
  const isThis = isThere(target, system, []) && accounts.some((name) => name.endsWith(`:${account}`));
  return isThis || isNamed(accounts, { account, ...target });
}

const ACCOUNTS = `
  SELECT DISTINCT p.account ->> 'system' AS system, ARRAY(
    SELECT a.name FROM muster.discovery_names a WHERE a.finding_id = p.finding_id AND a.role = 'account') AS accounts
  FROM muster.discovery_places p WHERE p.gone_at IS NULL AND p.account IS NOT NULL`;
const LISTED = `${ACCOUNTS} AND p.finding_id = $1`;
/** Whatever holds it, or goes by a name that it opens. */
const OPENED = `${ACCOUNTS} AND p.finding_id IN (
    SELECT n.finding_id FROM muster.discovery_names n JOIN muster.discovery_findings f ON f.id = n.finding_id
    WHERE n.name = ANY ($1) AND n.role <> 'mark' AND f.kind = 'account')`;

const ROTATES = `
  SELECT r.id AS "rotationId", t.id, t.kind, t.place, a.account FROM muster.rotations r
  JOIN muster.rotation_accounts a ON a.rotation_id = r.id JOIN muster.targets t ON t.id = a.target_id
  WHERE r.identity_id = $1 AND r.status <> 'removed'`;

const HELD = `
  SELECT t.id, t.kind, t.place, a.account FROM muster.target_accounts a
  JOIN muster.targets t ON t.id = a.target_id AND t.status = 'active'
  WHERE a.identity_id = $1 AND a.removed_at IS NULL
    AND NOT EXISTS (SELECT FROM muster.target_accounts o
      WHERE o.identity_id = a.identity_id AND o.target_id = a.target_id AND o.id <> a.id AND o.removed_at IS NULL)`;

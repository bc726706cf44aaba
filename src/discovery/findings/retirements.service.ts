import { Injectable, Optional } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { Revocations } from '../../issuance/index.js';
import { type Actor, type Id, isId, principalName } from '../../kernel/index.js';
import { SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { type Bearer, TargetWork } from '../../targets/index.js';
import { LeakRotation } from '../leak-rotation.js';
import { retire } from './domain/decisions.js';
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
    const { end } = await this.endOf(id);
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

  private async settleIn(
    tx: Tx,
    actor: Actor,
    id: Id<'finding'>,
    way: Retirement['way'],
    reason: string,
  ): Promise<Retired> {
    const before = await this.findings.lock(tx, id);
    const [at, by] = [this.clock.now(), principalName(actor.principal)];
    const finding = retire(before, { way, reason, by, at: at.toISOString() }, at);
    await this.findings.saveAll(tx, [finding]);
    await this.events.add(tx, id, { kind: 'retired', words: reason, data: { way }, by, at });
    const images = { before: findingImage(before), after: findingImage(finding) };
    await this.audit.append(tx, { type: 'finding.retired', actor, subject: id, ...images });
    return { finding, steps: stepsFor(finding) };
  }

  /** What makes the credential of the account that this one opens, where that is one rotation. */
  private async rotationOf(tx: Tx, { kind, thing, resolution }: QueuedFinding): Promise<Id<'rotation'> | undefined> {
    if (kind !== 'credential' || resolution.identityId === null) return undefined;
    const rows = await tx.query<{ id: Id<'rotation'> }>(ROTATES, [resolution.identityId, accountsIn(thing)]);
    return rows.length === 1 ? rows[0]!.id : undefined;
  }

  /** An account of a known identity on a target, by its name there: only where that is the only one it has. */
  private async bearerOf(tx: Tx, { kind, thing, resolution }: QueuedFinding): Promise<Bearer | undefined> {
    if (kind !== 'account' || resolution.identityId === null) return undefined;
    const rows = await tx.query<Bearer>(HELD, [resolution.identityId, accountsIn(thing)]);
    return rows.length === 1 ? rows[0] : undefined;
  }
}

/** What ends it, by the way that reaches furthest. */
type End =
  | { readonly way: 'revoke-certificate'; readonly certificateId: Id<'certificate'> }
  | { readonly way: 'rotate'; readonly rotationId: Id<'rotation'> }
  | { readonly way: 'close-account'; readonly bearer: Bearer }
  | { readonly way: 'steps' };

/** As their own systems call them. */
function accountsIn({ accounts }: QueuedFinding['thing']): readonly string[] {
  return accounts.map((name) => name.slice(name.lastIndexOf(':') + 1));
}

const ROTATES = `
  SELECT DISTINCT r.id FROM muster.rotations r JOIN muster.rotation_accounts a ON a.rotation_id = r.id
  WHERE r.identity_id = $1 AND a.account = ANY ($2) AND a.target_id <> '' AND r.status <> 'removed'`;

const HELD = `
  SELECT a.target_id AS "targetId", a.identity_id AS "identityId" FROM muster.target_accounts a
  JOIN muster.targets t ON t.id = a.target_id AND t.status = 'active'
  WHERE a.identity_id = $1 AND a.account = ANY ($2) AND a.removed_at IS NULL
    AND NOT EXISTS (SELECT FROM muster.target_accounts o
      WHERE o.identity_id = a.identity_id AND o.target_id = a.target_id AND o.id <> a.id AND o.removed_at IS NULL)`;

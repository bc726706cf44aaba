import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { Ids, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { systemOf } from '../domain/identifiers.js';
import type { Registered } from '../domain/resolution/registry.js';
import { ghostOf } from '../domain/resolution/verdict.js';
import { inState, type QueuedFinding } from '../findings/domain/finding.js';
import { FindingsRepository } from '../findings/findings.repository.js';
import type { Observed } from './intake.js';
import { PlacesRepository } from './places.repository.js';
import { Resolver } from './resolver.js';

interface Missing extends Registered {
  readonly system: string;
}

/**
 * What is registered and is not there: names of a system whose whole list was read and does not have them. What no list was read
 * of is no ghost, however long it was not seen.
 */
@Injectable()
export class Ghosts {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly findings: FindingsRepository,
    private readonly places: PlacesRepository,
    private readonly resolver: Resolver,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  /**
   * Compares what is registered with a list that a run read whole, in the transaction that ends the run.
   *
   * @param before the systems whose lists the source gave before: one that has nothing left is empty, not unread
   * @returns the systems whose lists it gives now
   */
  async compare(tx: Tx, { sourceId, runId }: Observed, before: readonly string[]): Promise<readonly string[]> {
    const names = await this.places.accountsSeenBy(tx, sourceId, runId);
    const systems = [...new Set([...before, ...names.map(systemOf)])].sort();
    if (systems.length === 0) return systems;
    const missing = await tx.query<Missing>(MISSING, [systems]);
    const known = await this.findings.listKnown(tx, missing.map(keyOf), [], []);
    const byKey = new Map(known.map((finding) => [finding.thing.key, finding]));
    const at = this.clock.now();
    const shown = missing.map((one) => {
      const ghost = byKey.get(keyOf(one)) ?? this.newGhost(one, at);
      return ghost.state === 'closed' ? inState(ghost, 'open', at) : { ...ghost, lastSeenAt: at };
    });
    await this.findings.saveAll(tx, shown);
    await this.close(tx, await tx.query<{ id: Id<'finding'> }>(FOUND_AGAIN, [systems, missing.map(keyOf)]));
    return systems;
  }

  /** What is no longer registered, or whose identity is retired, is missing no more. */
  async lapse(identityIds: readonly string[]): Promise<void> {
    if (identityIds.length === 0) return;
    await this.unitOfWork.run(async (tx) =>
      this.close(tx, await tx.query<{ id: Id<'finding'> }>(LAPSED, [identityIds])),
    );
  }

  private async close(tx: Tx, over: readonly { readonly id: Id<'finding'> }[]): Promise<void> {
    const at = this.clock.now();
    const actor = this.resolver.actor();
    const ghosts = await this.findings.lockAll(
      tx,
      over.map(({ id }) => id),
    );
    const closed = ghosts.map((ghost) => ({
      ...inState(ghost, 'closed', at),
      version: ghost.version + 1,
      changedAt: at,
    }));
    await this.findings.saveAll(tx, closed);
    for (const [index, after] of closed.entries()) await this.resolver.tell(tx, actor, ghosts[index]!, after);
  }

  private newGhost(missing: Missing, at: Date): QueuedFinding {
    const ghost: QueuedFinding = {
      ...{
        id: this.ids.next('finding'),
        kind: 'ghost',
        state: 'open',
        assigneeId: null,
        placeCount: 0,
        exposedCount: 0,
      },
      ...{ firstSeenAt: at, lastSeenAt: at, openedAt: null, dueAt: null, retirement: null, mergedInto: null },
      ...{ dismissedBy: null, dismissedReason: null, dismissedUntil: null, version: 1, changedAt: at },
      resolution: ghostOf(missing.identifier, missing.system, missing),
      thing: {
        ...{
          kind: 'account',
          key: keyOf(missing),
          rule: 'ghost',
          vendor: missing.system.split(':')[0]!,
          name: 'account',
        },
        ...{ band: 'medium', because: ['Its system was read whole.'], lastFour: null, moot: null, secret: false },
        ...{ marks: [], accounts: [missing.identifier], holds: [], words: [missing.identifier], human: false },
      },
    };
    return inState(ghost, 'open', at);
  }
}

function keyOf({ identifier }: Pick<Missing, 'identifier'>): string {
  return `ghost:${identifier}`;
}

const MISSING = `
  SELECT a.identifier, a.system, i.id AS "identityId", i.name AS "identityName", i.status AS "identityStatus",
    NULL AS "credentialId", NULL AS ended
  FROM muster.identity_aliases a JOIN muster.identities i ON i.id = a.identity_id AND i.status <> 'retired'
  WHERE a.system = ANY ($1) AND a.removed_at IS NULL AND NOT EXISTS (
    SELECT FROM muster.discovery_names n JOIN muster.discovery_findings f ON f.id = n.finding_id
    WHERE n.name = a.identifier AND f.place_count > 0 AND f.kind <> 'ghost' AND (n.role <> 'account' OR f.kind = 'account'))
  ORDER BY a.identifier`;
/** Ghosts of these systems that the list has after all. */
const FOUND_AGAIN = `
  SELECT f.id FROM muster.discovery_findings f
  JOIN muster.identity_aliases a ON f.key = 'ghost:' || a.identifier AND a.removed_at IS NULL AND a.system = ANY ($1)
  WHERE f.kind = 'ghost' AND f.state <> 'closed' AND f.key <> ALL ($2) ORDER BY f.id`;
const LAPSED = `
  SELECT f.id FROM muster.discovery_findings f JOIN muster.identities i ON i.id = f.identity_id
  WHERE f.kind = 'ghost' AND f.identity_id = ANY ($1) AND f.state <> 'closed' AND (i.status = 'retired' OR NOT EXISTS (
    SELECT FROM muster.identity_aliases a
    WHERE 'ghost:' || a.identifier = f.key AND a.identity_id = f.identity_id AND a.removed_at IS NULL))
  ORDER BY f.id`;

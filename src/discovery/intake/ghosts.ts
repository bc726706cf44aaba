import { Injectable } from '@nestjs/common';
import { type Id, isId } from '../../kernel/index.js';
import { Ids, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { systemOf } from '../domain/identifiers.js';
import type { Registered } from '../domain/resolution/registry.js';
import { ghostOf } from '../domain/resolution/verdict.js';
import { inState, type QueuedFinding } from '../findings/domain/finding.js';
import { FindingsRepository } from '../findings/findings.repository.js';
import type { WatchedSource } from '../sources/watched/watched-source.js';
import type { Observed } from './intake.js';
import { PlacesRepository } from './places.repository.js';
import { RegistryRepository } from './registry.repository.js';
import { Resolver } from './resolver.js';
import { nameOnTarget } from './target-accounts.js';

interface Missing extends Registered {
  readonly system: string;
  /** What it is, for people. */
  readonly what: 'account' | 'key';
  /** For people, where its own name is for the registry alone. */
  readonly called: string;
}

/** What came of comparing. */
interface Compared {
  readonly systems: readonly string[];
  readonly ghosts: number;
}

interface Ghost {
  readonly id: Id<'finding'>;
  readonly key: string;
  /** Whether it is a key that is seen again, or is registered as none any more. */
  readonly isOver: boolean;
}

/**
 * What is registered and is not there: names of a system whose whole list was read and does not have them, be they aliases or
 * accounts on targets; and keys that a list should show, because it did, or because they are registered as that system's. What no
 * list was read of is no ghost, however long it was not seen.
 */
@Injectable()
export class Ghosts {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly findings: FindingsRepository,
    private readonly places: PlacesRepository,
    private readonly registry: RegistryRepository,
    private readonly resolver: Resolver,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  /**
   * Compares what is registered with a list that a run read whole, in the transaction that ends the run.
   *
   * @param before the systems whose lists the source gave before: one that has nothing left is empty, not unread
   * @returns the systems whose lists it gives now, and how many ghosts are new: the record of the run tells of them
   */
  async compare(tx: Tx, { sourceId, runId }: Observed, before: readonly string[]): Promise<Compared> {
    const names = await this.places.accountsSeenBy(tx, sourceId, runId);
    const systems = [...new Set([...before, ...names.map(systemOf)])].sort();
    if (systems.length === 0) return { systems, ghosts: 0 };
    const missing = await this.missing(tx, sourceId, systems);
    const known = await this.findings.listKnown(tx, missing.map(keyOf), [], []);
    const byKey = new Map(known.map((finding) => [finding.thing.key, finding]));
    const at = this.clock.now();
    const fresh = missing.filter((one) => !byKey.has(keyOf(one)));
    const seen = known.map((ghost) => ({ ...ghost, lastSeenAt: at }));
    const still = seen.filter(({ state }) => state !== 'closed');
    await this.findings.saveAll(tx, [...fresh.map((one) => this.newGhost(one, at)), ...still]);
    const back = seen.filter(({ state }) => state === 'closed');
    await this.put(tx, 'open', back);
    await this.close(tx, await this.foundAgain(tx, systems, missing));
    return { systems, ghosts: fresh.length };
  }

  /** Those of these whose dismissal has run out are open again: they are missing until a list has them. */
  async reopen(tx: Tx, ids: readonly Id<'finding'>[]): Promise<void> {
    const all = await this.findings.lockAll(tx, ids);
    await this.put(
      tx,
      'open',
      all.filter(({ kind, state }) => kind === 'ghost' && state === 'dismissed'),
    );
  }

  /** Nothing is missing from a list that nobody reads any more: of a source that is moved, or looked at no more. */
  async forget(tx: Tx, { id, systems }: Pick<WatchedSource, 'id' | 'systems'>): Promise<void> {
    if (systems.length === 0) return;
    const others = await tx.query<Pick<WatchedSource, 'id' | 'systems'>>(LISTING, [id]);
    const read = new Set(others.flatMap((other) => other.systems));
    const unread = systems.filter((system) => !read.has(system));
    const keys = new Set<string>();
    for (const other of others)
      for (const one of await tx.query<Missing>(KEYS, [other.id, other.systems])) keys.add(keyOf(one));
    const ghosts = await tx.query<Ghost>(GHOSTS);
    await this.close(
      tx,
      ghosts.filter(({ key }) => {
        const identifier = key.slice(GHOST.length);
        return isId('registeredKey', identifier) ? !keys.has(key) : unread.includes(systemOf(identifier));
      }),
    );
  }

  private async missing(tx: Tx, sourceId: Id<'source'>, systems: readonly string[]): Promise<readonly Missing[]> {
    const aliases = await tx.query<Missing>(ALIASES, [systems]);
    const keys = await tx.query<Missing>(KEYS, [sourceId, systems]);
    const all = [...aliases, ...(await this.accountsOf(tx, systems)), ...keys];
    return [...new Map(all.map((one) => [keyOf(one), one])).values()];
  }

  /** Accounts on targets that are these systems, and that nobody's list has. */
  private async accountsOf(tx: Tx, systems: readonly string[]): Promise<readonly Missing[]> {
    const targets = (await this.registry.targets(tx)).filter((target) => {
      const name = nameOnTarget(target, 'x');
      return name !== undefined && systems.includes(systemOf(name));
    });
    if (targets.length === 0) return [];
    const accounts = await this.registry.accountsOn(tx, targets);
    const rows = await tx.query<{ name: string }>(LISTED, [accounts.map(({ identifier }) => identifier)]);
    const listed = new Set(rows.map(({ name }) => name));
    return accounts
      .filter(({ identifier }) => !listed.has(identifier))
      .map((one) => ({ ...one, system: systemOf(one.identifier), what: 'account', called: one.identifier }));
  }

  /** Ghosts of these systems that are missing no more. */
  private async foundAgain(tx: Tx, systems: readonly string[], missing: readonly Missing[]) {
    const ghosts = await tx.query<Ghost>(GHOSTS);
    const still = new Set(missing.map(keyOf));
    return ghosts.filter(({ key, isOver }) => {
      if (still.has(key)) return false;
      const identifier = key.slice(GHOST.length);
      return isId('registeredKey', identifier) ? isOver : systems.includes(systemOf(identifier));
    });
  }

  /** What is no longer registered, or whose identity is retired, is missing no more. */
  async lapse(identityIds: readonly string[]): Promise<void> {
    if (identityIds.length === 0) return;
    await this.unitOfWork.run(async (tx) => {
      const onTargets = await this.registry.accountsHeldBy(tx, identityIds);
      await this.close(tx, await tx.query<{ id: Id<'finding'> }>(LAPSED, [identityIds, onTargets.map(keyOf)]));
    });
  }

  private async close(tx: Tx, over: readonly { readonly id: Id<'finding'> }[]): Promise<void> {
    const ids = over.map(({ id }) => id);
    await this.put(tx, 'closed', await this.findings.lockAll(tx, ids));
  }

  private async put(tx: Tx, state: 'closed' | 'open', ghosts: readonly QueuedFinding[]): Promise<void> {
    const at = this.clock.now();
    const changes = ghosts.map((before) => {
      const after = { ...inState(before, state, at), version: before.version + 1, changedAt: at };
      return { before, after };
    });
    await this.findings.saveAll(
      tx,
      changes.map(({ after }) => after),
    );
    await this.resolver.tell(tx, this.resolver.actor(), changes);
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
      resolution: ghostOf(missing),
      thing: {
        ...{
          kind: 'account',
          key: keyOf(missing),
          rule: 'ghost',
          vendor: missing.system.split(':')[0]!,
          name: missing.what,
        },
        ...{ band: 'medium', because: ['Its system was read whole.'], lastFour: null, moot: null, secret: false },
        ...{ marks: [], accounts: missing.what === 'key' ? [] : [missing.identifier], holds: [] },
        ...{ words: [missing.called], human: false },
      },
    };
    return inState(ghost, 'open', at);
  }
}

const GHOST = 'ghost:';

function keyOf({ identifier }: Pick<Missing, 'identifier'>): string {
  return `${GHOST}${identifier}`;
}

const IDENTITY = `i.id AS "identityId", i.name AS "identityName", i.status AS "identityStatus"`;
/** Whether the key `c` is seen anywhere. */
const STANDS = `EXISTS (
    SELECT FROM muster.discovery_names n JOIN muster.discovery_findings o ON o.id = n.finding_id AND o.place_count > 0
    WHERE n.name = 'fingerprint:' || encode(c.fingerprint, 'hex') AND n.role = 'mark')`;
const ALIASES = `
  SELECT a.identifier, a.system, a.identifier AS called, 'account' AS what, ${IDENTITY}, NULL AS "credentialId", NULL AS ended
  FROM muster.identity_aliases a JOIN muster.identities i ON i.id = a.identity_id AND i.status <> 'retired'
  WHERE a.system = ANY ($1) AND a.removed_at IS NULL AND NOT EXISTS (
    SELECT FROM muster.discovery_names n JOIN muster.discovery_findings f ON f.id = n.finding_id
    WHERE n.name = a.identifier AND f.place_count > 0 AND f.kind <> 'ghost' AND (n.role <> 'account' OR f.kind = 'account'))
  ORDER BY a.identifier`;
/**
 * Registered keys that the source showed before, or that are registered as of one of its systems or under its own name, and that
 * stand nowhere now. A source in which no key was ever seen shows none.
 */
const KEYS = `
  WITH shown AS MATERIALIZED (
    SELECT DISTINCT decode(substr(n.name, 13), 'hex') AS fingerprint FROM muster.discovery_places p
    JOIN muster.discovery_names n ON n.finding_id = p.finding_id AND n.role = 'mark' AND n.name LIKE 'fingerprint:%'
    WHERE p.source_id = $1),
  candidates AS (
    SELECT c.id FROM shown JOIN muster.credentials c ON c.fingerprint = shown.fingerprint
    UNION SELECT c.id FROM muster.credentials c
    WHERE c.kind = 'registered-key' AND EXISTS (SELECT FROM shown) AND lower(c.system) = ANY (ARRAY(
      SELECT lower(n.name) FROM unnest($2::text[]) AS n (name)
      UNION ALL SELECT lower(s.name) FROM muster.discovery_sources s WHERE s.id = $1)))
  SELECT c.id AS identifier, s.name AS system, 'key' AS what, c.system || ' key' || coalesce(' …' || c.last_four, '') AS called,
    ${IDENTITY}, c.id AS "credentialId", NULL AS ended
  FROM candidates JOIN muster.credentials c USING (id) JOIN muster.discovery_sources s ON s.id = $1
  JOIN muster.identities i ON i.id = c.identity_id AND i.status <> 'retired'
  WHERE c.kind = 'registered-key' AND c.revoked_at IS NULL AND c.expires_at > now() AND NOT ${STANDS} ORDER BY c.id`;
const LISTED = `
  SELECT DISTINCT n.name FROM muster.discovery_names n JOIN muster.discovery_findings f ON f.id = n.finding_id
  WHERE n.name = ANY ($1) AND n.role = 'account' AND f.kind = 'account' AND f.place_count > 0`;
const GHOSTS = `
  SELECT f.id, f.key, NOT EXISTS (
    SELECT FROM muster.credentials c
    WHERE c.id = substr(f.key, 7) AND c.revoked_at IS NULL AND c.expires_at > now() AND NOT ${STANDS}) AS "isOver"
  FROM muster.discovery_findings f WHERE f.kind = 'ghost' AND f.state <> 'closed' ORDER BY f.id`;
/** Sources whose whole lists are read. */
const LISTING = `
  SELECT s.id, s.systems FROM muster.discovery_sources s
  WHERE s.status = 'active' AND s.systems <> '{}' AND s.id <> $1 ORDER BY s.id`;
/** By none of the ways in which it could be registered it is any more. */
const LAPSED = `
  SELECT f.id FROM muster.discovery_findings f JOIN muster.identities i ON i.id = f.identity_id
  WHERE f.kind = 'ghost' AND f.identity_id = ANY ($1) AND f.state <> 'closed' AND (i.status = 'retired' OR NOT EXISTS (
    SELECT FROM muster.identity_aliases a
    WHERE 'ghost:' || a.identifier = f.key AND a.identity_id = f.identity_id AND a.removed_at IS NULL)
   AND NOT EXISTS (
    SELECT FROM muster.credentials c
    WHERE c.id = substr(f.key, 7) AND c.identity_id = f.identity_id AND c.revoked_at IS NULL AND c.expires_at > now())
   AND f.key <> ALL ($2))
  ORDER BY f.id`;

import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { Prepared, type Tx } from '../../platform/index.js';
import type { Band } from '../domain/finding.js';
import { type Thing, VERIFIER } from '../domain/resolution/thing.js';
import type { SealedVerifier } from '../identities/sealed-verifier.js';
import type { Evidence, Verdict } from '../domain/resolution/verdict.js';
import { DiscoveryError } from './domain/errors.js';
import type { FindingState, QueuedFinding, Retirement } from './domain/finding.js';

/** The only file that writes findings and the names that they are known by. */
@Injectable()
export class FindingsRepository {
  /** @throws DiscoveryError `finding_not_found` */
  async get(tx: Tx, id: Id<'finding'>): Promise<QueuedFinding> {
    return known((await tx.query<FindingRow>(GET, [id]))[0]);
  }

  /** @throws DiscoveryError `finding_not_found` */
  async lock(tx: Tx, id: Id<'finding'>): Promise<QueuedFinding> {
    return known((await tx.query<FindingRow>(LOCK, [[id]]))[0]);
  }

  /** In order of id; unknown ones have no entry. */
  async lockAll(tx: Tx, ids: readonly string[]): Promise<QueuedFinding[]> {
    if (ids.length === 0) return [];
    return (await tx.query<FindingRow>(LOCK, [[...ids].sort()])).map(findingOf);
  }

  /**
   * Whatever arriving things may be: known by one of these keys, or by one of these names of its own.
   *
   * @param names of credentials, and of accounts
   */
  async listKnown(tx: Tx, keys: readonly string[], marks: readonly string[], accounts: readonly string[]) {
    const rows = await tx.query<FindingRow>(KNOWN, [keys, marks, accounts]);
    return rows.map(findingOf);
  }

  /** Adds new ones and overwrites those that are known by id. */
  async saveAll(tx: Tx, findings: readonly QueuedFinding[]): Promise<void> {
    if (findings.length === 0) return;
    await tx.execute(SAVE, [JSON.stringify(findings.map(rowOf))]);
  }

  /** Of those that have not changed otherwise, when they were seen last. */
  async noteSeen(tx: Tx, findings: readonly QueuedFinding[]): Promise<void> {
    if (findings.length === 0) return;
    await tx.execute(NOTE_SEEN, [findings.map(({ id }) => id), findings.map(({ lastSeenAt }) => lastSeenAt)]);
  }

  async replaceNames(tx: Tx, findings: readonly Pick<QueuedFinding, 'id' | 'thing'>[]): Promise<void> {
    if (findings.length === 0) return;
    const names = findings.flatMap(({ id, thing }) => [
      ...thing.marks.map((name) => [id, 'mark', name] as const),
      ...thing.accounts.map((name) => [id, 'account', name] as const),
      ...thing.holds.map((name) => [id, 'holds', name] as const),
    ]);
    const lists = [0, 1, 2].map((place) => names.map((name) => name[place]!));
    await tx.execute(DROP_NAMES, [findings.map(({ id }) => id), ...lists]);
    await tx.execute(ADD_NAMES, lists);
  }

  /** For names of credentials: the names of the accounts whose systems say that they hold them. */
  async holdersOf(tx: Tx, names: readonly string[]): Promise<Map<string, (readonly string[])[]>> {
    if (names.length === 0) return new Map();
    const rows = await tx.query<{ mark: string; accounts: string[] }>(HOLDERS, [names]);
    const holders = new Map<string, (readonly string[])[]>();
    for (const { mark, accounts } of rows) holders.set(mark, [...(holders.get(mark) ?? []), accounts]);
    return holders;
  }

  /** Which findings have one of these names, in whatever role, or are resolved to one of these identities. */
  async touchedBy(tx: Tx, names: readonly string[], identityIds: readonly string[], after: string, count: number) {
    const rows = await tx.query<{ id: Id<'finding'> }>(TOUCHED, [names, identityIds, after, count]);
    return rows.map(({ id }) => id);
  }

  /** What was seen that proves passwords, closed: of whatever still stands somewhere. */
  async listVerifiers(tx: Tx, count: number): Promise<SealedVerifier[]> {
    const rows = await tx.query<{ verifier: SealedVerifier }>(VERIFIERS, [VERIFIER, count]);
    return rows.map(({ verifier }) => verifier);
  }

  /** Those whose dismissal has run out. */
  async listUndismissed(tx: Tx, at: Date, count: number): Promise<Id<'finding'>[]> {
    const rows = await tx.query<{ id: Id<'finding'> }>(UNDISMISSED, [at, count]);
    return rows.map(({ id }) => id);
  }
}

function known(row: FindingRow | undefined): QueuedFinding {
  if (row) return findingOf(row);
  throw new DiscoveryError('finding_not_found', 'No finding has that id. GET /v1/findings lists them.');
}

export const FINDING_COLUMNS = `f.id, f.kind, f.key, f.thing, f.rule, f.vendor, f.name, f.band, f.verdict,
  f.confidence, f.identity_id, f.credential_id, f.named, f.because, f.evidence, f.state, f.assignee_id, f.place_count,
  f.exposed_count, f.first_seen_at, f.last_seen_at, f.opened_at, f.due_at, f.dismissed_by, f.dismissed_reason,
  f.dismissed_until, f.retirement, f.merged_into, f.version, f.changed_at`;

const GET = new Prepared(`SELECT ${FINDING_COLUMNS} FROM muster.discovery_findings f WHERE f.id = $1`);
const LOCK = new Prepared(
  `SELECT ${FINDING_COLUMNS} FROM muster.discovery_findings f WHERE f.id = ANY ($1) ORDER BY f.id FOR UPDATE`,
);
const KNOWN = new Prepared(
  `WITH met AS (
     SELECT f.id FROM muster.discovery_findings f WHERE f.key = ANY ($1)
     UNION SELECT n.finding_id FROM muster.discovery_names n WHERE n.name = ANY ($2) AND n.role = 'mark'
     UNION SELECT n.finding_id FROM muster.discovery_names n JOIN muster.discovery_findings f ON f.id = n.finding_id
       WHERE n.name = ANY ($3) AND n.role = 'account' AND f.kind = 'account')
   SELECT ${FINDING_COLUMNS} FROM muster.discovery_findings f JOIN met USING (id) ORDER BY f.id FOR UPDATE OF f`,
);
const SAVE = new Prepared(
  `INSERT INTO muster.discovery_findings AS f (id, kind, key, thing, rule, vendor, name, band, verdict, confidence, identity_id,
     credential_id, named, because, evidence, state, assignee_id, place_count, exposed_count, first_seen_at, last_seen_at,
     opened_at, due_at, dismissed_by, dismissed_reason, dismissed_until, retirement, merged_into, version, changed_at)
   SELECT r.id, r.kind, r.key, r.thing, r.rule, r.vendor, r.name, r.band, r.verdict, r.confidence, r.identity_id,
     r.credential_id, r.named, r.because, r.evidence, r.state, r.assignee_id, r.place_count, r.exposed_count,
     r.first_seen_at, r.last_seen_at, r.opened_at, r.due_at, r.dismissed_by, r.dismissed_reason, r.dismissed_until,
     nullif(r.retirement, 'null'::jsonb), r.merged_into, r.version, r.changed_at
   FROM jsonb_populate_recordset(NULL::muster.discovery_findings, $1::jsonb) AS r
   ON CONFLICT (id) DO UPDATE SET key = excluded.key, thing = excluded.thing, rule = excluded.rule,
     vendor = excluded.vendor, name = excluded.name, band = excluded.band, verdict = excluded.verdict,
     confidence = excluded.confidence, identity_id = excluded.identity_id, credential_id = excluded.credential_id,
     named = excluded.named, because = excluded.because, evidence = excluded.evidence, state = excluded.state,
     assignee_id = excluded.assignee_id, place_count = excluded.place_count, exposed_count = excluded.exposed_count,
     first_seen_at = excluded.first_seen_at, last_seen_at = excluded.last_seen_at, opened_at = excluded.opened_at,
     due_at = excluded.due_at, dismissed_by = excluded.dismissed_by, dismissed_reason = excluded.dismissed_reason,
     dismissed_until = excluded.dismissed_until, retirement = excluded.retirement, merged_into = excluded.merged_into,
     version = excluded.version, changed_at = excluded.changed_at`,
);
const NOTE_SEEN = new Prepared(
  `UPDATE muster.discovery_findings f SET last_seen_at = r.at
   FROM unnest($1::text[], $2::timestamptz[]) AS r (id, at) WHERE f.id = r.id AND f.last_seen_at <> r.at`,
);
const DROP_NAMES = new Prepared(
  `DELETE FROM muster.discovery_names n WHERE n.finding_id = ANY ($1) AND NOT EXISTS (
     SELECT FROM unnest($2::text[], $3::text[], $4::text[]) AS kept (finding_id, role, name)
     WHERE (kept.finding_id, kept.role, kept.name) = (n.finding_id, n.role, n.name))`,
);
const ADD_NAMES = new Prepared(
  `INSERT INTO muster.discovery_names (finding_id, role, name)
   SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) ON CONFLICT DO NOTHING`,
);
const HOLDERS = new Prepared(
  `SELECT n.name AS mark, ARRAY(
     SELECT a.name FROM muster.discovery_names a WHERE a.finding_id = n.finding_id AND a.role = 'account'
     ORDER BY f.key = 'account:' || a.name DESC, a.name) AS accounts
   FROM muster.discovery_names n JOIN muster.discovery_findings f ON f.id = n.finding_id
   WHERE n.name = ANY ($1) AND n.role <> 'mark' AND f.kind = 'account' AND f.place_count > 0`,
);
/** Whose an account is says whose the credentials are that it holds, and those that open it by another of its names. */
const TOUCHED = new Prepared(
  `SELECT f.id FROM (
     SELECT n.finding_id AS id FROM muster.discovery_names n WHERE n.name = ANY ($1)
     UNION SELECT m.finding_id FROM muster.discovery_names a
       JOIN muster.discovery_findings l ON l.id = a.finding_id AND l.kind = 'account'
       JOIN muster.discovery_names h ON h.finding_id = a.finding_id AND h.role <> 'mark'
       JOIN muster.discovery_names m ON m.name = h.name AND m.role <> 'holds'
       WHERE a.name = ANY ($1) AND a.role = 'account'
     UNION SELECT f.id FROM muster.discovery_findings f WHERE f.identity_id = ANY ($2)) AS f
   WHERE f.id > $3 ORDER BY f.id LIMIT $4`,
);
const VERIFIERS = `
  SELECT f.thing -> 'verifier' AS verifier FROM muster.discovery_names n JOIN muster.discovery_findings f ON f.id = n.finding_id
  WHERE n.name >= $1 AND n.name < $1 || chr(1114111) AND n.role = 'mark' AND f.place_count > 0 AND f.thing ? 'verifier'
  ORDER BY n.name, f.id LIMIT $2`;
const UNDISMISSED = `
  SELECT f.id FROM muster.discovery_findings f WHERE f.dismissed_until <= $1 ORDER BY f.dismissed_until LIMIT $2`;

export interface FindingRow {
  readonly id: Id<'finding'>;
  readonly kind: QueuedFinding['kind'];
  readonly key: string;
  readonly thing: Thing;
  readonly rule: string;
  readonly vendor: string;
  readonly name: string;
  readonly band: Band;
  readonly verdict: Verdict;
  readonly confidence: number;
  readonly identity_id: string | null;
  readonly credential_id: string | null;
  readonly named: string | null;
  readonly because: string;
  readonly evidence: readonly Evidence[];
  readonly state: FindingState;
  readonly assignee_id: Id<'person'> | null;
  readonly place_count: number;
  readonly exposed_count: number;
  readonly first_seen_at: Date;
  readonly last_seen_at: Date;
  readonly opened_at: Date | null;
  readonly due_at: Date | null;
  readonly dismissed_by: string | null;
  readonly dismissed_reason: string | null;
  readonly dismissed_until: Date | null;
  readonly retirement: Retirement | null;
  readonly merged_into: Id<'finding'> | null;
  readonly version: number;
  readonly changed_at: Date;
}

export function findingOf(row: FindingRow): QueuedFinding {
  return {
    id: row.id,
    kind: row.kind,
    thing: { ...row.thing, key: row.key, rule: row.rule, vendor: row.vendor, name: row.name, band: row.band },
    resolution: {
      verdict: row.verdict,
      confidence: row.confidence,
      identityId: row.identity_id,
      credentialId: row.credential_id,
      named: row.named,
      because: row.because,
      evidence: row.evidence,
    },
    state: row.state,
    assigneeId: row.assignee_id,
    placeCount: row.place_count,
    exposedCount: row.exposed_count,
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
    openedAt: row.opened_at,
    dueAt: row.due_at,
    dismissedBy: row.dismissed_by,
    dismissedReason: row.dismissed_reason,
    dismissedUntil: row.dismissed_until,
    retirement: row.retirement,
    mergedInto: row.merged_into,
    version: row.version,
    changedAt: row.changed_at,
  };
}

function rowOf({ thing, resolution, ...finding }: QueuedFinding) {
  return {
    id: finding.id,
    kind: finding.kind,
    key: thing.key,
    thing,
    rule: thing.rule,
    vendor: thing.vendor,
    name: thing.name,
    band: thing.band,
    verdict: resolution.verdict,
    confidence: resolution.confidence,
    identity_id: resolution.identityId,
    credential_id: resolution.credentialId,
    named: resolution.named,
    because: resolution.because,
    evidence: resolution.evidence,
    state: finding.state,
    assignee_id: finding.assigneeId,
    place_count: finding.placeCount,
    exposed_count: finding.exposedCount,
    first_seen_at: finding.firstSeenAt,
    last_seen_at: finding.lastSeenAt,
    opened_at: finding.openedAt,
    due_at: finding.dueAt,
    dismissed_by: finding.dismissedBy,
    dismissed_reason: finding.dismissedReason,
    dismissed_until: finding.dismissedUntil,
    retirement: finding.retirement,
    merged_into: finding.mergedInto,
    version: finding.version,
    changed_at: finding.changedAt,
  };
}

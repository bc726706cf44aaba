import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/index.js';
import type { Posture } from '../domain/posture/posture.js';
import type { RegisteredRight } from '../domain/posture/rights.js';
import type { QueuedFinding } from '../findings/domain/finding.js';
import { FINDING_COLUMNS, findingOf, type FindingRow } from '../findings/findings.repository.js';
import type { AccountImage } from '../intake/places.repository.js';
import type { KnownTarget } from '../intake/target-accounts.js';

/** What lies around a finding, as far as its posture depends on it. */
export interface Surroundings {
  readonly account: AccountImage | null;
  readonly identity: Omit<NonNullable<Posture['identity']>, 'sharedWith'> | null;
  readonly rights: readonly RightSomewhere[];
  readonly paths: readonly string[];
  readonly alike: number;
}

/** A grant as it is registered, and where: null where what it names is no target that is known. */
export interface RightSomewhere extends RegisteredRight {
  readonly target: string;
  readonly at: KnownTarget | null;
}

/** The only file that reads what the posture of findings depends on. */
@Injectable()
export class PostureRepository {
  /** What waits first, by when it is due; then what is settled and still there. */
  async listLooked(tx: Tx, count: number): Promise<QueuedFinding[]> {
    const rows = await tx.query<FindingRow>(LOOKED, [count]);
    return rows.map(findingOf);
  }

  /** By the id of the finding. */
  async surroundingsOf(tx: Tx, ids: readonly string[]): Promise<Map<string, Surroundings>> {
    if (ids.length === 0) return new Map();
    const rows = await tx.query<{ id: string } & SurroundingsRow>(SURROUNDINGS, [ids]);
    return new Map(
      rows.map(({ id, account, identity, rights, paths, alike }) => [
        id,
        { account, identity, rights: rights ?? [], paths: paths ?? [], alike },
      ]),
    );
  }
}

interface SurroundingsRow {
  readonly account: AccountImage | null;
  readonly identity: Surroundings['identity'];
  readonly rights: readonly RightSomewhere[] | null;
  readonly paths: readonly string[] | null;
  readonly alike: number;
}

const LOOKED = `
  (SELECT ${FINDING_COLUMNS} FROM muster.discovery_findings f
   WHERE f.state IN ('open', 'retiring') AND f.due_at IS NOT NULL ORDER BY f.due_at, f.id LIMIT $1)
  UNION ALL
  (SELECT ${FINDING_COLUMNS} FROM muster.discovery_findings f
   WHERE f.state = 'settled' AND f.verdict = 'registered' AND f.place_count > 0 ORDER BY f.id LIMIT $1)
  LIMIT $1`;
/** The account as its own system lists it: it itself, or the one that holds the credential. An identity has 200 grants at most. */
const SURROUNDINGS = `
  SELECT f.id, a.account, p.paths, g.rights, (
      SELECT count(DISTINCT o.id)::integer FROM muster.discovery_names m
      JOIN muster.discovery_names n ON n.name = m.name AND n.role = 'mark' AND n.finding_id <> f.id
      JOIN muster.discovery_findings o ON o.id = n.finding_id AND o.place_count > 0
      WHERE m.finding_id = f.id AND m.role = 'mark' AND m.name LIKE 'fingerprint:%') AS alike,
    CASE WHEN i.id IS NULL THEN NULL ELSE jsonb_build_object('name', i.name, 'status', i.status,
      'environment', i.environment, 'unattended', h.status IS DISTINCT FROM 'active') END AS identity
  FROM unnest($1::text[]) AS asked (id) JOIN muster.discovery_findings f ON f.id = asked.id
  LEFT JOIN muster.identities i ON i.id = f.identity_id
  LEFT JOIN muster.people h ON h.id = i.primary_custodian_id
  LEFT JOIN LATERAL (
    SELECT p.account FROM muster.discovery_places p
    WHERE p.gone_at IS NULL AND p.account IS NOT NULL AND p.finding_id IN (
      SELECT f.id UNION SELECT h.finding_id FROM muster.discovery_names m
      JOIN muster.discovery_names h ON h.name = m.name AND h.role = 'holds' WHERE m.finding_id = f.id AND m.role = 'mark')
    ORDER BY p.finding_id = f.id DESC, p.last_seen_at DESC LIMIT 1) a ON true
  LEFT JOIN LATERAL (
    SELECT array_agg(near.path) AS paths FROM (
      SELECT DISTINCT p.path FROM muster.discovery_places p WHERE p.finding_id = f.id AND p.gone_at IS NULL LIMIT 500) near) p ON true
  LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('grantId', g.id, 'scope', g.scope, 'lastUsedAt', g.last_used_at, 'target', g.target,
      'at', CASE WHEN t.id IS NOT NULL THEN jsonb_build_object('id', t.id, 'kind', t.kind, 'place', t.place) END) ORDER BY g.id) AS rights
    FROM muster.grants g LEFT JOIN muster.targets t ON t.name = g.target AND t.status <> 'removed' WHERE g.identity_id = f.identity_id AND g.removed_at IS NULL) g ON true`;

import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { Prepared, type Tx } from '../../platform/index.js';
import type { Suppression } from '../domain/finding.js';
import type { AccountSeen, Place } from '../domain/observation.js';

/** What an account was seen to be and to have, at one place. */
export type AccountImage = Pick<AccountSeen, 'system' | 'accountKind' | 'grants' | 'facts' | 'credentials'>;

/** A commit without the name of its author, who is a person of ours or nobody's business. */
export interface KeptCommit {
  readonly id: string;
  /** RFC 3339. */
  readonly at: string;
  readonly authorId: Id<'person'> | null;
}

export interface KeptPlace extends Omit<Place, 'commit'> {
  readonly commit: KeptCommit | null;
}

export interface SeenPlace {
  readonly findingId: Id<'finding'>;
  readonly place: KeptPlace;
  readonly exposed: boolean;
  readonly suppressed: Suppression | null;
  /** People of ours whom its repository names for the file. */
  readonly ownerIds: readonly Id<'person'>[];
  readonly account: AccountImage | null;
}

/** A place as people are shown it. */
export interface ShownPlace extends Omit<SeenPlace, 'findingId'> {
  readonly sourceId: Id<'source'>;
  readonly sourceName: string;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly goneAt: Date | null;
}

/** Where findings stand, and since when and until when. */
@Injectable()
export class PlacesRepository {
  async see(tx: Tx, sourceId: Id<'source'>, runId: Id<'sourceRun'>, seen: readonly SeenPlace[], at: Date) {
    if (seen.length === 0) return;
    const rows = new Map(seen.map((one) => [`${one.findingId} ${keyOf(one.place)}`, rowOf(one)]));
    await tx.execute(SEE, [JSON.stringify([...rows.values()]), sourceId, runId, at]);
  }

  /** What was not seen by a run that saw everything but what is hidden is gone. @returns whose it was */
  async endUnseen(
    tx: Tx,
    sourceId: Id<'source'>,
    runId: Id<'sourceRun'>,
    hidden: readonly string[],
    at: Date,
  ): Promise<Id<'finding'>[]> {
    const rows = await tx.query<{ id: Id<'finding'> }>(END_UNSEEN, [sourceId, runId, at, hidden]);
    return [...new Set(rows.map(({ id }) => id))];
  }

  /** All that stood at one path, or below it where it ends in `/`, is gone. @returns whose it was */
  async endAt(tx: Tx, sourceId: Id<'source'>, path: string, at: Date): Promise<Id<'finding'>[]> {
    const rows = await tx.query<{ id: Id<'finding'> }>(path.endsWith('/') ? END_BELOW : END_AT, [sourceId, path, at]);
    return [...new Set(rows.map(({ id }) => id))];
  }

  /** Everything of a source that is looked at no more. @returns whose it was */
  async endAll(tx: Tx, sourceId: Id<'source'>, at: Date): Promise<Id<'finding'>[]> {
    const rows = await tx.query<{ id: Id<'finding'> }>(END_ALL, [sourceId, at]);
    return [...new Set(rows.map(({ id }) => id))];
  }

  /** How many places each has now, and in how many of them no secret belongs. */
  async count(
    tx: Tx,
    ids: readonly string[],
  ): Promise<Map<string, { places: number; exposed: number; lastSeenAt: Date }>> {
    if (ids.length === 0) return new Map();
    const rows = await tx.query<{ id: string; places: number; exposed: number; lastSeenAt: Date }>(COUNT, [ids]);
    return new Map(rows.map(({ id, ...counts }) => [id, counts]));
  }

  /** Those that are there first, in order of source, path and line. */
  async list(tx: Tx, findingId: Id<'finding'>, offset: number, count: number): Promise<ShownPlace[]> {
    return (await tx.query<PlaceRow>(LIST, [findingId, offset, count])).map(placeOf);
  }

  /** The systems whose accounts a run saw: by their names. */
  async accountsSeenBy(tx: Tx, sourceId: Id<'source'>, runId: Id<'sourceRun'>): Promise<string[]> {
    const rows = await tx.query<{ name: string }>(ACCOUNTS_SEEN, [sourceId, runId]);
    return rows.map(({ name }) => name);
  }
}

/** Places are told apart by where they are: the same again is the same, whoever brought it there. */
function keyOf({ path, line, within }: KeptPlace): string {
  return createHash('sha256')
    .update(JSON.stringify([path, line, within]))
    .digest('hex')
    .slice(0, 32);
}

function rowOf({ findingId, place, exposed, suppressed, ownerIds, account }: SeenPlace) {
  const { path, line, within, commit, commitCount, unreachable } = place;
  return {
    ...{ finding_id: findingId, place_key: `\\x${keyOf(place)}`, path, line, within: [...within], commit },
    ...{ commit_count: commitCount, unreachable, exposed, suppressed, account },
    owner_ids: [...ownerIds],
  };
}

const SEE = new Prepared(
  `INSERT INTO muster.discovery_places AS p (finding_id, source_id, place_key, path, line, within, commit, commit_count,
     unreachable, exposed, suppressed, owner_ids, account, first_seen_at, last_seen_at, run_id)
   SELECT r.finding_id, $2, r.place_key, r.path, r.line, r.within, nullif(r.commit, 'null'::jsonb), r.commit_count,
     r.unreachable, r.exposed, nullif(r.suppressed, 'null'::jsonb), r.owner_ids, nullif(r.account, 'null'::jsonb), $4, $4, $3
   FROM jsonb_populate_recordset(NULL::muster.discovery_places, $1::jsonb) AS r
   ON CONFLICT ON CONSTRAINT discovery_places_pk DO UPDATE SET commit = coalesce(p.commit, excluded.commit),
     commit_count = greatest(p.commit_count, excluded.commit_count), unreachable = excluded.unreachable,
     exposed = excluded.exposed, suppressed = excluded.suppressed, owner_ids = excluded.owner_ids, account = excluded.account,
     last_seen_at = excluded.last_seen_at, run_id = excluded.run_id, gone_at = NULL`,
);
const END = 'UPDATE muster.discovery_places p SET gone_at = $3';
const GONE = 'p.source_id = $1 AND p.gone_at IS NULL';
/** Every beginning of a path that ends where a name does, is looked up among what is hidden: that may be many thousands. */
const HIDDEN = `EXISTS (
  SELECT FROM generate_series(0, length(p.path)) AS n
  WHERE (n IN (0, length(p.path)) OR substr(p.path, n + 1, 1) IN ('/', '#')) AND left(p.path, n) = ANY ($4))`;
const END_UNSEEN = `UPDATE muster.discovery_places p SET gone_at = $3
  WHERE ${GONE} AND p.run_id <> $2 AND ($4::text[] = '{}' OR NOT ${HIDDEN}) RETURNING p.finding_id AS id`;
const END_AT = `${END} WHERE ${GONE} AND p.path = $2 RETURNING p.finding_id AS id`;
const END_BELOW = `${END} WHERE ${GONE} AND starts_with(p.path, $2) RETURNING p.finding_id AS id`;
const END_ALL = `UPDATE muster.discovery_places p SET gone_at = $2 WHERE ${GONE} RETURNING p.finding_id AS id`;
/** What people merged counts with what it was merged into. */
const COUNT = new Prepared(
  `SELECT asked.id, count(p.place_key)::integer AS places, (count(*) FILTER (WHERE p.exposed))::integer AS exposed,
     max(p.last_seen_at) AS "lastSeenAt"
   FROM unnest($1::text[]) AS asked (id)
   CROSS JOIN LATERAL (
     SELECT asked.id AS finding_id UNION ALL SELECT f.id FROM muster.discovery_findings f WHERE f.merged_into = asked.id) AS f
   LEFT JOIN muster.discovery_places p ON p.finding_id = f.finding_id AND p.gone_at IS NULL
   GROUP BY asked.id`,
);
const LIST = `
  SELECT p.source_id AS "sourceId", s.name AS "sourceName", p.path, p.line, p.within, p.commit, p.commit_count, p.unreachable,
    p.exposed, p.suppressed, p.owner_ids AS "ownerIds", p.account, p.first_seen_at AS "firstSeenAt", p.last_seen_at AS "lastSeenAt", p.gone_at AS "goneAt"
  FROM muster.discovery_places p
  JOIN muster.discovery_findings f ON f.id = p.finding_id AND (f.id = $1 OR f.merged_into = $1)
  JOIN muster.discovery_sources s ON s.id = p.source_id
  ORDER BY p.gone_at DESC NULLS FIRST, s.name, p.path, p.line, p.place_key OFFSET $2 LIMIT $3`;
const ACCOUNTS_SEEN = `
  SELECT DISTINCT n.name FROM muster.discovery_places p JOIN muster.discovery_names n ON n.finding_id = p.finding_id
  WHERE p.source_id = $1 AND p.run_id = $2 AND p.gone_at IS NULL AND p.account IS NOT NULL AND n.role = 'account'`;

interface PlaceRow extends Omit<ShownPlace, 'place'>, Omit<KeptPlace, 'commitCount'> {
  readonly commit_count: number;
}

function placeOf(row: PlaceRow): ShownPlace {
  const { path, line, within, commit, commit_count: commitCount, unreachable, ...rest } = row;
  return { ...rest, place: { path, line, within, commit, commitCount, unreachable } };
}

import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { Prepared, type Tx } from '../../platform/index.js';
import type { Caller } from '../../targets/index.js';

/** Whom a target was seen to be used by while a run watched: what a sample shows once is remembered. */
@Injectable()
export class WatchesRepository {
  /** What was seen now of each version; whoever is not among them is there no more. */
  async note(tx: Tx, runId: Id<'rotationRun'>, seen: Callers): Promise<void> {
    await tx.execute(GONE, [runId, Object.keys(seen).map(Number)]);
    const rows = Object.entries(seen).flatMap(([version, callers]) =>
      [...merged(callers).values()].map((caller) => ({
        version: Number(version),
        address: caller.address,
        application: caller.application ?? '',
        session: caller.session,
        first_seen_at: caller.firstSeenAt,
        last_seen_at: caller.lastSeenAt,
        open: caller.open,
      })),
    );
    if (rows.length > 0) await tx.execute(NOTE, [runId, JSON.stringify(rows)]);
  }

  /** Of each version, the latest first. */
  async listOf(tx: Tx, runId: Id<'rotationRun'>): Promise<Callers> {
    const seen: Record<number, Caller[]> = {};
    for (const row of await tx.query<WatchRow>(LIST, [runId])) (seen[row.version] ??= []).push(callerOf(row));
    return seen;
  }
}

/** Who was seen, by the number of the version that they used. */
type Callers = Readonly<Record<number, readonly Caller[]>>;

function callerOf(row: WatchRow): Caller {
  return {
    address: row.address,
    application: row.application === '' ? null : row.application,
    session: row.session,
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
    open: row.open,
  };
}

/** One place with several sessions is one caller: the first it was seen, the last, and whether any is open. */
function merged(callers: readonly Caller[]): Map<string, Caller> {
  const places = new Map<string, Caller>();
  for (const caller of callers) {
    const key = JSON.stringify([caller.address, caller.application]);
    const before = places.get(key);
    places.set(key, before ? together(before, caller) : caller);
  }
  return places;
}

function together(one: Caller, other: Caller): Caller {
  const latest = other.lastSeenAt > one.lastSeenAt ? other : one;
  return {
    ...latest,
    session: one.open ? one.session : other.session,
    firstSeenAt: other.firstSeenAt < one.firstSeenAt ? other.firstSeenAt : one.firstSeenAt,
    open: one.open || other.open,
  };
}

const GONE = new Prepared(
  `UPDATE muster.rotation_watches SET open = false, session = NULL WHERE run_id = $1 AND version = ANY ($2::integer[]) AND open`,
);
const NOTE = new Prepared(
  `INSERT INTO muster.rotation_watches (run_id, version, address, application, session, first_seen_at, last_seen_at, open)
   SELECT $1, s.version, s.address, s.application, s.session, s.first_seen_at, s.last_seen_at, s.open
   FROM jsonb_to_recordset($2::jsonb) AS s (version integer, address text, application text, session text, first_seen_at timestamptz,
     last_seen_at timestamptz, open boolean)
   ON CONFLICT ON CONSTRAINT rotation_watches_pk DO UPDATE SET session = EXCLUDED.session, open = EXCLUDED.open,
     first_seen_at = least(rotation_watches.first_seen_at, EXCLUDED.first_seen_at),
     last_seen_at = greatest(rotation_watches.last_seen_at, EXCLUDED.last_seen_at)`,
);
const LIST = new Prepared(
  `SELECT w.version, w.address, w.application, w.session, w.first_seen_at, w.last_seen_at, w.open
   FROM muster.rotation_watches w WHERE w.run_id = $1 ORDER BY w.open DESC, w.last_seen_at DESC, w.address, w.application`,
);

interface WatchRow {
  readonly version: number;
  readonly address: string;
  readonly application: string;
  readonly session: string | null;
  readonly first_seen_at: Date;
  readonly last_seen_at: Date;
  readonly open: boolean;
}

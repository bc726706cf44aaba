import { Injectable } from '@nestjs/common';
import type { Id } from '../../../kernel/index.js';
import { Prepared, type Tx } from '../../../platform/index.js';
import { SourceError } from '../errors.js';
import type { Advance, RunCause, RunState, SourceRun } from './source-run.js';

export type NewRun = Pick<SourceRun, 'anew' | 'cause' | 'id' | 'sourceId' | 'startedAt' | 'startedBy'>;

/** Looks at sources: at most one of each goes on. */
@Injectable()
export class SourceRunsRepository {
  /** @returns whether it began: where one goes on already, it does not */
  async begin(tx: Tx, { id, sourceId, cause, anew, startedBy, startedAt }: NewRun): Promise<boolean> {
    return (await tx.query(BEGIN, [id, sourceId, cause, anew, startedBy, startedAt])).length > 0;
  }

  /** @throws SourceError `source_not_found` */
  async get(tx: Tx, id: Id<'sourceRun'>): Promise<SourceRun> {
    const [row] = await tx.query<RunRow>(GET, [id]);
    if (!row) throw new SourceError('source_not_found', 'No run has that id. GET /v1/sources/{id}/runs lists them.');
    return runOf(row);
  }

  /** The newest first. */
  async list(tx: Tx, sourceId: Id<'source'>, before: string | undefined, limit: number): Promise<SourceRun[]> {
    return (await tx.query<RunRow>(LIST, [sourceId, before ?? null, limit])).map(runOf);
  }

  /** The one that goes on, and else the last. By source. */
  async newest(tx: Tx, sourceIds: readonly string[]): Promise<ReadonlyMap<string, SourceRun>> {
    const rows = await tx.query<RunRow>(NEWEST, [sourceIds]);
    return new Map(rows.map((row) => [row.source_id, runOf(row)]));
  }

  /** One that waits, or whose holder has not been heard of. */
  async claim(tx: Tx, at: Date, until: Date): Promise<SourceRun | undefined> {
    return (await tx.query<RunRow>(CLAIM, [at, until])).map(runOf)[0];
  }

  /** Says that it goes on. @returns whether it is still held by this claim */
  async keep(
    tx: Tx,
    { id, claim }: SourceRun,
    { done, ofAll, observed, skipped }: Advance,
    until: Date,
  ): Promise<boolean> {
    return (await tx.query(KEEP, [id, claim, until, done, ofAll, observed, JSON.stringify(skipped)])).length > 0;
  }

  /** Whoever has it ends in order: it waits for another. */
  async giveBack(tx: Tx, { id, claim }: SourceRun): Promise<void> {
    await tx.execute(GIVE_BACK, [id, claim]);
  }

  /** @returns whether it was still held by this claim: nothing of another's run is ended */
  async end(
    tx: Tx,
    { id, claim }: SourceRun,
    { state, complete, coverage, failure }: Pick<SourceRun, 'complete' | 'coverage' | 'failure' | 'state'>,
    { done, ofAll, observed, skipped }: Advance,
    at: Date,
  ): Promise<boolean> {
    const counts = [done, ofAll, observed, JSON.stringify(skipped)];
    return (await tx.query(END, [id, claim, state, complete, coverage, failure, at, ...counts])).length > 0;
  }

  /** Whatever goes on at a source ends. */
  async cancel(tx: Tx, sourceId: Id<'source'>, at: Date): Promise<void> {
    await tx.execute(CANCEL, [sourceId, at]);
  }
}

const COLUMNS = `r.id, r.source_id, r.cause, r.anew, r.state, r.started_by, r.started_at, r.ended_at, r.claim, r.deaths,
  r.done, r.of_all, r.observed, r.skipped, r.complete, r.coverage, r.failure`;
const BEGIN = `
  INSERT INTO muster.discovery_runs (id, source_id, cause, anew, state, started_by, started_at)
  VALUES ($1, $2, $3, $4, 'waiting', $5, $6) ON CONFLICT (source_id) WHERE ended_at IS NULL DO NOTHING RETURNING id`;
const GET = new Prepared(`SELECT ${COLUMNS} FROM muster.discovery_runs r WHERE r.id = $1`);
const LIST = new Prepared(
  `SELECT ${COLUMNS} FROM muster.discovery_runs r WHERE r.source_id = $1 AND ($2::text IS NULL OR r.id < $2) ORDER BY r.id DESC LIMIT $3`,
);
const NEWEST = `
  SELECT r.* FROM unnest($1::text[]) AS asked (id) CROSS JOIN LATERAL (
    SELECT ${COLUMNS} FROM muster.discovery_runs r WHERE r.source_id = asked.id ORDER BY r.id DESC LIMIT 1) AS r`;
const CLAIM = `
  UPDATE muster.discovery_runs r SET state = 'running', claim = r.claim + 1, deaths = r.deaths + (r.state = 'running')::integer,
    claimed_until = $2
  WHERE r.id = (
    SELECT d.id FROM muster.discovery_runs d WHERE d.ended_at IS NULL AND (d.state = 'waiting' OR d.claimed_until < $1)
    ORDER BY d.id LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING ${COLUMNS}`;
const KEEP = new Prepared(
  `UPDATE muster.discovery_runs SET claimed_until = $3, done = $4, of_all = $5, observed = $6, skipped = $7
   WHERE id = $1 AND claim = $2 AND ended_at IS NULL RETURNING id`,
);
const GIVE_BACK = `
  UPDATE muster.discovery_runs SET state = 'waiting', claimed_until = NULL WHERE id = $1 AND claim = $2 AND ended_at IS NULL`;
const END = `
  UPDATE muster.discovery_runs SET state = $3, complete = $4, coverage = $5, failure = $6, ended_at = $7, claimed_until = NULL,
    done = $8, of_all = $9, observed = $10, skipped = $11
  WHERE id = $1 AND claim = $2 AND ended_at IS NULL RETURNING id`;
const CANCEL = `
  UPDATE muster.discovery_runs SET state = 'cancelled', ended_at = $2, claimed_until = NULL
  WHERE source_id = $1 AND ended_at IS NULL`;

interface RunRow {
  readonly id: Id<'sourceRun'>;
  readonly source_id: Id<'source'>;
  readonly cause: RunCause;
  readonly anew: boolean;
  readonly state: RunState;
  readonly started_by: string;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly claim: number;
  readonly deaths: number;
  readonly done: number;
  readonly of_all: number | null;
  readonly observed: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly complete: boolean | null;
  readonly coverage: string | null;
  readonly failure: string | null;
}

function runOf(row: RunRow): SourceRun {
  const { id, cause, anew, state, claim, deaths, done, observed, skipped, complete, coverage, failure } = row;
  const counts = { claim, deaths, done, observed, skipped, complete, coverage, failure };
  return {
    ...{ id, cause, anew, state, ...counts, sourceId: row.source_id, startedBy: row.started_by },
    ...{ startedAt: row.started_at, endedAt: row.ended_at, ofAll: row.of_all },
  };
}

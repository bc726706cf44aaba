import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { Prepared, type Tx } from '../../platform/index.js';
import { translated } from '../constraints.js';
import { RotationError } from '../domain/errors.js';
import type { Evidence } from '../domain/evidence.js';
import type { Direction, Run, RunCause, RunState, Step } from '../domain/run.js';

export interface RunFilter {
  readonly rotationId?: Id<'rotation'> | undefined;
  readonly identityId?: Id<'identity'> | undefined;
  readonly state?: RunState | undefined;
}

/** A run that somebody took, and the target it is about; null for Muster's own certificates. */
export interface Claimed {
  readonly run: Run;
  readonly targetId: Id<'target'> | null;
}

@Injectable()
export class RunsRepository {
  /** @throws RotationError `run_live` where one of it is under way */
  async insert(tx: Tx, run: Run): Promise<void> {
    const { id, rotationId, cause, reason, emergencyId, newVersion, oldVersion, startedBy, startedAt } = run;
    const fixed = [id, rotationId, cause, reason, emergencyId, newVersion, oldVersion, startedBy, startedAt];
    await translated(tx.execute(INSERT, [...fixed, ...changeable(run)]));
  }

  /** @throws RotationError `run_not_found` */
  async get(tx: Tx, id: Id<'rotationRun'>): Promise<Run> {
    return known((await tx.query<RunRow>(GET, [id])).map(runOf)[0]);
  }

  /** @throws RotationError `run_not_found` */
  async lock(tx: Tx, id: Id<'rotationRun'>): Promise<Run> {
    return known((await tx.query<RunRow>(LOCK, [id])).map(runOf)[0]);
  }

  async findLive(tx: Tx, rotationId: Id<'rotation'>): Promise<Run | undefined> {
    return (await tx.query<RunRow>(FIND_LIVE, [rotationId])).map(runOf)[0];
  }

  /** The newest first. */
  async list(tx: Tx, filter: RunFilter, before: string | undefined, count: number): Promise<Run[]> {
    const parameters: unknown[] = [count];
    const conditions = Object.entries(FILTERS).flatMap(([name, condition]) => {
      const value = filter[name as keyof RunFilter];
      return value === undefined ? [] : [`AND ${condition.replace('?', `$${parameters.push(value)}`)}`];
    });
    if (before !== undefined) conditions.push(`AND n.id < $${parameters.push(before)}`);
    const rows = await tx.query<RunRow>(
      `SELECT ${RUN_COLUMNS} FROM muster.rotation_runs n WHERE true ${conditions.join(' ')} ORDER BY n.id DESC LIMIT $1`,
      parameters,
    );
    return rows.map(runOf);
  }

  /**
   * Takes what is due, for so long that nobody else takes it meanwhile; two never take the same.
   *
   * @param among `all` that is due; or only what is `urgent`: half-way, so that two credentials work until it is over, or asked for
   *   by somebody. The longest due first
   * @param until when whoever took it is believed to be dead
   * @param avoided targets that are let be for now
   */
  async claim(
    tx: Tx,
    among: keyof typeof CLAIM,
    at: Date,
    until: Date,
    avoided: readonly Id<'target'>[],
  ): Promise<Claimed | undefined> {
    const [row] = await tx.query<RunRow & { target_id: Id<'target'> | null }>(CLAIM[among], [at, until, avoided]);
    return row && { run: runOf(row), targetId: row.target_id };
  }

  async keep(tx: Tx, id: Id<'rotationRun'>, claim: number, until: Date): Promise<void> {
    await tx.execute(KEEP, [id, claim, until]);
  }

  /**
   * Lets be what is due on a target and nobody has: each is due again in a place of its own, of so many. It says why, and counts as
   * no attempt.
   */
  async rest(
    tx: Tx,
    targetId: Id<'target'>,
    failure: string,
    at: Date,
    { everySeconds, places }: { readonly everySeconds: number; readonly places: number },
  ): Promise<void> {
    await tx.execute(REST, [targetId, at, failure, everySeconds, places]);
  }

  /**
   * Has what waits for a target for these reasons, and nobody has, be due now, with nothing to be said against it; what failed there
   * itself, after so long at most: that it tries again is counted, and by time alone.
   */
  async wake(
    tx: Tx,
    targetId: Id<'target'>,
    failures: readonly string[],
    at: Date,
    pauseSeconds: number,
  ): Promise<void> {
    await tx.execute(WAKE, [targetId, at, failures, pauseSeconds]);
  }

  /** When the next one is due that nobody has. */
  async nextDue(tx: Tx): Promise<Date | null> {
    const rows = await tx.query<{ due_at: Date | null }>(NEXT_DUE);
    return rows[0]?.due_at ?? null;
  }

  async save(tx: Tx, run: Run): Promise<void> {
    await tx.execute(SAVE, [run.id, ...changeable(run)]);
  }
}

export const RUN_COLUMNS = `n.id, n.rotation_id, n.cause, n.reason, n.emergency_id, n.state, n.direction, n.step, n.new_version,
  n.old_version, n.attempts, n.due_at, n.claimed_until, n.claim, n.failure, n.quiet_since, n.watched_since, n.evidence,
  n.overridden_by, n.override_reason, n.cancel_reason, n.pair_taken, n.started_by, n.started_at, n.step_since, n.ended_at, n.version`;
const INSERT = `
  INSERT INTO muster.rotation_runs (id, rotation_id, cause, reason, emergency_id, new_version, old_version, started_by, started_at,
    state, direction, step, attempts, due_at, claimed_until, failure, quiet_since, watched_since, evidence, overridden_by,
    override_reason, cancel_reason, pair_taken, step_since, ended_at, version)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)`;
const GET = new Prepared(`SELECT ${RUN_COLUMNS} FROM muster.rotation_runs n WHERE n.id = $1`);
const LOCK = new Prepared(`SELECT ${RUN_COLUMNS} FROM muster.rotation_runs n WHERE n.id = $1 FOR UPDATE`);
const FIND_LIVE = new Prepared(
  `SELECT ${RUN_COLUMNS} FROM muster.rotation_runs n WHERE n.rotation_id = $1 AND n.ended_at IS NULL`,
);
/** Only what is asked for stands in the statement, so that it is found by the index that fits. */
const FILTERS: Readonly<Record<keyof RunFilter, string>> = {
  rotationId: 'n.rotation_id = ?',
  identityId: 'n.rotation_id IN (SELECT r.id FROM muster.rotations r WHERE r.identity_id = ?)',
  state: 'n.state = ?',
};
const claiming = (condition: string) =>
  new Prepared(
    `WITH next AS (
       SELECT n.id, r.target_id FROM muster.rotation_runs n JOIN muster.rotations r ON r.id = n.rotation_id
       WHERE ${condition} AND n.due_at <= $1 AND (n.claimed_until IS NULL OR n.claimed_until <= $1)
         AND (r.target_id IS NULL OR r.target_id <> ALL ($3::text[]))
       ORDER BY n.due_at, n.id LIMIT 1 FOR UPDATE OF n SKIP LOCKED)
     UPDATE muster.rotation_runs n SET claimed_until = $2, claim = n.claim + 1
     FROM next WHERE n.id = next.id RETURNING ${RUN_COLUMNS}, next.target_id`,
  );
const CLAIM = {
  all: claiming('true'),
  urgent: claiming(`(n.step <> 'create' OR n.cause NOT IN ('schedule', 'maximum-age'))`),
};
const REST = new Prepared(
  `WITH due AS (
     SELECT n.id FROM muster.rotation_runs n JOIN muster.rotations r ON r.id = n.rotation_id
     WHERE n.due_at <= $2 AND r.target_id = $1 AND (n.claimed_until IS NULL OR n.claimed_until <= $2)
     FOR UPDATE OF n SKIP LOCKED),
   placed AS (SELECT due.id, row_number() OVER (ORDER BY due.id) AS place FROM due)
   UPDATE muster.rotation_runs n
   SET state = 'running', failure = $3, due_at = $2 + make_interval(secs => $4::integer * (1 + (placed.place - 1) % $5::integer))
   FROM placed WHERE n.id = placed.id`,
);
const WAKE = new Prepared(
  `WITH resting AS (
     SELECT n.id, woken.at FROM muster.rotations r
     JOIN muster.rotation_runs n ON n.rotation_id = r.id AND n.ended_at IS NULL
     CROSS JOIN LATERAL (VALUES ($2::timestamptz + make_interval(secs => CASE n.attempts WHEN 0 THEN 0 ELSE $4::integer END))) AS woken (at)
     WHERE r.target_id = $1 AND n.due_at > woken.at AND n.state = 'running' AND n.failure = ANY ($3::text[])
       AND (n.claimed_until IS NULL OR n.claimed_until <= $2)
     FOR UPDATE OF n SKIP LOCKED)
   UPDATE muster.rotation_runs n SET due_at = resting.at, failure = CASE n.attempts WHEN 0 THEN NULL ELSE n.failure END
   FROM resting WHERE n.id = resting.id`,
);
const KEEP = new Prepared(
  'UPDATE muster.rotation_runs SET claimed_until = $3 WHERE id = $1 AND claim = $2 AND claimed_until IS NOT NULL',
);
const NEXT_DUE = new Prepared(
  `SELECT greatest(n.due_at, n.claimed_until) AS due_at FROM muster.rotation_runs n
   WHERE n.due_at IS NOT NULL ORDER BY n.due_at LIMIT 1`,
);
const SAVE = new Prepared(
  `UPDATE muster.rotation_runs SET state = $2, direction = $3, step = $4, attempts = $5, due_at = $6, claimed_until = $7,
     failure = $8, quiet_since = $9, watched_since = $10, evidence = $11, overridden_by = $12, override_reason = $13,
     cancel_reason = $14, pair_taken = $15, step_since = $16, ended_at = $17, version = $18
   WHERE id = $1`,
);

function changeable(run: Run): unknown[] {
  const { state, direction, step, attempts, dueAt, claimedUntil, failure, quietSince, watchedSince, evidence } = run;
  const { overriddenBy, overrideReason, cancelReason, pairTaken, stepSince, endedAt, version } = run;
  const seen = evidence && JSON.stringify(evidence);
  const course = [state, direction, step, attempts, dueAt, claimedUntil, failure, quietSince, watchedSince, seen];
  return [...course, overriddenBy, overrideReason, cancelReason, pairTaken, stepSince, endedAt, version];
}

export interface RunRow {
  readonly id: Id<'rotationRun'>;
  readonly rotation_id: Id<'rotation'>;
  readonly cause: RunCause;
  readonly reason: string | null;
  readonly emergency_id: Id<'rotationEmergency'> | null;
  readonly state: RunState;
  readonly direction: Direction;
  readonly step: Step;
  readonly new_version: number;
  readonly old_version: number | null;
  readonly attempts: number;
  readonly due_at: Date | null;
  readonly claimed_until: Date | null;
  readonly claim: number;
  readonly failure: string | null;
  readonly quiet_since: Date | null;
  readonly watched_since: Date | null;
  readonly evidence: Evidence | null;
  readonly overridden_by: string | null;
  readonly override_reason: string | null;
  readonly cancel_reason: string | null;
  readonly pair_taken: string | null;
  readonly started_by: string;
  readonly started_at: Date;
  readonly step_since: Date;
  readonly ended_at: Date | null;
  readonly version: number;
}

function known(run: Run | undefined): Run {
  if (!run) throw new RotationError('run_not_found', 'No run has that id. GET /v1/rotation-runs lists them.');
  return run;
}

export function runOf(row: RunRow): Run {
  return {
    id: row.id,
    rotationId: row.rotation_id,
    cause: row.cause,
    reason: row.reason,
    emergencyId: row.emergency_id,
    state: row.state,
    direction: row.direction,
    step: row.step,
    newVersion: row.new_version,
    oldVersion: row.old_version,
    attempts: row.attempts,
    dueAt: row.due_at,
    claimedUntil: row.claimed_until,
    claim: row.claim,
    failure: row.failure,
    quietSince: row.quiet_since,
    watchedSince: row.watched_since,
    evidence: row.evidence,
    overriddenBy: row.overridden_by,
    overrideReason: row.override_reason,
    cancelReason: row.cancel_reason,
    pairTaken: row.pair_taken,
    startedBy: row.started_by,
    startedAt: row.started_at,
    stepSince: row.step_since,
    endedAt: row.ended_at,
    version: row.version,
  };
}

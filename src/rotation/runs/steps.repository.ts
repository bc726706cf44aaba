import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { Prepared, type Tx } from '../../platform/index.js';
import type { Direction, Run, Step, StepState } from '../domain/run.js';

/** What each step of a run was about to do, and when it was done. */
@Injectable()
export class StepsRepository {
  async listOf(tx: Tx, runId: Id<'rotationRun'>): Promise<StepState[]> {
    return (await tx.query<StepRow>(LIST, [runId])).map(stepOf);
  }

  /** Stores that a step is about to act, before it does; what is stored already stays as it is. */
  async begin(tx: Tx, { id, direction, step }: Run, at: Date, survey: StepState['survey']): Promise<void> {
    await tx.execute(BEGIN, [id, direction, step, at, survey && JSON.stringify(survey)]);
  }

  async done(tx: Tx, { id, direction, step }: Run, at: Date): Promise<void> {
    await tx.execute(DONE, [id, direction, step, at]);
  }

  async failed(tx: Tx, { id, direction, step }: Run, at: Date, attempts: number, failure: string): Promise<void> {
    await tx.execute(FAILED, [id, direction, step, at, attempts, failure]);
  }
}

const LIST = new Prepared(
  `SELECT s.run_id, s.direction, s.step, s.begun_at, s.survey, s.done_at, s.attempts, s.failure
   FROM muster.rotation_steps s WHERE s.run_id = $1 ORDER BY s.begun_at, s.done_at NULLS LAST`,
);
const BEGIN = new Prepared(
  `INSERT INTO muster.rotation_steps (run_id, direction, step, begun_at, survey) VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT ON CONSTRAINT rotation_steps_pk DO NOTHING`,
);
const DONE = new Prepared(
  `INSERT INTO muster.rotation_steps (run_id, direction, step, begun_at, done_at) VALUES ($1, $2, $3, $4, $4)
   ON CONFLICT ON CONSTRAINT rotation_steps_pk DO UPDATE SET done_at = EXCLUDED.done_at, failure = NULL`,
);
const FAILED = new Prepared(
  `UPDATE muster.rotation_steps SET attempts = $5, failure = $6 WHERE run_id = $1 AND direction = $2 AND step = $3
     AND begun_at <= $4 AND done_at IS NULL`,
);

export interface StepRow {
  readonly run_id: Id<'rotationRun'>;
  readonly direction: Direction;
  readonly step: Step;
  /** Text where it was read as JSON. */
  readonly begun_at: Date | string;
  readonly survey: Record<string, unknown> | null;
  readonly done_at: Date | string | null;
  readonly attempts: number;
  readonly failure: string | null;
}

export function stepOf(row: StepRow): StepState {
  return {
    runId: row.run_id,
    direction: row.direction,
    step: row.step,
    begunAt: new Date(row.begun_at),
    survey: row.survey,
    doneAt: row.done_at === null ? null : new Date(row.done_at),
    attempts: row.attempts,
    failure: row.failure,
  };
}

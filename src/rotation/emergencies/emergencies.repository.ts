import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { Prepared, type Tx } from '../../platform/index.js';
import type { RunState, Step } from '../domain/run.js';
import { EmergencyError } from './domain/errors.js';
import type { Unrotatable } from './domain/order.js';
import type { EmergencyScope, Touch } from './domain/scope.js';

/** An emergency, and how far it has come. */
export interface Emergency {
  readonly id: Id<'rotationEmergency'>;
  readonly scope: EmergencyScope;
  readonly reason: string;
  readonly unrotatable: readonly Unrotatable[];
  readonly startedBy: string;
  readonly startedAt: Date;
  /** How many of its runs are how. */
  readonly states: Readonly<Partial<Record<RunState, number>>>;
}

/** One of its runs, in its place. */
export interface EmergencyRun {
  readonly place: number;
  readonly runId: Id<'rotationRun'>;
  readonly afterRunId: Id<'rotationRun'> | null;
  readonly touches: readonly Touch[];
  readonly rotationId: Id<'rotation'>;
  readonly rotationName: string;
  readonly identityId: Id<'identity'>;
  readonly state: RunState;
  readonly step: Step;
  readonly failure: string | null;
}

export type NewEmergencyRun = Pick<EmergencyRun, 'place' | 'runId' | 'afterRunId' | 'touches'>;

/** Far enough: nobody looks at it before it is let go. */
export const NOT_YET = new Date('9999-12-31T00:00:00Z');

@Injectable()
export class EmergenciesRepository {
  async insert(tx: Tx, emergency: Omit<Emergency, 'states'>): Promise<void> {
    const { id, scope, reason, unrotatable, startedBy, startedAt } = emergency;
    await tx.execute(
      `INSERT INTO muster.rotation_emergencies (id, scope, reason, unrotatable, started_by, started_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, JSON.stringify(scope), reason, JSON.stringify(unrotatable), startedBy, startedAt],
    );
  }

  async insertRuns(tx: Tx, id: Id<'rotationEmergency'>, runs: readonly NewEmergencyRun[]): Promise<void> {
    if (runs.length === 0) return;
    await tx.execute(INSERT_RUNS, [
      id,
      runs.map(({ place }) => place),
      runs.map(({ runId }) => runId),
      runs.map(({ afterRunId }) => afterRunId),
      runs.map(({ touches }) => touches.join(',')),
    ]);
  }

  /** The newest first. */
  async list(tx: Tx, before: Id<'rotationEmergency'> | undefined, count: number): Promise<Emergency[]> {
    return (await tx.query<EmergencyRow>(LIST, [before ?? null, count])).map(emergencyOf);
  }

  /** @throws EmergencyError `emergency_not_found` */
  async get(tx: Tx, id: Id<'rotationEmergency'>): Promise<Emergency> {
    const [row] = await tx.query<EmergencyRow>(GET, [id]);
    if (!row)
      throw new EmergencyError(
        'emergency_not_found',
        'No emergency has that id. GET /v1/rotation-emergencies lists them.',
      );
    return emergencyOf(row);
  }

  /** In their order. */
  async listRuns(tx: Tx, id: Id<'rotationEmergency'>, after: number, count: number): Promise<EmergencyRun[]> {
    const rows = await tx.query<RunRow>(LIST_RUNS, [id, after, count]);
    return rows.map(({ touched, ...row }) => ({ ...row, touches: touched.split(',') as Touch[] }));
  }

  /** The runs of some rotations that are under way. */
  liveRuns(
    tx: Tx,
    rotationIds: readonly Id<'rotation'>[],
  ): Promise<{ readonly id: Id<'rotationRun'>; readonly rotationId: Id<'rotation'> }[]> {
    return tx.query(
      `SELECT n.id, n.rotation_id AS "rotationId" FROM muster.rotation_runs n
       WHERE n.rotation_id = ANY ($1) AND n.ended_at IS NULL ORDER BY n.id FOR UPDATE`,
      [rotationIds],
    );
  }

  /** What a calendar holds goes on at once, by this emergency and its proof. @returns which */
  async releaseFrozen(tx: Tx, id: Id<'rotationEmergency'>, runIds: readonly Id<'rotationRun'>[], at: Date) {
    const rows = await tx.query<{ id: Id<'rotationRun'> }>(RELEASE_FROZEN, [id, runIds, at]);
    return rows.map((row) => row.id);
  }

  /** Lets those go whose turn it is, up to so many that begin at once. @returns how many */
  letGo(tx: Tx, at: Date, atOnce: number): Promise<number> {
    return tx.execute(LET_GO, [at, atOnce, NOT_YET]);
  }
}

const EMERGENCY = `SELECT e.id, e.scope, e.reason, e.unrotatable, e.started_by, e.started_at,
    (SELECT jsonb_object_agg(s.state, s.count) FROM (
       SELECT n.state, count(*) FROM muster.rotation_emergency_runs x JOIN muster.rotation_runs n ON n.id = x.run_id
       WHERE x.emergency_id = e.id GROUP BY n.state) AS s) AS states
  FROM muster.rotation_emergencies e`;
const LIST = `${EMERGENCY} WHERE $1::text IS NULL OR e.id < $1 ORDER BY e.id DESC LIMIT $2`;
const GET = `${EMERGENCY} WHERE e.id = $1`;
const INSERT_RUNS = `
  INSERT INTO muster.rotation_emergency_runs (emergency_id, place, run_id, after_run_id, touched)
  SELECT $1, given.* FROM unnest($2::integer[], $3::text[], $4::text[], $5::text[]) AS given`;
const LIST_RUNS = new Prepared(
  `SELECT e.place, e.run_id AS "runId", e.after_run_id AS "afterRunId", e.touched, n.rotation_id AS "rotationId",
     r.name AS "rotationName", r.identity_id AS "identityId", n.state, n.step, n.failure
   FROM muster.rotation_emergency_runs e JOIN muster.rotation_runs n ON n.id = e.run_id
   JOIN muster.rotations r ON r.id = n.rotation_id
   WHERE e.emergency_id = $1 AND e.place > $2 ORDER BY e.place LIMIT $3`,
);
const RELEASE_FROZEN = `
  UPDATE muster.rotation_runs n SET cause = 'emergency', emergency_id = $1, due_at = $3, version = n.version + 1
  WHERE n.id = ANY ($2) AND n.state = 'held' AND n.failure = 'frozen' RETURNING n.id`;
const LET_GO = new Prepared(
  `WITH acting AS (SELECT count(*) AS count FROM muster.rotation_runs n
     WHERE n.emergency_id IS NOT NULL AND n.ended_at IS NULL AND n.state <> 'stuck'
       AND n.step IN ('create', 'deliver', 'verify-new') AND n.due_at < $3),
   next AS (SELECT n.id FROM muster.rotation_runs n JOIN muster.rotation_emergency_runs e ON e.run_id = n.id
     LEFT JOIN muster.rotation_runs before ON before.id = e.after_run_id
     WHERE n.state = 'planned' AND n.due_at = $3 AND (before.id IS NULL OR before.ended_at IS NOT NULL)
     ORDER BY e.emergency_id, e.place LIMIT greatest(0, $2 - (SELECT acting.count FROM acting)) FOR UPDATE OF n SKIP LOCKED)
   UPDATE muster.rotation_runs n SET due_at = $1 FROM next WHERE n.id = next.id`,
);

interface EmergencyRow {
  readonly id: Id<'rotationEmergency'>;
  readonly scope: EmergencyScope;
  readonly reason: string;
  readonly unrotatable: Unrotatable[];
  readonly started_by: string;
  readonly started_at: Date;
  readonly states: Partial<Record<RunState, number>> | null;
}

interface RunRow extends Omit<EmergencyRun, 'touches'> {
  readonly touched: string;
}

function emergencyOf(row: EmergencyRow): Emergency {
  return {
    id: row.id,
    scope: row.scope,
    reason: row.reason,
    unrotatable: row.unrotatable,
    startedBy: row.started_by,
    startedAt: row.started_at,
    states: row.states ?? {},
  };
}

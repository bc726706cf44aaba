import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { type Actor, type Id, principalName } from '../../kernel/index.js';
import { Ids, Prepared, SystemClock, type Tx } from '../../platform/index.js';
import { runImage } from '../domain/images.js';
import type { Rotation } from '../domain/rotation.js';
import type { Run, RunCause } from '../domain/run.js';
import { beginning } from './domain/course.js';

export interface WantedRun {
  readonly rotation: Rotation;
  readonly cause: RunCause;
  readonly reason: string | null;
  readonly emergencyId: Id<'rotationEmergency'> | null;
  /** When it is let go, where that is not now: until then it is planned. */
  readonly dueAt?: Date;
}

/** Begins many runs at once, each with its record. */
@Injectable()
export class RunBatches {
  constructor(
    private readonly audit: Audit,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  /**
   * Begins runs of rotations that the caller has locked; their numbers are taken once they are stored too, by `take` or with
   * whatever else the caller stores of them.
   *
   * @returns those that began: not of what runs already
   */
  async begin(tx: Tx, actor: Actor, wanted: readonly WantedRun[]): Promise<Run[]> {
    if (wanted.length === 0) return [];
    const at = this.clock.now();
    const by = principalName(actor.principal);
    const runs = wanted.map(({ rotation, dueAt, ...begin }): Run => {
      const run = beginning(rotation, { ...begin, id: this.ids.next('rotationRun'), by }, at);
      return dueAt ? { ...run, state: 'planned', dueAt } : run;
    });
    const rows = await tx.query<{ id: Id<'rotationRun'> }>(INSERT, [JSON.stringify(runs.map(rowOf))]);
    const inserted = new Set(rows.map(({ id }) => id));
    const begun = runs.filter(({ id }) => inserted.has(id));
    if (begun.length === 0) return [];
    await this.audit.appendAll(
      tx,
      begun.map((run) => ({
        ...{ type: 'rotation.started', actor, subject: run.rotationId },
        ...{ before: null, after: { run: runImage(run) } },
      })),
    );
    return begun;
  }

  /** Takes the numbers of what was begun, for ever. */
  async take(tx: Tx, begun: readonly Run[]): Promise<void> {
    if (begun.length === 0) return;
    await tx.execute(TAKE, [begun.map(({ rotationId }) => rotationId), begun.map(({ newVersion }) => newVersion)]);
  }
}

const INSERT = new Prepared(
  `INSERT INTO muster.rotation_runs (id, rotation_id, cause, reason, emergency_id, state, direction, step, new_version,
     old_version, attempts, due_at, claim, started_by, started_at, step_since, version)
   SELECT given.* FROM jsonb_to_recordset($1::jsonb) AS given (id text, rotation_id text, cause text, reason text,
     emergency_id text, state text, direction text, step text, new_version integer, old_version integer, attempts integer,
     due_at timestamptz, claim integer, started_by text, started_at timestamptz, step_since timestamptz, version integer)
   ON CONFLICT (rotation_id) WHERE ended_at IS NULL DO NOTHING RETURNING id`,
);
const TAKE = new Prepared(
  `UPDATE muster.rotations r SET last_version = given.last_version
   FROM unnest($1::text[], $2::integer[]) AS given (id, last_version) WHERE r.id = given.id`,
);

function rowOf(run: Run) {
  return {
    ...{ id: run.id, rotation_id: run.rotationId, cause: run.cause, reason: run.reason, emergency_id: run.emergencyId },
    ...{ state: run.state, direction: run.direction, step: run.step, new_version: run.newVersion },
    ...{ old_version: run.oldVersion, attempts: run.attempts, due_at: run.dueAt, claim: run.claim },
    ...{ started_by: run.startedBy, started_at: run.startedAt, step_since: run.stepSince, version: run.version },
  };
}

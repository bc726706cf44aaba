import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { Jobs, Prepared, SystemClock, UnitOfWork } from '../../platform/index.js';
import { unneeded } from './domain/course.js';
import { RUNS_JOB } from './runs.jobs.js';
import { RunsRepository } from './runs.repository.js';
import { RunStore } from './run-store.js';

const PERIOD_SECONDS = 15;
const AT_ONCE = 500;

/**
 * Has runs go on whose identity was retired while a person or a calendar kept them: what they began to make or withdraw would work
 * for ever. Once each: what is stuck again afterwards is somebody's to look at.
 */
@Injectable()
export class RetiredRunsJobs implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly unitOfWork: UnitOfWork,
    private readonly runs: RunsRepository,
    private readonly store: RunStore,
    private readonly clock: SystemClock,
  ) {}

  onModuleInit(): void {
    this.jobs.every('rotation.retired-runs', PERIOD_SECONDS, () => this.takeUp());
  }

  /** @returns how many go on */
  async takeUp(): Promise<number> {
    const kept = await this.unitOfWork.readOne((tx) => tx.query<{ id: Id<'rotationRun'> }>(KEPT, [AT_ONCE]));
    for (const { id } of kept)
      await this.unitOfWork.run(async (tx) => {
        const run = await this.runs.lock(tx, id);
        const after = unneeded(run, this.clock.now());
        if (after === run) return;
        await this.runs.save(tx, after);
        await this.store.record(tx, 'rotation.taken-up', run, after);
      });
    if (kept.length > 0) await this.jobs.enqueue(RUNS_JOB);
    return kept.length;
  }
}

/** A retired identity changes no more: what it says was changed last is when it was retired. */
const KEPT = new Prepared(
  `SELECT n.id FROM muster.rotation_runs n JOIN muster.rotations r ON r.id = n.rotation_id
   JOIN muster.identities i ON i.id = r.identity_id
   WHERE n.state IN ('stuck', 'held') AND n.ended_at IS NULL AND i.status = 'retired' AND n.step_since < i.changed_at
   ORDER BY n.id LIMIT $1`,
);

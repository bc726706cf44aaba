import { type BeforeApplicationShutdown, Injectable, type OnModuleInit } from '@nestjs/common';
import { Ids, Jobs, SystemClock, UnitOfWork } from '../../../platform/index.js';
import { SourceRunner } from './source-runner.js';
import { SourceRunsRepository } from './source-runs.repository.js';
import { SourcesRepository } from './sources.repository.js';

/** The job that looks at whatever waits. */
export const LOOK_JOB = 'discovery.look';

/** As often as one looks what is due. */
const PERIOD_SECONDS = 15;
const BATCH = 100;
/** So many sources at a time: each may have a thread of its own. */
const LANES = 2;

/**
 * Looks at sources when they are due, each once, however many replicas run and wherever one dies: that a run began and when the
 * next is due are stored in one transaction, and whoever carries it out claims it for a time.
 */
@Injectable()
export class SourcesJobs implements OnModuleInit, BeforeApplicationShutdown {
  private readonly closing = new AbortController();
  private lanes = 0;

  constructor(
    private readonly jobs: Jobs,
    private readonly unitOfWork: UnitOfWork,
    private readonly sources: SourcesRepository,
    private readonly runs: SourceRunsRepository,
    private readonly runner: SourceRunner,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  onModuleInit(): void {
    this.jobs.define(LOOK_JOB, () => this.look());
    this.jobs.every('discovery.due', PERIOD_SECONDS, () => this.begin());
  }

  beforeApplicationShutdown(): void {
    this.closing.abort();
  }

  /** Begins a run of everything that is due now, and goes on with what waits, or was left by somebody who died. */
  async begin(): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      const at = this.clock.now();
      for (const { id, everySeconds } of await this.sources.lockDue(tx, at, BATCH)) {
        const startedBy = 'system:discovery';
        const run = { id: this.ids.next('sourceRun'), sourceId: id, cause: 'schedule', anew: false } as const;
        await this.runs.begin(tx, { ...run, startedBy, startedAt: at });
        await this.sources.noteDue(tx, id, everySeconds === null ? null : new Date(at.getTime() + everySeconds * 1000));
      }
    });
    // In a job of its own: what is due is looked for meanwhile.
    await this.jobs.enqueue(LOOK_JOB);
  }

  /** Everything that waits. */
  async look(): Promise<void> {
    await Promise.all(Array.from({ length: LANES }, () => this.inOneLane()));
  }

  /** However often it is asked for: a look that takes long must not keep what else there is to do from a worker. */
  private async inOneLane(): Promise<void> {
    if (this.lanes >= LANES) return;
    this.lanes++;
    try {
      while (!this.closing.signal.aborted) {
        const run = await this.runner.claim();
        if (!run) return;
        await this.runner.carryOut(run, this.closing.signal);
      }
    } finally {
      this.lanes--;
    }
  }
}

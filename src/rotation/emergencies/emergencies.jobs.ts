import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Jobs, SystemClock, UnitOfWork } from '../../platform/index.js';
import { RUNS_JOB } from '../runs/runs.jobs.js';
import { EmergenciesRepository } from './emergencies.repository.js';

const PERIOD_SECONDS = 5;
/** So many make, deliver and try at once; those that watch hold nobody up. */
const AT_ONCE = 32;

/** Lets the runs of emergencies go, in their order. */
@Injectable()
export class EmergencyJobs implements OnModuleInit {
  private readonly logger = new Logger(EmergencyJobs.name);

  constructor(
    private readonly jobs: Jobs,
    private readonly unitOfWork: UnitOfWork,
    private readonly emergencies: EmergenciesRepository,
    private readonly clock: SystemClock,
  ) {}

  onModuleInit(): void {
    this.jobs.every('rotation.emergencies', PERIOD_SECONDS, () => this.letGo());
  }

  /** @returns how many went */
  async letGo(): Promise<number> {
    const count = await this.unitOfWork.run((tx) => this.emergencies.letGo(tx, this.clock.now(), AT_ONCE));
    if (count > 0) await this.jobs.enqueue(RUNS_JOB);
    return count;
  }

  /** Lets the first of them go now: to be called after the commit. Where it fails, the next turn finds them. */
  async soon(): Promise<void> {
    await this.letGo().catch(() => this.logger.warn('What was planned is let go at the next turn.'));
  }
}

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { addSeconds, HOUR_SECONDS, MINUTE_SECONDS } from '../kernel/index.js';
import { Jobs, SystemClock, UnitOfWork } from '../platform/index.js';
import { StepUpRepository } from './step-up.repository.js';

/** What was proved or spent can still be looked at for so long; then the log alone tells of it. */
const KEPT_SECONDS = HOUR_SECONDS;

/** Forgets what was asked once nobody can prove or spend it any more. */
@Injectable()
export class StepUpJobs implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly unitOfWork: UnitOfWork,
    private readonly stepUps: StepUpRepository,
    private readonly clock: SystemClock,
  ) {}

  onModuleInit(): void {
    this.jobs.every('step-up.sweep', 10 * MINUTE_SECONDS, () => this.sweep());
  }

  sweep(): Promise<number> {
    const before = addSeconds(this.clock.now(), -KEPT_SECONDS);
    return this.unitOfWork.run((tx) => this.stepUps.deleteExpired(tx, before));
  }
}

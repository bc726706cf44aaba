import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DAY_SECONDS } from '../kernel/index.js';
import { Jobs, UnitOfWork } from '../platform/index.js';
import { DecisionsRepository } from './decisions.repository.js';

/** Keeps the days ahead ready for decisions, and forgets what is over 30 days old. */
@Injectable()
export class PolicyJobs implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly unitOfWork: UnitOfWork,
    private readonly decisions: DecisionsRepository,
  ) {}

  onModuleInit(): void {
    this.jobs.every('decisions.keep', DAY_SECONDS, () => this.unitOfWork.run((tx) => this.decisions.keepDays(tx)));
  }
}

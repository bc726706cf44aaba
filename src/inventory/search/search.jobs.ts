import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MINUTE_SECONDS } from '../../kernel/index.js';
import { Jobs, UnitOfWork } from '../../platform/index.js';
import { FacetsRepository } from './facets.repository.js';

/** Keeps the kept counts short. Safe to run at any time, and on several replicas at once. */
@Injectable()
export class SearchJobs implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly unitOfWork: UnitOfWork,
    private readonly counts: FacetsRepository,
  ) {}

  onModuleInit(): void {
    this.jobs.every('search.settle', MINUTE_SECONDS, () => this.settle());
  }

  settle(): Promise<void> {
    return this.unitOfWork.run((tx) => this.counts.settle(tx));
  }
}

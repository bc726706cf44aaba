import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MINUTE_SECONDS, systemActor } from '../../kernel/index.js';
import { Ids, Jobs } from '../../platform/index.js';
import { Exceptions } from './exceptions.service.js';

const EVERY_SECONDS = 5 * MINUTE_SECONDS;
const BATCH = 100;

/** Ends exceptions whose time is over. Safe to run at any time, and on several replicas at once. */
@Injectable()
export class ExceptionsJobs implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly exceptions: Exceptions,
    private readonly ids: Ids,
  ) {}

  onModuleInit(): void {
    this.jobs.every('reviews.end-exceptions', EVERY_SECONDS, () => this.endOver());
  }

  async endOver(): Promise<void> {
    while ((await this.exceptions.endOver(systemActor('reviews', this.ids.next('request')), BATCH)) === BATCH);
  }
}

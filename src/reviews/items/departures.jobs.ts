import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MINUTE_SECONDS } from '../../kernel/index.js';
import { Jobs } from '../../platform/index.js';
import { ReviewDepartures } from './departures.service.js';

/** Has what is with people who have left go on to others, within a minute. */
@Injectable()
export class DeparturesJobs implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly departures: ReviewDepartures,
  ) {}

  onModuleInit(): void {
    this.jobs.every('reviews.move-on', MINUTE_SECONDS, () => this.departures.moveOn());
  }
}

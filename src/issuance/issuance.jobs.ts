import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '../platform/index.js';
import { PUBLISH_LISTS } from './list-nudge.js';
import { RevocationLists } from './revocation-lists.js';

/** Short enough that a list which is due at 40 s is out before it is a minute old. */
const PERIOD_SECONDS = 10;

@Injectable()
export class IssuanceJobs implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly lists: RevocationLists,
  ) {}

  onModuleInit(): void {
    this.jobs.every(PUBLISH_LISTS, PERIOD_SECONDS, () => this.lists.publishDue());
  }
}

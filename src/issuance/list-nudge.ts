import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Jobs } from '../platform/index.js';

export const PUBLISH_LISTS = 'issuance.publish-lists';
const GATHER_MILLISECONDS = 500;

/** Has new revocation lists published soon after a revocation: many at once make one list. */
@Injectable()
export class ListNudge implements OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly jobs: Jobs) {}

  /** Returns at once. Should the job get lost, the next regular turn carries the revocation, still within the minute. */
  soon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.jobs.enqueue(PUBLISH_LISTS).catch(() => undefined);
    }, GATHER_MILLISECONDS).unref();
  }

  onModuleDestroy(): void {
    clearTimeout(this.timer);
  }
}

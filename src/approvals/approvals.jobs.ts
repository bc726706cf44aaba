import { Injectable, type OnModuleInit } from '@nestjs/common';
import { MINUTE_SECONDS, systemActor } from '../kernel/index.js';
import { Ids, Jobs, SystemClock, UnitOfWork } from '../platform/index.js';
import { ApprovalRecords } from './approval-records.js';
import { ApprovalsRepository } from './approvals.repository.js';
import { expire } from './domain/approval.js';

const BATCH = 100;

/** Closes what nobody decided in time. Safe to run at any time, and on several replicas at once. */
@Injectable()
export class ApprovalsJobs implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly unitOfWork: UnitOfWork,
    private readonly approvals: ApprovalsRepository,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
    private readonly records: ApprovalRecords,
  ) {}

  onModuleInit(): void {
    this.jobs.every('approvals.expire', MINUTE_SECONDS, () => this.expire());
  }

  async expire(): Promise<void> {
    while ((await this.expireBatch()) === BATCH);
  }

  private expireBatch(): Promise<number> {
    return this.unitOfWork.run(async (tx) => {
      const at = this.clock.now();
      const overdue = await this.approvals.lockOverdue(tx, at, BATCH);
      for (const approval of overdue)
        await this.records.settle(
          tx,
          systemActor('approvals', this.ids.next('request')),
          'approval.expired',
          approval,
          expire(approval, at),
        );
      return overdue.length;
    });
  }
}

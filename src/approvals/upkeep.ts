import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import type { Actor } from '../kernel/index.js';
import { Ids, SystemClock, UnitOfWork } from '../platform/index.js';
import { ApprovalsRepository } from './approvals.repository.js';
import { expire } from './domain/approval.js';
import { approvalImage } from './domain/images.js';

const BATCH = 100;

/** Closes what nobody decided in time. Safe to run at any time, and on several replicas at once. */
@Injectable()
export class ApprovalsUpkeep {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly approvals: ApprovalsRepository,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /** @returns how many expired */
  async run(): Promise<number> {
    let expired = 0;
    for (let batch = BATCH; batch === BATCH; expired += batch) batch = await this.expireBatch();
    return expired;
  }

  private expireBatch(): Promise<number> {
    return this.unitOfWork.run(async (tx) => {
      const at = this.clock.now();
      const overdue = await this.approvals.lockOverdue(tx, at, BATCH);
      const ended = overdue.map((approval) => ({ before: approval, after: expire(approval, at) }));
      for (const { after } of ended) await this.approvals.save(tx, after);
      await this.audit.appendAll(
        tx,
        ended.map(({ before, after }) => ({
          type: 'approval.expired',
          actor: this.itself(),
          subject: after.id,
          before: approvalImage(before),
          after: approvalImage(after),
        })),
      );
      return ended.length;
    });
  }

  private itself(): Actor {
    return {
      principal: { kind: 'system', component: 'approvals' },
      requestId: this.ids.next('request'),
      decision: { effect: 'allow', reasons: ['system:approvals'], policy: 'builtin@1' },
    };
  }
}

import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { Humans } from '../custodians/index.js';
import { type Actor, principalName, type RecordType } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';
import { ApprovalsRepository } from './approvals.repository.js';
import { type Approval, spend, supersede } from './domain/approval.js';
import { approvalImage } from './domain/images.js';

/** Every change of an approval: stored and recorded as one. */
@Injectable()
export class ApprovalRecords {
  constructor(
    private readonly approvals: ApprovalsRepository,
    private readonly humans: Humans,
    private readonly audit: Audit,
  ) {}

  async open(tx: Tx, actor: Actor, approval: Approval): Promise<void> {
    await this.approvals.insert(tx, approval);
    const after = approvalImage(approval);
    await this.audit.append(tx, { type: 'approval.requested', actor, subject: approval.id, after });
  }

  async settle(tx: Tx, actor: Actor, type: RecordType, before: Approval, after: Approval): Promise<void> {
    await this.approvals.save(tx, after);
    const images = { before: approvalImage(before), after: approvalImage(after) };
    await this.audit.append(tx, { type, actor, subject: before.id, ...images });
  }

  /** Ends a request whose question has changed, or whose time is over. */
  async supersede(tx: Tx, actor: Actor, pending: Approval, at: Date): Promise<void> {
    const closed = supersede(pending, at);
    const type = closed.state === 'expired' ? 'approval.expired' : 'approval.cancelled';
    await this.settle(tx, actor, type, pending, closed);
  }

  /**
   * Uses an approval up. That it was spent stands in the record of what it was spent on, which names it.
   *
   * @throws ApprovalsError `own_approval`: who agreed and who acts are two humans, now as then
   */
  async spend(tx: Tx, actor: Actor, approval: Approval, at: Date): Promise<Approval> {
    const by = principalName(actor.principal);
    const names = [approval.decidedBy, approval.decidedFor, by].filter((name) => name !== null);
    const spent = spend(approval, { by, requestId: actor.requestId }, await this.humans.humansOf(tx, names), at);
    await this.approvals.save(tx, spent);
    return spent;
  }
}

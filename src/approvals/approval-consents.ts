import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { ActivationConsent, type Consent, type ConsentQuestion } from '../inventory/index.js';
import { type Actor, type Id, principalName } from '../kernel/index.js';
import { Ids, SystemClock, type Tx } from '../platform/index.js';
import { ApprovalsRepository } from './approvals.repository.js';
import { type Approval, asksTheSame, isOpen, isSpendable, openApproval, spend, supersede } from './domain/approval.js';
import { approvalImage } from './domain/images.js';

/** Answers inventory whether somebody else agreed. */
@Injectable()
export class ApprovalConsents extends ActivationConsent {
  constructor(
    private readonly approvals: ApprovalsRepository,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {
    super();
  }

  override async request(
    tx: Tx,
    actor: Actor,
    question: ConsentQuestion & { readonly summary: string; readonly involved: readonly string[] },
  ): Promise<Id<'approval'>> {
    const at = this.clock.now();
    const { digest, ...rest } = question;
    const requester = principalName(actor.principal);
    const asked = { ...rest, id: this.ids.next('approval'), payloadDigest: digest, requester };
    const pending = await this.approvals.lockPending(tx, question.action, question.subject);
    if (pending && isOpen(pending, at) && asksTheSame(pending, asked)) return pending.id;
    if (pending) await this.close(tx, actor, pending, at);
    const approval = openApproval(asked, at);
    await this.approvals.insert(tx, approval);
    await this.audit.append(tx, {
      type: 'approval.requested',
      actor,
      subject: approval.id,
      after: approvalImage(approval),
    });
    return approval.id;
  }

  /** That it was spent stands in the record of what it was spent on, which names it. */
  override async spend(tx: Tx, actor: Actor, { action, subject, digest }: ConsentQuestion): Promise<Consent> {
    const at = this.clock.now();
    const approval = await this.approvals.lockLatest(tx, action, subject, digest);
    if (!approval) return { kind: 'none' };
    if (isOpen(approval, at)) return { kind: 'waiting', approvalId: approval.id };
    if (approval.state === 'denied') return { kind: 'denied', approvalId: approval.id };
    if (!isSpendable(approval, at)) return { kind: 'none' };
    await this.approvals.save(tx, spend(approval, principalName(actor.principal), at));
    return { kind: 'granted', approvalId: approval.id };
  }

  override async withdraw(tx: Tx, actor: Actor, subject: Id<'identity'>): Promise<void> {
    const at = this.clock.now();
    for (const pending of await this.approvals.lockAllPending(tx, subject)) await this.close(tx, actor, pending, at);
  }

  private async close(tx: Tx, actor: Actor, pending: Approval, at: Date): Promise<void> {
    const closed = supersede(pending, at);
    await this.approvals.save(tx, closed);
    await this.audit.append(tx, {
      type: closed.state === 'expired' ? 'approval.expired' : 'approval.cancelled',
      actor,
      subject: pending.id,
      before: approvalImage(pending),
      after: approvalImage(closed),
    });
  }
}

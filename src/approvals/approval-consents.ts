import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { Humans } from '../custodians/index.js';
import { ActivationConsent, type Consent, type ConsentQuestion } from '../inventory/index.js';
import { type Actor, canonicalJson, type Id, principalName } from '../kernel/index.js';
import { Ids, SystemClock, type Tx } from '../platform/index.js';
import { ApprovalsRepository } from './approvals.repository.js';
import {
  type Approval,
  asksTheSame,
  digestOf,
  isOpen,
  isSpendable,
  openApproval,
  spend,
  supersede,
} from './domain/approval.js';
import { approversOf } from './domain/eligibility.js';
import { approvalImage } from './domain/images.js';

/** Answers inventory whether somebody else agreed. */
@Injectable()
export class ApprovalConsents extends ActivationConsent {
  constructor(
    private readonly approvals: ApprovalsRepository,
    private readonly humans: Humans,
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
    const { action, subject, summary } = question;
    const requester = principalName(actor.principal);
    const involved = await this.humans.namesakes(tx, [requester, ...question.involved]);
    const payload = canonicalJson(question.payload);
    const approvers = approversOf(action);
    const asked = {
      ...{ action, subject, summary, payload, involved, approvers, requester },
      id: this.ids.next('approval'),
    };
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
  override async spend(tx: Tx, actor: Actor, { action, subject, payload }: ConsentQuestion): Promise<Consent> {
    const at = this.clock.now();
    const approval = await this.approvals.lockLatest(tx, action, subject, digestOf(canonicalJson(payload)));
    if (!approval) return { kind: 'none' };
    if (isOpen(approval, at)) return { kind: 'waiting', approvalId: approval.id };
    if (approval.state === 'denied') return { kind: 'denied', approvalId: approval.id };
    if (!isSpendable(approval, at)) return { kind: 'none' };
    const by = principalName(actor.principal);
    const names = [approval.decidedBy, approval.decidedFor, by].filter((name) => name !== null);
    const humans = await this.humans.humansOf(tx, names);
    await this.approvals.save(tx, spend(approval, { by, requestId: actor.requestId }, humans, at));
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

import { Injectable } from '@nestjs/common';
import { Humans } from '../custodians/index.js';
import { ActivationConsent, type Consent, type ConsentQuestion } from '../inventory/index.js';
import { type Actor, canonicalJson, type Id, principalName } from '../kernel/index.js';
import { Ids, SystemClock, type Tx } from '../platform/index.js';
import { ApprovalRecords } from './approval-records.js';
import { ApprovalsRepository } from './approvals.repository.js';
import { asksTheSame, digestOf, isOpen, isSpendable, openApproval } from './domain/approval.js';
import { approversOf } from './domain/eligibility.js';

/** Answers inventory whether somebody else agreed. */
@Injectable()
export class ApprovalConsents extends ActivationConsent {
  constructor(
    private readonly approvals: ApprovalsRepository,
    private readonly humans: Humans,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
    private readonly records: ApprovalRecords,
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
    if (pending) await this.records.supersede(tx, actor, pending, at);
    const approval = openApproval(asked, at);
    await this.records.open(tx, actor, approval);
    return approval.id;
  }

  override async spend(tx: Tx, actor: Actor, { action, subject, payload }: ConsentQuestion): Promise<Consent> {
    const at = this.clock.now();
    const approval = await this.approvals.lockLatest(tx, action, subject, digestOf(canonicalJson(payload)));
    if (!approval) return { kind: 'none' };
    if (isOpen(approval, at)) return { kind: 'waiting', approvalId: approval.id };
    if (approval.state === 'denied') return { kind: 'denied', approvalId: approval.id };
    if (!isSpendable(approval, at)) return { kind: 'none' };
    await this.records.spend(tx, actor, approval, at);
    return { kind: 'granted', approvalId: approval.id };
  }

  override async withdraw(tx: Tx, actor: Actor, subject: Id<'identity'>): Promise<void> {
    const at = this.clock.now();
    for (const pending of await this.approvals.lockAllPending(tx, subject))
      await this.records.supersede(tx, actor, pending, at);
  }
}

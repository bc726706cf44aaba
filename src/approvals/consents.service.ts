import { Injectable } from '@nestjs/common';
import { Humans } from '../custodians/index.js';
import { type Actor, type Id, principalName } from '../kernel/index.js';
import { Config, crashPoint, Ids, SystemClock, type Tx } from '../platform/index.js';
import { ApprovalRecords } from './approval-records.js';
import { ApprovalsRepository, type Question } from './approvals.repository.js';
import {
  type Approval,
  digestOf,
  isDenied,
  isOpen,
  isSpendable,
  MAX_OPEN,
  type NewApproval,
  openApproval,
  wasJustSpent,
} from './domain/approval.js';
import { ApprovalsError } from './domain/errors.js';

/** What somebody wants to do, for somebody else to agree to. Whoever acts asks; `involved` are those beside them. */
export type Wish = Omit<NewApproval, 'id' | 'requester'>;

/** Has somebody else agreed to exactly this? All but `given` name the approval that stands in the way. */
export type Consented = {
  readonly kind: 'given' | 'asked' | 'waiting' | 'denied' | 'used';
  readonly approval: Approval;
};

/** Where AuthZEN's request for access stands (Access Request and Approval, draft). */
export interface AccessRequest {
  readonly id: Id<'approval'>;
  readonly url: string;
  readonly expires_at: string;
}

/** Consent to any action whatever: asked for once, given by somebody else, used once, for exactly what was asked. */
@Injectable()
export class Consents {
  constructor(
    private readonly approvals: ApprovalsRepository,
    private readonly humans: Humans,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
    private readonly records: ApprovalRecords,
    private readonly config: Config,
  ) {}

  /**
   * Looks for consent to exactly this, and asks for it where there is none. Of many who ask the same at once, one does.
   *
   * @throws ApprovalsError `too_many_open`
   */
  async seek(tx: Tx, actor: Actor, wish: Wish): Promise<Consented> {
    const at = this.clock.now();
    const question = questionOf(actor, wish);
    const known = await this.standing(tx, question, at);
    if (known) return known;
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [keyOf(question)]);
    return (await this.standing(tx, question, at)) ?? this.ask(tx, actor, wish, question, at);
  }

  /**
   * Takes the consent that was given, in the transaction of what it was given for; else asks for it.
   *
   * @throws ApprovalsError `too_many_open`
   */
  async take(tx: Tx, actor: Actor, wish: Wish): Promise<Consented> {
    const consented = await this.seek(tx, actor, wish);
    if (consented.kind !== 'given') return consented;
    return { kind: 'given', approval: await this.use(tx, actor, consented.approval) };
  }

  /**
   * Uses an approval up. Who agreed and who acts are two humans, now as then.
   *
   * @throws ApprovalsError `approval_used` where somebody was faster or its time is over, `own_approval`
   */
  async spend(tx: Tx, actor: Actor, id: Id<'approval'>): Promise<Approval> {
    return this.use(tx, actor, await this.approvals.lock(tx, id));
  }

  accessRequest({ id, expiresAt }: Approval): AccessRequest {
    return { id, url: `${this.config.publicUrl}/approvals/${id}`, expires_at: expiresAt.toISOString() };
  }

  private async use(tx: Tx, actor: Actor, approval: Approval): Promise<Approval> {
    const at = this.clock.now();
    if (approval.spentIn === actor.requestId) return approval;
    if (!isSpendable(approval, at))
      throw new ApprovalsError('approval_used', 'This consent was used or is too old; ask for it anew.', {
        details: { approvalId: approval.id },
      });
    const spent = await this.records.spend(tx, actor, approval, at);
    await crashPoint('consent', 1);
    return spent;
  }

  private async standing(tx: Tx, question: Question, at: Date): Promise<Consented | undefined> {
    const approval = await this.approvals.lockLatestOf(tx, question);
    if (!approval) return undefined;
    if (isOpen(approval, at)) return { kind: 'waiting', approval };
    if (isSpendable(approval, at)) return { kind: 'given', approval };
    if (isDenied(approval, at)) return { kind: 'denied', approval };
    return wasJustSpent(approval, at) ? { kind: 'used', approval } : undefined;
  }

  private async ask(tx: Tx, actor: Actor, wish: Wish, question: Question, at: Date): Promise<Consented> {
    const { requester } = question;
    if ((await this.approvals.countOpen(tx, requester, at)) >= MAX_OPEN)
      throw new ApprovalsError(
        'too_many_open',
        `${MAX_OPEN} requests of yours wait for an answer; wait for some first.`,
      );
    const last = await this.approvals.lockLatestOf(tx, question);
    if (last?.state === 'pending') await this.records.supersede(tx, actor, last, at);
    const involved = await this.humans.namesakes(tx, [requester, ...wish.involved]);
    const approval = openApproval({ ...wish, involved, requester, id: this.ids.next('approval') }, at);
    await this.records.open(tx, actor, approval);
    return { kind: 'asked', approval };
  }
}

function questionOf(actor: Actor, { action, subject, payload, digest }: Wish): Question {
  return { action, subject, requester: principalName(actor.principal), digest: digest ?? digestOf(payload) };
}

function keyOf({ action, subject, requester, digest }: Question): string {
  return [action, subject, requester, digest.toString('hex')].join(' ');
}

import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { People } from '../custodians/index.js';
import { type Actor, type Id, principalName, type RecordType } from '../kernel/index.js';
import { crashPoint, SystemClock, type Tx, UnitOfWork } from '../platform/index.js';
import { type ApprovalFilter, ApprovalsRepository } from './approvals.repository.js';
import { type Approval, type Approver, cancel, decide, type Verdict } from './domain/approval.js';
import { ApprovalsError } from './domain/errors.js';
import { approvalImage } from './domain/images.js';

/** Requests that need somebody else's consent. */
@Injectable()
export class Approvals {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly approvals: ApprovalsRepository,
    private readonly people: People,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  get(id: Id<'approval'>): Promise<Approval> {
    return this.unitOfWork.read((tx) => this.approvals.get(tx, id));
  }

  /** One more than `limit` approvals, the newest first. */
  list(filter: ApprovalFilter, before: string | undefined, limit: number): Promise<Approval[]> {
    return this.unitOfWork.read((tx) => this.approvals.list(tx, filter, before, limit + 1));
  }

  /**
   * Approves or denies. Of two who decide at once one does, and the other is told that it is closed.
   *
   * @throws ApprovalsError `approval_not_found`, `approval_closed`, `approval_expired`, `own_request`, `not_eligible`
   */
  async decide(actor: Actor, id: Id<'approval'>, verdict: Verdict, reason: string): Promise<Approval> {
    const decided = await this.unitOfWork.run(async (tx) => {
      const approver = await this.approver(tx, actor);
      const approval = await this.approvals.lock(tx, id);
      const after = decide(approval, approver, verdict, reason, this.clock.now());
      await this.settle(tx, actor, 'approval.decided', approval, after);
      crashPoint('approve', 1);
      return after;
    });
    crashPoint('approve', 2);
    return decided;
  }

  /** @throws ApprovalsError `approval_not_found`, `approval_closed`, `approval_expired`, `not_the_requester` */
  cancel(actor: Actor, id: Id<'approval'>): Promise<Approval> {
    return this.unitOfWork.run(async (tx) => {
      const approval = await this.approvals.lock(tx, id);
      const cancelled = cancel(approval, principalName(actor.principal), this.clock.now());
      return this.settle(tx, actor, 'approval.cancelled', approval, cancelled);
    });
  }

  private async settle(tx: Tx, actor: Actor, type: RecordType, before: Approval, after: Approval): Promise<Approval> {
    await this.approvals.save(tx, after);
    const images = { before: approvalImage(before), after: approvalImage(after) };
    await this.audit.append(tx, { type, actor, subject: before.id, ...images });
    return after;
  }

  /** Who decides, as they are in this transaction, and kept so until it ends. */
  private async approver(tx: Tx, { principal }: Actor): Promise<Approver> {
    if (principal.kind !== 'person')
      throw new ApprovalsError('not_eligible', 'Only a person approves; sign in as one.');
    const person = await this.people.holdLive(tx, principal.id);
    return { id: principal.id, live: person !== undefined, roles: person?.roles ?? [] };
  }
}

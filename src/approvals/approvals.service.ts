import { Injectable } from '@nestjs/common';
import { People } from '../custodians/index.js';
import { type Actor, type Id, principalName } from '../kernel/index.js';
import { crashPoint, SystemClock, type Tx, UnitOfWork } from '../platform/index.js';
import { ApprovalRecords } from './approval-records.js';
import { type ApprovalFilter, ApprovalsRepository } from './approvals.repository.js';
import { Circles } from './circles.js';
import { type Approval, cancel, decide, type Verdict } from './domain/approval.js';
import { type Approver, eligibilityOf } from './domain/eligibility.js';
import { ApprovalsError } from './domain/errors.js';

/** An approval, and who may decide it now. */
export interface SeenApproval {
  readonly approval: Approval;
  /** At most 100. */
  readonly eligibleApproverIds: readonly Id<'person'>[];
  /** Whether whoever looks at it may. */
  readonly canDecide: boolean;
}

/** How many open requests are looked through for those that somebody may decide. */
const LOOKED_AT_ONCE = 200;
const MOST_LOOKS = 25;

/** Requests that need somebody else's consent. */
@Injectable()
export class Approvals {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly approvals: ApprovalsRepository,
    private readonly circles: Circles,
    private readonly people: People,
    private readonly clock: SystemClock,
    private readonly records: ApprovalRecords,
  ) {}

  /** @throws ApprovalsError `approval_not_found` */
  get(actor: Actor, id: Id<'approval'>): Promise<SeenApproval> {
    return this.unitOfWork.read(async (tx) => (await this.see(tx, actor, [await this.approvals.get(tx, id)]))[0]!);
  }

  /** One more than `limit` approvals, the newest first. */
  list(actor: Actor, filter: ApprovalFilter, before: string | undefined, limit: number): Promise<SeenApproval[]> {
    return this.unitOfWork.read(async (tx) =>
      this.see(tx, actor, await this.approvals.list(tx, filter, before, limit + 1)),
    );
  }

  /** Of what is open, one more than `limit` that the caller may decide, the newest first. */
  listEligible(actor: Actor, before: string | undefined, limit: number): Promise<SeenApproval[]> {
    return this.unitOfWork.read(async (tx) => {
      const found: SeenApproval[] = [];
      let last = before;
      for (let look = 0; look < MOST_LOOKS && found.length <= limit; look += 1) {
        const open = await this.approvals.listOpenBesides(tx, [who(actor)], this.clock.now(), last, LOOKED_AT_ONCE);
        found.push(...(await this.see(tx, actor, open)).filter(({ canDecide }) => canDecide));
        if (open.length < LOOKED_AT_ONCE) break;
        last = open.at(-1)!.id;
      }
      return found.slice(0, limit + 1);
    });
  }

  /**
   * Approves or denies. Of two who decide at once one does, and the other is told that it is closed.
   *
   * @throws ApprovalsError `approval_not_found`, `approval_closed`, `approval_expired`, `own_request`, `not_eligible`
   */
  async decide(actor: Actor, id: Id<'approval'>, verdict: Verdict, reason: string): Promise<SeenApproval> {
    const decided = await this.unitOfWork.run(async (tx) => {
      const approver = await this.approver(tx, actor);
      const asked = await this.approvals.get(tx, id);
      const ties = (await this.circles.tiesOf(tx, [asked], [approver.id], true))(asked);
      const approval = await this.approvals.lock(tx, id);
      const after = decide(approval, approver, ties, { verdict, reason }, this.clock.now());
      await this.records.settle(tx, actor, 'approval.decided', approval, after);
      await crashPoint('approve', 1);
      return { approval: after, eligibleApproverIds: [], canDecide: false };
    });
    await crashPoint('approve', 2);
    return decided;
  }

  /** @throws ApprovalsError `approval_not_found`, `approval_closed`, `approval_expired`, `not_the_requester` */
  cancel(actor: Actor, id: Id<'approval'>): Promise<SeenApproval> {
    return this.unitOfWork.run(async (tx) => {
      const approval = await this.approvals.lock(tx, id);
      const cancelled = cancel(approval, who(actor), this.clock.now());
      await this.records.settle(tx, actor, 'approval.cancelled', approval, cancelled);
      return { approval: cancelled, eligibleApproverIds: [], canDecide: false };
    });
  }

  /** Who may decide an approval now, at most 100 people; nobody once it is closed. */
  async eligibleFor(tx: Tx, id: Id<'approval'>): Promise<readonly Id<'person'>[]> {
    const approval = await this.approvals.get(tx, id);
    if (approval.state !== 'pending') return [];
    return (await this.circles.eligibleFor(tx, [approval], this.clock.now()))(approval);
  }

  /** Closed approvals are decided by nobody any more. */
  private async see(tx: Tx, actor: Actor, approvals: readonly Approval[]): Promise<SeenApproval[]> {
    const at = this.clock.now();
    const open = approvals.filter(({ state, expiresAt }) => state === 'pending' && at < expiresAt);
    const eligible = await this.circles.eligibleFor(tx, open, at);
    const tiesOf = await this.circles.tiesOf(tx, open, [who(actor)]);
    const caller = await this.caller(tx, actor);
    return approvals.map((approval) => {
      if (!open.includes(approval)) return { approval, eligibleApproverIds: [], canDecide: false };
      const canDecide = caller !== undefined && eligibilityOf(approval, caller, tiesOf(approval), at).eligible;
      return { approval, eligibleApproverIds: eligible(approval), canDecide };
    });
  }

  private async caller(tx: Tx, { principal }: Actor): Promise<Approver | undefined> {
    if (principal.kind !== 'person') return undefined;
    const person = await this.people.findLive(tx, principal.id);
    return person && { id: person.id, live: true, roles: person.roles };
  }

  /** Who decides, as they are in this transaction, and kept so until it ends. Roles lent in an emergency do not count. */
  private async approver(tx: Tx, { principal }: Actor): Promise<Approver> {
    if (principal.kind !== 'person')
      throw new ApprovalsError('not_eligible', 'Only a person approves; sign in as one.');
    const person = await this.people.holdLive(tx, principal.id);
    return { id: principal.id, live: person !== undefined, roles: person?.roles ?? [] };
  }
}

function who(actor: Actor): string {
  return principalName(actor.principal);
}

import { addSeconds, HOUR_SECONDS, type Id, type Role } from '../../kernel/index.js';
import { ApprovalsError } from './errors.js';
import { eligibleRoles } from './eligibility.js';

/**
 * The states of a request for access (AuthZEN, Access Request and Approval). All but `pending` are terminal and never
 * move; `failed` and `partial` are for approvals of several things at once.
 */
export const APPROVAL_STATES = ['pending', 'approved', 'denied', 'expired', 'cancelled', 'failed', 'partial'] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];

/** How long an approval waits for somebody to decide. */
export const OPEN_SECONDS = 72 * HOUR_SECONDS;

/** How long after the decision it may be acted upon. */
export const SPENDABLE_SECONDS = 72 * HOUR_SECONDS;

/** Why an approval is cancelled whose question changed before it was answered. */
export const SUPERSEDED = 'superseded';

/** One request for somebody else's consent, and what became of it. An approval never acts: the caller asks again. */
export interface Approval {
  readonly id: Id<'approval'>;
  readonly action: string;
  /** Opaque id of what the action is on. */
  readonly subject: string;
  /** SHA-256 of exactly what was asked: nothing else can be done with it. */
  readonly payloadDigest: Buffer;
  /** What the approver reads. */
  readonly summary: string;
  readonly requester: string;
  /** Opaque names of all who had a hand in what is asked, the requester among them. */
  readonly involved: readonly string[];
  readonly state: ApprovalState;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly decidedBy: Id<'person'> | null;
  readonly decidedAt: Date | null;
  readonly reason: string | null;
  readonly spentBy: string | null;
  readonly spentAt: Date | null;
  readonly version: number;
}

export type NewApproval = Pick<
  Approval,
  'id' | 'action' | 'subject' | 'payloadDigest' | 'summary' | 'requester' | 'involved'
>;

/** Somebody who decides, as they are now, not as they were when they signed in. */
export interface Approver {
  readonly id: Id<'person'>;
  readonly live: boolean;
  readonly roles: readonly Role[];
}

export type Verdict = 'approve' | 'deny';

export function openApproval(asked: NewApproval, at: Date): Approval {
  return {
    ...asked,
    involved: [...new Set([asked.requester, ...asked.involved])],
    state: 'pending',
    createdAt: at,
    expiresAt: addSeconds(at, OPEN_SECONDS),
    decidedBy: null,
    decidedAt: null,
    reason: null,
    spentBy: null,
    spentAt: null,
    version: 1,
  };
}

/**
 * Records what somebody decides about a request that they had no hand in (separation of duties, NIST SP 800-53 AC-5).
 * No role and no configuration gets past it: the database holds the same rule.
 *
 * @param by read in the same transaction
 * @throws ApprovalsError `approval_closed`, `approval_expired`, `own_request`, `not_eligible`
 */
export function decide(approval: Approval, by: Approver, verdict: Verdict, reason: string, at: Date): Approval {
  mustBeOpen(approval, at);
  if (approval.requester === by.id || approval.involved.includes(by.id))
    throw new ApprovalsError('own_request', 'Ask somebody who had no part in this request to decide it.');
  const eligible = eligibleRoles(approval.action);
  if (!by.live || !by.roles.some((role) => eligible.includes(role)))
    throw new ApprovalsError('not_eligible', `This is decided by somebody who is ${eligible.join(' or ')}.`);
  const state = verdict === 'approve' ? 'approved' : 'denied';
  return close(approval, { state, decidedBy: by.id, decidedAt: at, reason });
}

/** @throws ApprovalsError `not_the_requester`, `approval_closed`, `approval_expired` */
export function cancel(approval: Approval, by: string, at: Date): Approval {
  if (approval.requester !== by)
    throw new ApprovalsError('not_the_requester', 'Only whoever asked takes the request back; deny it instead.');
  mustBeOpen(approval, at);
  return close(approval, { state: 'cancelled', decidedAt: at, reason: 'withdrawn by the requester' });
}

/** Ends an open request because what it asks has changed or need no longer be asked. */
export function supersede(approval: Approval, at: Date): Approval {
  return isOpen(approval, at)
    ? close(approval, { state: 'cancelled', decidedAt: at, reason: SUPERSEDED })
    : expire(approval, at);
}

/** Ends a request that nobody decided in time. */
export function expire(approval: Approval, at: Date): Approval {
  if (approval.state !== 'pending' || at < approval.expiresAt)
    throw new RangeError('Only what is pending and past its time expires.');
  return close(approval, { state: 'expired', decidedAt: at, reason: null });
}

export function isOpen(approval: Approval, at: Date): boolean {
  return approval.state === 'pending' && at < approval.expiresAt;
}

/**
 * Whether an open request already asks what is to be asked, of people as little involved: then nothing new is asked.
 */
export function asksTheSame(open: Approval, asked: NewApproval): boolean {
  const involved = [asked.requester, ...asked.involved];
  return open.payloadDigest.equals(asked.payloadDigest) && involved.every((name) => open.involved.includes(name));
}

/** Whether it was approved, not long ago, and nobody has acted on it yet. */
export function isSpendable(approval: Approval, at: Date): boolean {
  return (
    approval.state === 'approved' &&
    approval.spentAt === null &&
    approval.decidedAt !== null &&
    at < addSeconds(approval.decidedAt, SPENDABLE_SECONDS)
  );
}

/**
 * Uses an approval up, once.
 *
 * @param by opaque name of whoever acts on it; not the one who approved it
 * @throws ApprovalsError `own_approval`
 */
export function spend(approval: Approval, by: string, at: Date): Approval {
  if (!isSpendable(approval, at)) throw new RangeError('Only a spendable approval is spent.');
  if (approval.decidedBy === by)
    throw new ApprovalsError('own_approval', 'You approved this: have the requester carry it out.');
  return { ...approval, spentBy: by, spentAt: at, version: approval.version + 1 };
}

function mustBeOpen(approval: Approval, at: Date): void {
  if (approval.state !== 'pending')
    throw new ApprovalsError('approval_closed', `It is ${approval.state} and stays so; ask again where need be.`, {
      details: { state: approval.state },
    });
  if (at >= approval.expiresAt)
    throw new ApprovalsError('approval_expired', 'Nobody decided in time; the requester has to ask again.');
}

function close(
  approval: Approval,
  end: Pick<Approval, 'state' | 'decidedAt' | 'reason'> & Partial<Pick<Approval, 'decidedBy'>>,
): Approval {
  return { ...approval, ...end, version: approval.version + 1 };
}

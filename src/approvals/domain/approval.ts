import { createHash } from 'node:crypto';
import { addSeconds, HOUR_SECONDS, type Id, MINUTE_SECONDS } from '../../kernel/index.js';
import { type Approver, type Approvers, requireEligible, type Ties } from './eligibility.js';
import { ApprovalsError } from './errors.js';

/**
 * The states of a request for access (AuthZEN, Access Request and Approval), but for its `failed` and `partial`: an
 * approval is of one thing, by one person, and never acts (ADR 0007). All but `pending` are terminal and never move.
 */
export const APPROVAL_STATES = ['pending', 'approved', 'denied', 'expired', 'cancelled'] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];

/** How long an approval waits for somebody to decide. */
export const OPEN_SECONDS = 72 * HOUR_SECONDS;

/** How long after the decision it may be acted upon. */
export const SPENDABLE_SECONDS = 72 * HOUR_SECONDS;

/**
 * For so long after it was spent the same question is told that it was, and nobody is asked again: it is the answer's
 * second delivery that is asked for, not a second consent.
 */
export const SPENT_A_MOMENT_AGO_SECONDS = MINUTE_SECONDS;

/** How many questions one asker has open at once; more would bury those who decide. */
export const MAX_OPEN = 20;

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
  /** What was asked, as canonical JSON (RFC 8785), exactly as the approver sees it; null for those asked before 0010. */
  readonly payload: string | null;
  /** A secret was left out of `payload`, so that its digest is not `payloadDigest`. */
  readonly payloadWithheld: boolean;
  /** What the approver reads. */
  readonly summary: string;
  readonly requester: string;
  /** Opaque names of all who had a hand in what is asked, the requester among them. */
  readonly involved: readonly string[];
  readonly approvers: Approvers;
  /** How long after the decision it may be acted upon. */
  readonly spendableSeconds: number;
  readonly state: ApprovalState;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly decidedBy: Id<'person'> | null;
  /** In whose place, where by delegation. */
  readonly decidedFor: Id<'person'> | null;
  readonly decidedAt: Date | null;
  readonly reason: string | null;
  readonly spentBy: string | null;
  readonly spentAt: Date | null;
  /** The request that used it up. */
  readonly spentIn: Id<'request'> | null;
  readonly version: number;
}

export interface NewApproval {
  readonly id: Id<'approval'>;
  readonly action: string;
  readonly subject: string;
  readonly payload: string;
  /** Where a secret was left out of the payload: SHA-256 of the whole. */
  readonly digest?: Buffer | undefined;
  readonly summary: string;
  readonly requester: string;
  readonly involved: readonly string[];
  readonly approvers: Approvers;
  readonly openSeconds?: number | undefined;
  readonly spendableSeconds?: number | undefined;
}

export type Verdict = 'approve' | 'deny';

export function digestOf(payload: string): Buffer {
  return createHash('sha256').update(payload, 'utf8').digest();
}

export function openApproval(asked: NewApproval, at: Date): Approval {
  const shown = digestOf(asked.payload);
  const payloadDigest = asked.digest ?? shown;
  return {
    id: asked.id,
    action: asked.action,
    subject: asked.subject,
    payloadDigest,
    payload: asked.payload,
    payloadWithheld: !payloadDigest.equals(shown),
    summary: asked.summary,
    requester: asked.requester,
    approvers: asked.approvers,
    spendableSeconds: asked.spendableSeconds ?? SPENDABLE_SECONDS,
    involved: [...new Set([asked.requester, ...asked.involved])],
    state: 'pending',
    createdAt: at,
    expiresAt: addSeconds(at, asked.openSeconds ?? OPEN_SECONDS),
    decidedBy: null,
    decidedFor: null,
    decidedAt: null,
    reason: null,
    spentBy: null,
    spentAt: null,
    spentIn: null,
    version: 1,
  };
}

/**
 * Records what somebody decides about a request that they had no hand in (separation of duties, NIST SP 800-53 AC-5).
 * No role and no configuration gets past it: the database holds the same rule.
 *
 * @param by read in the same transaction, as are the ties
 * @throws ApprovalsError `approval_closed`, `approval_expired`, `own_request`, `not_eligible`
 */
export function decide(
  approval: Approval,
  by: Approver,
  ties: Ties,
  { verdict, reason }: { readonly verdict: Verdict; readonly reason: string },
  at: Date,
): Approval {
  mustBeOpen(approval, at);
  const decidedFor = requireEligible(approval, by, ties, at);
  const state = verdict === 'approve' ? 'approved' : 'denied';
  return close(approval, { state, decidedBy: by.id, decidedFor, decidedAt: at, reason });
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
  const digest = asked.digest ?? digestOf(asked.payload);
  return open.payloadDigest.equals(digest) && involved.every((name) => open.involved.includes(name));
}

/** Whether it was approved, not long ago, and nobody has acted on it yet. */
export function isSpendable(approval: Approval, at: Date): boolean {
  return (
    approval.state === 'approved' &&
    approval.spentAt === null &&
    approval.decidedAt !== null &&
    at < addSeconds(approval.decidedAt, approval.spendableSeconds)
  );
}

/** Whether it was used just now: the same question again is about that answer, not a new one. */
export function wasJustSpent(approval: Approval, at: Date): boolean {
  return approval.spentAt !== null && at < addSeconds(approval.spentAt, SPENT_A_MOMENT_AGO_SECONDS);
}

/** Whether it was denied and its time is not over yet: until then the same question has its answer. */
export function isDenied(approval: Approval, at: Date): boolean {
  return approval.state === 'denied' && at < approval.expiresAt;
}

/** Whoever acts on an approval, by opaque name: no account of whoever gave it. */
export interface Spender {
  readonly by: string;
  readonly requestId: Id<'request'>;
}

/**
 * Uses an approval up, once.
 *
 * @throws ApprovalsError `own_approval`
 */
export function spend(approval: Approval, { by, requestId }: Spender, humans: Ties['humans'], at: Date): Approval {
  if (!isSpendable(approval, at)) throw new RangeError('Only a spendable approval is spent.');
  const human = (name: string | null) => (name === null ? null : (humans.get(name) ?? name));
  if ([approval.decidedBy, approval.decidedFor].some((name) => name !== null && human(name) === human(by)))
    throw new ApprovalsError('own_approval', 'You approved this: have the requester carry it out.');
  return { ...approval, spentBy: by, spentAt: at, spentIn: requestId, version: approval.version + 1 };
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
  end: Pick<Approval, 'state' | 'decidedAt' | 'reason'> & Partial<Pick<Approval, 'decidedBy' | 'decidedFor'>>,
): Approval {
  return { ...approval, ...end, version: approval.version + 1 };
}

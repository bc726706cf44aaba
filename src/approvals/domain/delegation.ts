import { addSeconds, DAY_SECONDS, type Id } from '../../kernel/index.js';
import { ApprovalsError } from './errors.js';

/** The longest that somebody lets another answer in their place. */
export const MAX_DELEGATION_SECONDS = 30 * DAY_SECONDS;

/**
 * Somebody lets another answer in their place for a while.
 *
 * It passes on that they are asked by name, as custodian of an identity; never a role, and never what was delegated to
 * themselves. And it ties: whatever bars the one bars the other.
 */
export interface Delegation {
  readonly id: Id<'delegation'>;
  readonly fromId: Id<'person'>;
  readonly toId: Id<'person'>;
  readonly reason: string;
  readonly createdAt: Date;
  readonly until: Date;
  readonly endedAt: Date | null;
  readonly endedBy: Id<'person'> | null;
}

export type NewDelegation = Pick<Delegation, 'id' | 'fromId' | 'toId' | 'reason' | 'until'>;

/**
 * @param sameHuman whether both are accounts of one human
 * @param standing what the delegator has delegated already
 * @throws ApprovalsError `delegation_to_self`, `delegation_too_long`, `already_delegated`
 */
export function delegate(
  asked: NewDelegation,
  sameHuman: boolean,
  standing: readonly Delegation[],
  at: Date,
): Delegation {
  if (asked.fromId === asked.toId || sameHuman)
    throw new ApprovalsError('delegation_to_self', 'Name somebody else: a second account of yours is still you.');
  if (asked.until <= at || asked.until > addSeconds(at, MAX_DELEGATION_SECONDS))
    throw new ApprovalsError('delegation_too_long', 'Say until when: at most 30 days from now.');
  if (standing.some((one) => one.toId === asked.toId && isInForce(one, at)))
    throw new ApprovalsError('already_delegated', 'This person answers for you already; end that first.');
  return { ...asked, createdAt: at, endedAt: null, endedBy: null };
}

/** @throws ApprovalsError `not_your_delegation`, `delegation_ended` */
export function endDelegation(one: Delegation, by: Id<'person'>, at: Date): Delegation {
  if (by !== one.fromId && by !== one.toId)
    throw new ApprovalsError('not_your_delegation', 'Only the two it is between end a delegation.');
  if (!isInForce(one, at))
    throw new ApprovalsError('delegation_ended', 'It is over already; nothing remains to be done.');
  return { ...one, endedAt: at, endedBy: by };
}

export function isInForce(one: Delegation, at: Date): boolean {
  return one.createdAt <= at && at < one.until && (one.endedAt === null || at < one.endedAt);
}

/** Whether it was in force at some time since then: ending it does not make the delegate a stranger at once. */
export function wasInForceSince(one: Delegation, since: Date): boolean {
  return one.until > since && (one.endedAt === null || one.endedAt > since);
}

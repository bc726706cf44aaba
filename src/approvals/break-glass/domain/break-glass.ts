import { addSeconds, HOUR_SECONDS, type Id, type Role } from '../../../kernel/index.js';
import { BreakGlassError } from './errors.js';

/** The longest that roles are lent. */
export const MAX_SECONDS = HOUR_SECONDS;

/** How long after its end the review may take. */
export const REVIEW_SECONDS = 24 * HOUR_SECONDS;

/** An emergency: somebody takes roles that they were not given, for a time and a reason, and answers for it afterwards. */
export interface BreakGlass {
  readonly id: Id<'breakGlass'>;
  readonly personId: Id<'person'>;
  readonly reason: string;
  readonly roles: readonly Role[];
  readonly openedAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
  /** Opaque name. */
  readonly endedBy: string | null;
  readonly reviewedAt: Date | null;
  readonly reviewedBy: Id<'person'> | null;
  readonly findings: string | null;
  readonly version: number;
}

export type BreakGlassState = 'open' | 'review-due' | 'review-overdue' | 'reviewed';

export interface Wanted {
  readonly id: Id<'breakGlass'>;
  readonly personId: Id<'person'>;
  readonly reason: string;
  readonly roles: readonly Role[];
  readonly durationSeconds: number;
}

/**
 * @param earlier what the same human, by whatever account, has opened and nobody has reviewed yet
 * @throws BreakGlassError `already_open`, `review_overdue`
 */
export function open(wanted: Wanted, earlier: readonly BreakGlass[], at: Date): BreakGlass {
  if (wanted.durationSeconds < 1 || wanted.durationSeconds > MAX_SECONDS)
    throw new RangeError(`Break-glass lasts from 1 to ${MAX_SECONDS} seconds.`);
  if (earlier.some((one) => stateOf(one, at) === 'open'))
    throw new BreakGlassError('already_open', 'You have broken the glass already; end that first.');
  if (earlier.some((one) => stateOf(one, at) === 'review-overdue'))
    throw new BreakGlassError('review_overdue', 'Have somebody review what you did the last time first.');
  return {
    id: wanted.id,
    personId: wanted.personId,
    reason: wanted.reason,
    roles: [...new Set(wanted.roles)].sort(),
    openedAt: at,
    expiresAt: addSeconds(at, wanted.durationSeconds),
    endedAt: null,
    endedBy: null,
    reviewedAt: null,
    reviewedBy: null,
    findings: null,
    version: 1,
  };
}

/**
 * Ends it before its time: whoever opened it, or an administrator.
 *
 * @throws BreakGlassError `not_open`, `not_yours`
 */
export function end(
  one: BreakGlass,
  by: { readonly id: Id<'person'>; readonly roles: readonly Role[] },
  at: Date,
): BreakGlass {
  if (one.personId !== by.id && !by.roles.includes('administrator'))
    throw new BreakGlassError('not_yours', 'Whoever opened it ends it, or an administrator does.');
  if (stateOf(one, at) !== 'open') throw new BreakGlassError('not_open', 'It is over already; have it reviewed.');
  return { ...one, endedAt: at, endedBy: by.id, version: one.version + 1 };
}

/** Notes that its time is over. */
export function lapse(one: BreakGlass, at: Date): BreakGlass {
  if (one.endedAt !== null || at < one.expiresAt) throw new RangeError('Only what is past its time lapses.');
  return { ...one, endedAt: one.expiresAt, endedBy: 'system:break-glass', version: one.version + 1 };
}

/**
 * Closes it: somebody else has looked at what was done, and says what they found.
 *
 * @param tied whether the reviewer is the same human, or has answered for them since
 * @throws BreakGlassError `still_open`, `reviewed_already`, `own_review`
 */
export function review(one: BreakGlass, by: Id<'person'>, tied: boolean, findings: string, at: Date): BreakGlass {
  if (one.personId === by || tied)
    throw new BreakGlassError('own_review', 'Ask somebody who has nothing to do with it to review it.');
  if (one.reviewedAt !== null)
    throw new BreakGlassError('reviewed_already', 'It was reviewed; nothing remains to be done.');
  if (stateOf(one, at) === 'open')
    throw new BreakGlassError('still_open', 'It is still open: end it first, then review what was done.');
  return { ...one, reviewedAt: at, reviewedBy: by, findings, version: one.version + 1 };
}

/** When it ended, or will. */
export function endOf(one: BreakGlass): Date {
  return one.endedAt ?? one.expiresAt;
}

export function reviewDueAt(one: BreakGlass): Date {
  return addSeconds(endOf(one), REVIEW_SECONDS);
}

export function stateOf(one: BreakGlass, at: Date): BreakGlassState {
  if (one.reviewedAt !== null) return 'reviewed';
  if (at < endOf(one)) return 'open';
  return at < reviewDueAt(one) ? 'review-due' : 'review-overdue';
}

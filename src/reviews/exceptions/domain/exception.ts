import { addSeconds, DAY_SECONDS, type Id } from '../../../kernel/index.js';
import type { ReviewEffect } from '../../domain/effect.js';
import type { ReviewItem } from '../../domain/item.js';
import { ExceptionError } from './errors.js';

/** Nothing is excepted for longer than until the next yearly review. */
export const MAX_DAYS = 366;

/** What is not decided, or not seen to be done, on purpose: who answers for that, and until when. */
export interface ReviewException {
  readonly id: Id<'reviewException'>;
  readonly campaignId: Id<'campaign'>;
  /** Of either of these. */
  readonly itemId: Id<'reviewItem'> | null;
  readonly effectId: Id<'reviewEffect'> | null;
  readonly ownerId: Id<'person'>;
  readonly reason: string;
  readonly endsAt: Date;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly endedBy: string | null;
  readonly endedAt: Date | null;
}

export type NewException = Omit<ReviewException, 'endedBy' | 'endedAt'>;

/** @throws ExceptionError `end_invalid` */
export function except(wanted: NewException): ReviewException {
  const { endsAt, createdAt } = wanted;
  if (endsAt <= createdAt || endsAt > addSeconds(createdAt, MAX_DAYS * DAY_SECONDS))
    throw new ExceptionError('end_invalid', `Let it end within ${MAX_DAYS} days from now.`);
  return { ...wanted, endedBy: null, endedAt: null };
}

/** @throws ExceptionError `exception_ended` */
export function end(exception: ReviewException, by: string, at: Date): ReviewException {
  if (exception.endedAt !== null)
    throw new ExceptionError('exception_ended', 'This has ended already; what it excepted is open again.');
  return { ...exception, endedBy: by, endedAt: at };
}

/**
 * An item that nobody decides about in this review. What is submitted stands as it is, and only a disagreement with it can be
 * excepted.
 *
 * @throws ExceptionError `nothing_to_except`, `excepted_already`
 */
export function exceptItem(item: ReviewItem, isDisagreed: boolean): ReviewItem {
  if (item.state === 'excepted') throw exceptedAlready();
  if (item.state !== 'submitted') return { ...item, state: 'excepted', decision: null, version: item.version + 1 };
  if (isDisagreed) return item;
  throw new ExceptionError('nothing_to_except', 'It is decided, and nobody disagrees: there is nothing to except.');
}

/** An item that is to be decided after all. */
export function reopenItem(item: ReviewItem): ReviewItem {
  return item.state === 'excepted' ? { ...item, state: 'open', version: item.version + 1 } : item;
}

/** @throws ExceptionError `nothing_to_except` */
export function requireExceptable({ state }: ReviewEffect): void {
  if (state === 'failed' || state === 'attestation-needed') return;
  throw new ExceptionError('nothing_to_except', 'Only what failed, or waits for somebody’s word, can be excepted.');
}

export function exceptedAlready(): ExceptionError {
  return new ExceptionError('excepted_already', 'It is excepted already: end that exception first.');
}

import { brokenConstraint } from '../platform/index.js';
import { ReviewsError } from './domain/errors.js';

/** Says in this room's words what the database refused; anything else passes through. */
export async function translated<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (cause) {
    const [code, message] = REFUSALS[brokenConstraint(cause) ?? ''] ?? [];
    if (code === undefined || message === undefined) throw cause;
    throw new ReviewsError(code, message, { cause });
  }
}

const REFUSALS: Readonly<Record<string, readonly [ReviewsError['code'], string]>> = {
  review_items_apart: ['own_request', 'You asked for this identity, or stand in for somebody who did.'],
  review_items_stand: ['decided_already', 'It is submitted, and stands: the next review may decide otherwise.'],
  review_items_words: ['words_needed', 'Say why something privileged is to be kept: add a reason.'],
};

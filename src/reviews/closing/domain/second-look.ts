import type { Id } from '../../../kernel/index.js';
import { ReviewsError } from '../../domain/errors.js';
import type { ReviewItem } from '../../domain/item.js';
import { ClosingError } from './errors.js';
import type { Sample } from './sample.js';

/** Whoever takes a second look or settles what came of it, as they are to the item in question. */
export interface Looker {
  readonly id: Id<'person'>;
  /** An administrator, or the owner of the review: who steps in where nobody else is left. */
  readonly stepsIn: boolean;
  /** Decided about the item, asked for its identity, is another account of such, or stands in for them. */
  readonly tied: boolean;
}

export interface Verdict {
  readonly verdict: 'agreed' | 'disagreed';
  /** Words; compulsory to disagree. */
  readonly reason: string | null;
}

/** What is done after all about a keep that a second look disagreed with. */
export interface Overruling {
  readonly decision: 'reduce' | 'revoke';
  /** The grants to take away, for `reduce`. */
  readonly grants: readonly Id<'grant'>[] | null;
  readonly reason: string;
}

/** Whether that person takes the second look. @param reviewerLive whether whoever was chosen is still here */
export function maySettle(sample: Sample, by: Looker, reviewerLive: boolean): boolean {
  if (sample.state !== 'open' || by.tied) return false;
  return sample.reviewerId === by.id || (by.stepsIn && (sample.reviewerId === null || !reviewerLive));
}

/**
 * Says whether a keep was right.
 *
 * @throws ClosingError `own_decision`, `sample_settled`, `not_the_second_reviewer`
 */
export function settle(sample: Sample, by: Looker, reviewerLive: boolean, told: Verdict, at: Date): Sample {
  refuseTied(by);
  if (sample.state !== 'open')
    throw new ClosingError('sample_settled', 'Somebody has taken this second look already; it stands.');
  if (!maySettle(sample, by, reviewerLive))
    throw new ClosingError('not_the_second_reviewer', 'This second look is somebody else’s; list yours.');
  const version = sample.version + 1;
  return { ...sample, state: told.verdict, reason: told.reason, decidedBy: by.id, decidedAt: at, version };
}

/**
 * Holds whoever overrules a keep that was disagreed with to what that takes.
 *
 * @param resolved whether an exception or an effect has settled it already
 * @throws ClosingError `own_decision`, `not_the_resolver`, `not_disagreed`, `sample_resolved`
 */
export function requireResolvable(sample: Sample, by: Looker, resolved: boolean): void {
  refuseTied(by);
  if (!by.stepsIn)
    throw new ClosingError('not_the_resolver', 'The owner of the review or an administrator resolves this.');
  if (sample.state !== 'disagreed')
    throw new ClosingError('not_disagreed', 'Only a keep that a second look disagreed with is resolved.');
  if (resolved) throw new ClosingError('sample_resolved', 'This is resolved already, by an effect or an exception.');
}

/** The item with the decision that is carried out in place of the keep, which stands. @throws ReviewsError `grants_unknown` */
export function overruled(
  item: ReviewItem,
  { decision, grants, reason }: Overruling,
  by: Id<'person'>,
  at: Date,
): ReviewItem {
  const held = item.evidence.grants.map(({ id }) => id);
  if (grants !== null && !grants.every((id) => held.includes(id)))
    throw new ReviewsError('grants_unknown', 'Name grants that the evidence shows.');
  return { ...item, decision: { kind: decision, grants, reason, to: null, by, at, inBulk: false } };
}

function refuseTied({ tied }: Looker): void {
  if (tied)
    throw new ClosingError('own_decision', 'Ask somebody who had no part in this decision or its identity to look.');
}

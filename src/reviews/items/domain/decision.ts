import { type Id, secondsBetween } from '../../../kernel/index.js';
import { ReviewsError } from '../../domain/errors.js';
import { type DecisionKind, HAND_ONS, type ListedItem, type Move, type ReviewItem } from '../../domain/item.js';

/** Looking longer than this is being away. */
export const MOST_SECONDS_AT_ONCE = 600;

/** What somebody wants to be noted about an item. */
export interface Wanted {
  readonly kind: DecisionKind;
  /** For `reduce`. */
  readonly grants?: readonly Id<'grant'>[] | undefined;
  readonly reason?: string | undefined;
  /** For `reassign` and `delegate`. */
  readonly to?: Id<'person'> | undefined;
}

/** Notes that somebody looks at the evidence: the time until they decide counts as spent on it. */
export function open<Item extends ListedItem>(item: Item, by: Id<'person'>, at: Date): Item {
  return { ...item, openedAt: at, openedBy: by };
}

export function hasOpened(item: ListedItem, by: Id<'person'>): boolean {
  return item.openedBy === by;
}

/**
 * Notes a decision; it replaces an earlier note and can be undone until it is submitted.
 *
 * @param inBulk together with others, at one stroke
 * @throws ReviewsError `decided_already`, `words_needed`, `grants_unknown`
 */
export function stage(item: ReviewItem, wanted: Wanted, by: Id<'person'>, at: Date, inBulk = false): ReviewItem {
  requireUndecided(item);
  const { kind } = wanted;
  if (kind === 'keep' && item.privileged && wanted.reason === undefined)
    throw new ReviewsError('words_needed', `Say why the privileged ${item.name} is to be kept: add a reason.`);
  return {
    ...item,
    state: 'staged',
    decision: {
      kind,
      grants: kind === 'reduce' ? grantsOf(item, wanted.grants ?? []) : null,
      reason: wanted.reason ?? null,
      to: isHandOn(kind) ? (wanted.to ?? null) : null,
      by,
      at,
      inBulk,
    },
    ...timed(item, by, at),
    version: item.version + 1,
  };
}

/** Takes a note back. @throws ReviewsError `decided_already`, `nothing_staged` */
export function undo(item: ReviewItem): ReviewItem {
  requireUndecided(item);
  if (item.decision === null)
    throw new ReviewsError('nothing_staged', 'Nothing is noted about it that could be undone.');
  return { ...item, state: 'open', decision: null, version: item.version + 1 };
}

export function isHandOn(kind: DecisionKind): kind is (typeof HAND_ONS)[number] {
  return (HAND_ONS as readonly string[]).includes(kind);
}

/** Gives an item to somebody else, undecided; how it came there stays with it. */
export function pass<Item extends ListedItem>(item: Item, move: Move): Item {
  return {
    ...item,
    state: 'open',
    reviewerId: move.to,
    decision: null,
    moves: [...item.moves, move],
    version: item.version + 1,
  };
}

/**
 * Makes a note stand: it ends the item, or hands it to somebody else.
 *
 * @throws Error where nothing is noted
 */
export function submit(item: ReviewItem, submissionId: Id<'reviewSubmission'>, at: Date): ReviewItem {
  const { decision } = item;
  if (item.state !== 'staged' || decision === null) throw new Error('Only what is staged is submitted.');
  if (!isHandOn(decision.kind))
    return { ...item, state: 'submitted', submissionId, submittedAt: at, version: item.version + 1 };
  const { kind, to, by, reason } = decision;
  return pass(item, { kind, from: item.reviewerId, to, by, at: at.toISOString(), reason });
}

/** The time since the evidence was opened, or since the last decision after that. */
function timed(item: ReviewItem, by: Id<'person'>, at: Date): Partial<ReviewItem> {
  if (item.openedAt === null || !hasOpened(item, by)) return {};
  const seconds = Math.max(0, Math.floor(secondsBetween(item.openedAt, at)));
  return { openedAt: at, secondsSpent: item.secondsSpent + Math.min(MOST_SECONDS_AT_ONCE, seconds) };
}

/** In one order, and each once, so that equal decisions are equal texts. */
function grantsOf(item: ReviewItem, grants: readonly Id<'grant'>[]): readonly Id<'grant'>[] {
  const held = item.evidence.grants.map(({ id }) => id);
  const unknown = grants.filter((id) => !held.includes(id));
  if (grants.length === 0 || unknown.length > 0)
    throw new ReviewsError('grants_unknown', 'Name at least one of the grants that the evidence shows.', {
      details: { grants: unknown },
    });
  return [...new Set(grants)].sort();
}

function requireUndecided({ state }: ListedItem): void {
  if (state === 'submitted')
    throw new ReviewsError('decided_already', 'It is submitted, and stands: the next review may decide otherwise.');
  if (state === 'excepted')
    throw new ReviewsError('decided_already', 'It is excepted from this review: have the exception ended first.');
}

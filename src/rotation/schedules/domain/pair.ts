import type { Id } from '../../../kernel/index.js';

/** One of those that never rotate in one window. */
export interface Half {
  readonly rotationId: Id<'rotation'>;
  readonly windowMs: number;
  readonly observeMs: number;
  /** When its last run began, and when it was over; null where there was none, or it is not over. */
  readonly lastBegunAt: number | null;
  readonly lastEndedAt: number | null;
  /** Since when it waits for its turn; null while it does not. */
  readonly owedSince: number | null;
  /** When it may begin by its schedule, not before an instant; null where it never may. */
  readonly next: (from: number) => number | null;
}

export const PAIR_REASONS = ['pair_running', 'pair_too_soon', 'pair_turn'] as const;

/** Whether it is a half's turn; where not, why, for whom it waits, and until when at least. */
export type Turn =
  | { readonly may: true }
  | {
      readonly may: false;
      readonly code: (typeof PAIR_REASONS)[number];
      readonly by: Id<'rotation'>;
      readonly until: number;
    };

/** How soon an emergency looks again whether the other half is over. */
const SOON_MS = 5_000;

/** What lies between the end of one half's run and the beginning of another's: a whole window and a whole observation of both. */
export function spacingMs(one: Half, other: Half): number {
  return Math.max(one.windowMs, other.windowMs, one.observeMs, other.observeMs);
}

/**
 * The pair guard. A half begins by its schedule only when
 * 1. no other half's run is under way;
 * 2. since each other half's last run was over, a whole window and a whole observation of both have passed, so that no window
 *    of either holds the beginnings of both;
 * 3. it would not keep from its next beginning another half that waits and began longer ago: halves take turns.
 *
 * By hand and on suspicion 1 and 2 hold, in an emergency 1 alone: its halves go one after the other.
 */
export function turnOf(
  half: Half,
  others: readonly Half[],
  cause: 'scheduled' | 'asked' | 'emergency',
  at: number,
): Turn {
  for (const other of others) {
    if (other.lastBegunAt === null || other.lastEndedAt !== null) continue;
    const over = Math.max(at, other.lastBegunAt + other.observeMs);
    const until = cause === 'emergency' ? at + SOON_MS : over + spacingMs(half, other);
    return { may: false, code: 'pair_running', by: other.rotationId, until };
  }
  if (cause === 'emergency') return { may: true };
  const latest = spaced(half, others);
  if (latest && latest.until > at) return { may: false, code: 'pair_too_soon', ...latest };
  if (cause === 'asked') return { may: true };
  for (const other of others) {
    const turn = firstTurn(other, [half, ...others.filter((one) => one !== other)], at);
    if (turn === null || turn >= at + half.observeMs + spacingMs(half, other) || !goesBefore(other, half)) continue;
    // It begins then, or somebody keeps it from that; this one looks again right after.
    return { may: false, code: 'pair_turn', by: other.rotationId, until: turn + SOON_MS };
  }
  return { may: true };
}

/** Until when the last run of another keeps one from beginning. */
function spaced(
  half: Half,
  others: readonly Half[],
): { readonly by: Id<'rotation'>; readonly until: number } | undefined {
  return others
    .flatMap((other) =>
      other.lastEndedAt === null ? [] : [{ by: other.rotationId, until: other.lastEndedAt + spacingMs(half, other) }],
    )
    .sort((one, other) => other.until - one.until)[0];
}

/** When one that waits can begin, if nobody begins before it; null where it does not wait, or never can. */
function firstTurn(half: Half, others: readonly Half[], at: number): number | null {
  if (half.owedSince === null || half.owedSince > at) return null;
  return half.next(Math.max(at, spaced(half, others)?.until ?? at));
}

/** Whether it began longer ago; of two that never did, which has waited longer. */
function goesBefore(one: Half, other: Half): boolean {
  const [oneBegan, otherBegan] = [one.lastBegunAt ?? -Infinity, other.lastBegunAt ?? -Infinity];
  if (oneBegan !== otherBegan) return oneBegan < otherBegan;
  const [oneOwed, otherOwed] = [one.owedSince ?? Infinity, other.owedSince ?? Infinity];
  if (oneOwed !== otherOwed) return oneOwed < otherOwed;
  return one.rotationId < other.rotationId;
}

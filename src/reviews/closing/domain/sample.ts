import { createHmac } from 'node:crypto';
import type { Id } from '../../../kernel/index.js';

export const SAMPLE_STATES = ['open', 'agreed', 'disagreed'] as const;
export type SampleState = (typeof SAMPLE_STATES)[number];

/** A keep that somebody else looks at again. */
export interface Sample {
  readonly itemId: Id<'reviewItem'>;
  readonly campaignId: Id<'campaign'>;
  /** Who takes the second look; null where nobody was left who may. */
  readonly reviewerId: Id<'person'> | null;
  readonly state: SampleState;
  readonly reason: string | null;
  readonly chosenAt: Date;
  readonly decidedBy: Id<'person'> | null;
  readonly decidedAt: Date | null;
  readonly version: number;
}

/** What a draw depends on. */
export interface Lot {
  readonly submissionId: Id<'reviewSubmission'>;
  /** SHA-256 over what was signed. */
  readonly digest: Uint8Array;
  readonly percent: number;
}

/**
 * Draws the keeps of one submission that are looked at again: that share of them, rounded up, so at least one where the
 * share is not nothing.
 *
 * The lots are `HMAC-SHA-256(digest of the submission, submission id ‖ ":" ‖ item id)`, the smallest win. The digest binds
 * the draw to what was signed; the id, 74 bits of it random and given when the signature is there already, keeps whoever
 * submits from trying words until a certain item is spared. Both are in the log, so anybody can draw again.
 *
 * @returns the items drawn, by their lots
 */
export function drawSample<Item extends { readonly id: string }>(keeps: readonly Item[], lot: Lot): Item[] {
  const count = Math.ceil((keeps.length * lot.percent) / 100);
  return keeps
    .map((item) => ({ item, number: lotOf(item.id, lot) }))
    .sort((one, other) => Buffer.compare(one.number, other.number))
    .slice(0, count)
    .map(({ item }) => item);
}

function lotOf(itemId: string, { submissionId, digest }: Lot): Buffer {
  return createHmac('sha256', digest).update(`${submissionId}:${itemId}`).digest();
}

/** Who might take a second look at one item: live people, of each kind in order of id. */
export interface SecondLookers {
  readonly backup: Id<'person'> | null;
  readonly team: readonly Id<'person'>[];
  readonly administrators: readonly Id<'person'>[];
}

/**
 * Chooses the second reviewer: the backup custodian, else another custodian of the team, else an administrator.
 *
 * @param mayNot whether somebody is too close: decided, asked for it, is another account of such, or stands in for them
 * @param turn spreads the work over several who are as good as one another
 */
export function secondReviewer(
  { backup, team, administrators }: SecondLookers,
  mayNot: (id: Id<'person'>) => boolean,
  turn: number,
): Id<'person'> | null {
  for (const circle of [backup === null ? [] : [backup], team, administrators]) {
    const able = circle.filter((id) => !mayNot(id));
    if (able.length > 0) return able[turn % able.length]!;
  }
  return null;
}

import type { RecordType } from '../../../kernel/index.js';

/** Which records stand behind which numbers of a review. */
export const BEHIND = {
  population: ['campaign.started'],
  decisions: ['review.submitted'],
  effectsVerified: ['review.effect-verified'],
  effectsAttested: ['review.effect-attested'],
  exceptions: ['review.exception-created', 'review.exception-ended'],
  samples: ['review.sample-decided', 'review.sample-resolved'],
  acknowledgement: ['campaign.acknowledged'],
  closing: ['campaign.closed'],
} as const satisfies Readonly<Record<string, readonly RecordType[]>>;

/** For each kind of number, where in the log its records stand, in order. */
export type Behind = Readonly<Record<keyof typeof BEHIND, readonly number[]>>;

/** @param places where the records about a review stand, in order */
export function behindOf(places: readonly { readonly index: number; readonly type: string }[]): Behind {
  const named = Object.entries(BEHIND).map(([name, types]) => {
    const own = places.filter(({ type }) => (types as readonly string[]).includes(type));
    return [name, own.map(({ index }) => index)];
  });
  return Object.fromEntries(named) as Behind;
}

/** Indexes for people: `12, 15–18`. At most so many runs are named, the rest is counted. */
export function inRuns(indexes: readonly number[], most: number): string {
  const runs: [number, number][] = [];
  for (const index of indexes) {
    const last = runs.at(-1);
    if (last && index === last[1] + 1) last[1] = index;
    else runs.push([index, index]);
  }
  const shown = runs.slice(0, most).map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`));
  const rest = runs.slice(most).reduce((sum, [from, to]) => sum + to - from + 1, 0);
  return rest === 0 ? shown.join(', ') : `${shown.join(', ')} and ${rest} more`;
}

import type { Trends, Verdict } from '../findings-queries.js';

/** One week of the queue: what came and what went. */
export interface Week {
  /** RFC 3339. */
  readonly beginsAt: string;
  readonly found: ReadonlyMap<Verdict, number>;
  readonly ended: number;
}

const WEEK_MILLISECONDS = 604_800_000;

/** Pure: every week, also those in which nothing happened. */
export function weeksOf({ since, weeks, found, ended }: Pick<Trends, 'since' | 'weeks' | 'found' | 'ended'>): Week[] {
  return Array.from({ length: weeks }, (_, at) => ({
    beginsAt: new Date(Date.parse(since) + at * WEEK_MILLISECONDS).toISOString(),
    found: new Map(found.filter(({ week }) => week === at).map(({ verdict, count }) => [verdict, count])),
    ended: sumOf(ended.filter(({ week }) => week === at)),
  }));
}

export function sumOf(counts: readonly { readonly count: number }[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}

/** The tallest of all stacks: by it the others are drawn. */
export function tallestOf(weeks: readonly Week[]): number {
  return Math.max(
    1,
    ...weeks.flatMap(({ found, ended }) => [[...found.values()].reduce((sum, each) => sum + each, 0), ended]),
  );
}

import type { Schema } from '../service/service.js';
import type { FindingFilters, Verdict } from './findings-queries.js';

/** So many findings, and where they are listed. */
export interface FindingCount {
  readonly count: number;
  readonly words: string;
  readonly search: FindingFilters;
  readonly isLate?: boolean;
}

const SHADOWS: readonly (readonly [verdict: Verdict, one: string, more: string])[] = [
  ['shadow-identity', 'shadow identity', 'shadow identities'],
  ['shadow-credential', 'shadow credential', 'shadow credentials'],
  ['misplaced', 'misplaced', 'misplaced'],
  ['unattributed', 'unattributed', 'unattributed'],
  ['ghost', 'ghost', 'ghosts'],
];

/**
 * Pure: what of the findings that wait a person is told first: theirs, those that are late, and, where they see to all of them, how
 * many there are of each kind.
 *
 * @param facets of all that wait; of theirs alone where `ofAll` is false
 */
export function findingCounts(
  facets: Schema['FindingFacets']['facets'],
  personId: string,
  ofAll: boolean,
): readonly FindingCount[] {
  const countOf = (name: string, value: string) =>
    facets.find((each) => each.name === name && each.value === value)?.count ?? 0;
  const [mine, late] = [countOf('assignee', personId), countOf('overdue', 'true')];
  const whose: FindingFilters = ofAll ? {} : { assigneeId: 'me' };
  const counts: readonly FindingCount[] = [
    { count: mine, words: mine === 1 ? 'is yours' : 'are yours', search: { assigneeId: 'me' } },
    { count: late, words: 'overdue', search: { ...whose, overdue: 'true' }, isLate: true },
    ...(ofAll ? SHADOWS : []).map(([verdict, one, more]) => {
      const count = countOf('verdict', verdict);
      return { count, words: count === 1 ? one : more, search: { verdict } };
    }),
  ];
  return counts.filter(({ count }) => count > 0);
}

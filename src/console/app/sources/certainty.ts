import type { FewSources } from './sources-queries.js';

/** What can be said where nothing is open: nobody looked, everything was looked at, something could not be, or not all is known. */
export type Certainty = 'nowhere' | 'certain' | 'doubtful' | 'unknown';

/** Pure: how far “nothing” goes; never certain while there are sources that were not asked about. */
export function certaintyOf({
  items,
  isAll,
}: {
  items: readonly Pick<FewSources['items'][number], 'health'>[];
  isAll: boolean;
}): Certainty {
  if (items.some(({ health }) => health !== 'good')) return 'doubtful';
  if (!isAll) return 'unknown';
  return items.length === 0 ? 'nowhere' : 'certain';
}

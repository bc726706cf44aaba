import { type InfiniteData, type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, service } from '../../service/service.js';
import { type MyCampaign, myCampaignsQuery, queueKey, type QueuePage, type ReviewItemRow } from '../reviews-queries.js';
import type { Decision } from './keyboard.js';
import { decided, moved } from './queue.js';

type Noted = NonNullable<ReviewItemRow['decision']>;

/** What somebody decides about an item; `undefined` takes a decision back. */
export interface NewDecision {
  readonly decision: Decision;
  readonly grants?: readonly string[];
  readonly reason?: string;
  readonly to?: string;
}

/** By which whoever sums decisions up sees that one is still on its way to the service. */
export const decidingKey = ['reviews', 'deciding'] as const;
/** One after the other, as they were made: what is slow on its way must not overtake what was decided afterwards. */
export const inTheirOrder = { id: 'review-decisions' } as const;

interface Change {
  readonly item: ReviewItemRow;
  readonly to: NewDecision | undefined;
  readonly by: string;
}

/**
 * Notes decisions and takes them back. The queue shows them at once; what the service refuses is shown as it was before.
 *
 * @param onRefused told which item it was, and why
 */
export function useDecisions(onRefused: (item: ReviewItemRow, problem: unknown) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationKey: decidingKey,
    scope: inTheirOrder,
    mutationFn: async ({ item, to }: Change) => {
      const path = { params: { path: { id: item.id } } };
      if (to === undefined) await answerOf(service.DELETE('/v1/review-items/{id}/decision', path));
      else await answerOf(service.PUT('/v1/review-items/{id}/decision', { ...path, body: to as never }));
    },
    onMutate: (change) => show(queries, change.item, shownAs(change)),
    onError: (problem, change) => {
      show(queries, shownAs(change), change.item);
      onRefused(change.item, problem);
    },
    onSettled: (_data, _problem, { item }) =>
      queries.invalidateQueries({ queryKey: ['reviews', 'item', item.id], refetchType: 'active' }),
  });
}

/** The item as it will be, once the service has noted it. */
function shownAs({ item, to, by }: Change): ReviewItemRow {
  if (to === undefined) return decided(item, null);
  const { decision, grants = null, reason = null, to: next = null } = to;
  const noted: Noted = { decision, grants: grants && [...grants], reason, to: next, by, at: '', inBulk: false };
  return decided(item, noted);
}

/** Puts an item as it is now into every list that has it, and counts it where it is counted. */
function show(queries: QueryClient, before: ReviewItemRow, after: ReviewItemRow): void {
  queries.setQueriesData<InfiniteData<QueuePage>>({ queryKey: queueKey }, (lists) => {
    if (lists === undefined) return undefined;
    const put = (page: QueuePage) => ({ ...page, items: page.items.map((row) => (row.id === after.id ? after : row)) });
    return { ...lists, pages: lists.pages.map(put) };
  });
  queries.setQueryData<MyCampaign[]>(myCampaignsQuery.queryKey, (campaigns) =>
    campaigns?.map((each) =>
      each.campaignId === after.campaignId ? { ...each, ...moved(each, before.state, after.state) } : each,
    ),
  );
}

import { infiniteQueryOptions, queryOptions, useQuery } from '@tanstack/react-query';
import { answerOf, type Schema, service } from '../service/service.js';

export type Source = Schema['Source'];
export type SourceRun = Schema['SourceRun'];
export type Health = Source['health'];

const FEW = 200;
const PAGE = 50;
const RUNS = 20;
const LIVE_MILLISECONDS = 1_000;
const RESTING_MILLISECONDS = 30_000;

/** Whether it is looked at now, or is about to be. */
export function isUnderWay(run: Pick<SourceRun, 'state'> | null | undefined): boolean {
  return run?.state === 'waiting' || run?.state === 'running';
}

/** Soon again where one is looked at now: how far it has come is shown as it comes. */
function again(sources: readonly Source[]): number {
  return sources.some(({ run }) => isUnderWay(run)) ? LIVE_MILLISECONDS : RESTING_MILLISECONDS;
}

/** So many as most firms have, and whether there are more. */
export interface FewSources {
  readonly items: readonly Source[];
  readonly isAll: boolean;
}

/** As many as most firms have: for names, and for whether all can be relied on. */
export const fewSourcesQuery = queryOptions({
  queryKey: ['sources', 'few'],
  queryFn: async (): Promise<FewSources> => {
    const { items, nextCursor } = await answerOf(service.GET('/v1/sources', { params: { query: { limit: FEW } } }));
    return { items, isAll: nextCursor === null };
  },
});

export const sourcesQuery = infiniteQueryOptions({
  queryKey: ['sources', 'list'],
  queryFn: ({ pageParam, signal }) => {
    const query = { limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) };
    return answerOf(service.GET('/v1/sources', { params: { query }, signal }));
  },
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.nextCursor,
  refetchInterval: ({ state }) => again(state.data?.pages.flatMap(({ items }) => items) ?? []),
});

export function sourceQuery(id: string) {
  return queryOptions({
    queryKey: ['sources', 'one', id],
    queryFn: () => answerOf(service.GET('/v1/sources/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data ? again([state.data]) : false),
  });
}

/** The looks at it, the newest first. */
export function runsQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ['sources', 'one', id, 'runs'],
    queryFn: ({ pageParam }) => {
      const query = { limit: RUNS, ...(pageParam !== null && { cursor: pageParam }) };
      return answerOf(service.GET('/v1/sources/{id}/runs', { params: { path: { id }, query } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

/** How sources are called, by id. */
export function useSourceNames(): ReadonlyMap<string, string> {
  const sources = useQuery(fewSourcesQuery).data?.items ?? [];
  return new Map(sources.map(({ id, name }) => [id, name]));
}

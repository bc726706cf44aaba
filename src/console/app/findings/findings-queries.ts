import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answerOf, type Schema, service } from '../service/service.js';
import type { FINDING_FILTERS } from './finding-filters.js';

export type Finding = Schema['Finding'];
export type FindingRow = Schema['FindingRow'];
export type FindingPlace = Schema['FindingPlace'];
export type FindingEvent = Schema['FindingEvent'];
export type Draft = Schema['RegistrationDraft'];
export type Posture = Schema['FindingPosture'];
export type Rights = NonNullable<Posture['rights']>;
export type PlannedRetirement = Schema['PlannedRetirement'];
export type Trends = Schema['FindingTrends'];
export type FacetName = Schema['FindingFacets']['facets'][number]['name'];
export type Verdict = Finding['verdict'];
export type FindingState = Finding['state'];

export type FindingFilters = Partial<Record<(typeof FINDING_FILTERS)[number], string>>;

const PAGE = 100;
const PLACES = 50;
const EVENTS = 30;
/** How often it is read while it is being retired. */
export const RETIRING_MILLISECONDS = 5_000;

const at = (id: string) => ({ path: { id } });

/** The filters as the service reads them: without an empty search. */
function findingsAsked({ q, ...rest }: FindingFilters): FindingFilters {
  return { ...rest, ...(q?.trim() && { q: q.trim() }) };
}

/** What was found, what is due first coming first. */
export function findingsQuery(filters: FindingFilters, limit = PAGE) {
  const asked = findingsAsked(filters);
  return infiniteQueryOptions({
    queryKey: ['findings', 'list', asked, limit],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...asked, limit, ...(pageParam !== null && { cursor: pageParam }) };
      return answerOf(service.GET('/v1/findings', { params: { query: query as never }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

/** How many there are of each, among what the list is narrowed to. */
export function findingFacetsQuery(filters: FindingFilters) {
  const asked = findingsAsked(filters);
  return queryOptions({
    queryKey: ['findings', 'facets', asked],
    queryFn: ({ signal }) =>
      answerOf(service.GET('/v1/findings/facets', { params: { query: asked as never }, signal })),
  });
}

/** Looked at again as long as it is being retired: the next look of its sources ends it. */
export function findingQuery(id: string) {
  return queryOptions({
    queryKey: ['findings', 'one', id],
    queryFn: () => answerOf(service.GET('/v1/findings/{id}', { params: at(id) })),
    refetchInterval: ({ state }) => (state.data?.state === 'retiring' ? RETIRING_MILLISECONDS : false),
  });
}

/** Where it stands, and stood. */
export function placesQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ['findings', 'one', id, 'places'],
    queryFn: ({ pageParam }) => {
      const query = { limit: PLACES, ...(pageParam !== null && { cursor: pageParam }) };
      return answerOf(service.GET('/v1/findings/{id}/places', { params: { ...at(id), query } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

/** What was said and done about it, the newest first. */
export function eventsQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ['findings', 'one', id, 'events'],
    queryFn: ({ pageParam }) => {
      const query = { limit: EVENTS, ...(pageParam !== null && { cursor: pageParam }) };
      return answerOf(service.GET('/v1/findings/{id}/events', { params: { ...at(id), query } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

export function draftQuery(id: string) {
  return queryOptions({
    queryKey: ['findings', 'one', id, 'draft'],
    queryFn: () => answerOf(service.GET('/v1/findings/{id}/draft', { params: at(id) })),
  });
}

export function postureQuery(id: string) {
  return queryOptions({
    queryKey: ['findings', 'one', id, 'posture'],
    queryFn: () => answerOf(service.GET('/v1/findings/{id}/posture', { params: at(id) })),
  });
}

/** How it would be retired, or is being. */
export function retirementQuery(id: string) {
  return queryOptions({
    queryKey: ['findings', 'one', id, 'retirement'],
    queryFn: () => answerOf(service.GET('/v1/findings/{id}/retirement', { params: at(id) })),
  });
}

export const trendsQuery = queryOptions({
  queryKey: ['findings', 'trends'],
  queryFn: () => answerOf(service.GET('/v1/findings/trends', {})),
});

export type PostureOverview = Schema['PostureOverview'];

/** It looks at everything: what was read is good for a while. */
export const postureOverviewQuery = queryOptions({
  queryKey: ['findings', 'posture'],
  queryFn: () => answerOf(service.GET('/v1/findings/posture', {})),
  staleTime: 60_000,
});

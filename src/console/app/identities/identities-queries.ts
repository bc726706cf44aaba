import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answerOf, type Schema, service } from '../service/service.js';

export type IdentitySummary = Schema['IdentitySummary'];
export type Identity = Schema['Identity'];
export type View = Schema['View'];
export type Facets = Schema['IdentityFacets'];

const PAGE = 100;
const SUGGESTIONS = 8;
const MOST_VIEWS = 200;

/** What the list can be narrowed and ordered by, as it stands in the address and as views keep it. */
export const FILTERS = [
  'q',
  'status',
  'kind',
  'environment',
  'teamId',
  'custodianId',
  'criticality',
  'dataClass',
  'privileged',
  'standing',
  'needs',
  'sort',
] as const;
export type IdentityFilters = Partial<Record<(typeof FILTERS)[number], string>>;

/** The filters as the service reads them: without an empty search. */
export function identitiesAsked({ q, ...rest }: IdentityFilters): IdentityFilters {
  return { ...rest, ...(q?.trim() && { q: q.trim() }) };
}

export function identitiesQuery(filters: IdentityFilters) {
  const asked = identitiesAsked(filters);
  return infiniteQueryOptions({
    queryKey: ['identities', 'list', asked],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...asked, limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) };
      return answerOf(service.GET('/v1/identities', { params: { query: query as never }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

/** How many there are of each, among what the list is narrowed to. */
export function facetsQuery(filters: IdentityFilters) {
  const { sort: _order, ...asked } = identitiesAsked(filters);
  return queryOptions({
    queryKey: ['identities', 'facets', asked],
    queryFn: ({ signal }) =>
      answerOf(service.GET('/v1/identities/facets', { params: { query: asked as never }, signal })),
  });
}

/** A few identities that what is typed fits. */
export function foundIdentitiesQuery(text: string) {
  return queryOptions({
    queryKey: ['identities', 'found', text],
    queryFn: ({ signal }) =>
      answerOf(service.GET('/v1/identities', { params: { query: { q: text, limit: SUGGESTIONS } }, signal })),
    enabled: text !== '',
  });
}

/** The views one has saved, and those of one's teams. */
export const viewsQuery = queryOptions({
  queryKey: ['views'],
  queryFn: () => answerOf(service.GET('/v1/views', { params: { query: { limit: MOST_VIEWS } } })),
});

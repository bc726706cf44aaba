import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answerOf, type Schema, service } from '../service/service.js';

export type IdentitySummary = Schema['IdentitySummary'];
export type Identity = Schema['Identity'];

const PAGE = 100;
const SUGGESTIONS = 8;
/** Shorter words match too much to be of use; the service refuses them. */
export const SHORTEST_SEARCH = 3;

/** What the list can be narrowed by, as it stands in the address. */
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
] as const;
export type IdentityFilters = Partial<Record<(typeof FILTERS)[number], string>>;

/** The filters as the service reads them. */
export function identitiesAsked({ q, ...rest }: IdentityFilters): Record<string, string> {
  const search = q?.trim() ?? '';
  return { ...rest, ...(search.length >= SHORTEST_SEARCH && { search }) };
}

export function identitiesQuery(filters: IdentityFilters) {
  const asked = identitiesAsked(filters);
  return infiniteQueryOptions({
    queryKey: ['identities', 'list', asked],
    queryFn: ({ pageParam, signal }) =>
      answerOf(
        service.GET('/v1/identities', {
          params: { query: { ...asked, limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) } as never },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

/** A few identities whose name holds what is typed. */
export function foundIdentitiesQuery(text: string) {
  return queryOptions({
    queryKey: ['identities', 'found', text],
    queryFn: ({ signal }) =>
      answerOf(service.GET('/v1/identities', { params: { query: { search: text, limit: SUGGESTIONS } }, signal })),
    enabled: text.length >= SHORTEST_SEARCH,
  });
}

import { keepPreviousData, queryOptions, useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query';
import { answerOf, type Schema, service } from '../service/service.js';
import { personOf } from './people-by-id.js';

export type Person = Schema['Person'];

const PAGE = 100;
const SUGGESTIONS = 50;
/** With fewer letters the service finds nobody. */
const SHORTEST = 2;
const FRESH_MILLISECONDS = 120_000;

/** Who people can be searched among. */
export interface PeopleFilters {
  /** How a word of their name begins. */
  readonly q?: string;
  /** With commas between them. */
  readonly status?: string;
  readonly role?: string;
}

/** One person, asked for together with all others whose names come on screen at the same time. */
function personQuery(id: string) {
  return queryOptions({
    queryKey: ['people', 'one', id],
    queryFn: () => personOf(id),
    staleTime: FRESH_MILLISECONDS,
  });
}

const isPerson = (id: string | null) => id !== null && id.startsWith('per_');

/** Somebody by id; undefined until they are known, and for ids of nobody. */
export function usePerson(id: string | null): Person | undefined {
  return useQuery({ ...personQuery(id ?? ''), enabled: isPerson(id) }).data ?? undefined;
}

/** Those of these ids who are known already. */
export function usePersons(ids: readonly string[]): readonly Person[] {
  const found = useQueries({ queries: ids.filter(isPerson).map(personQuery) });
  return found.flatMap(({ data }) => data ?? []);
}

export interface FoundPeople {
  readonly people: readonly Person[];
  /** Those that were found before are still shown: for what is asked now, nobody is found yet. */
  readonly areEarlier: boolean;
}

/** A few people whose names begin so; anybody, as long as too little is typed. */
export function useFoundPeople(text: string, filters: PeopleFilters): FoundPeople {
  const asked = askedOf({ ...filters, q: text });
  const found = useQuery({
    queryKey: ['people', 'found', asked],
    queryFn: ({ signal }) =>
      answerOf(service.GET('/v1/people', { params: { query: { ...asked, limit: SUGGESTIONS } as never }, signal })),
    placeholderData: keepPreviousData,
    staleTime: FRESH_MILLISECONDS,
  });
  return { people: found.data?.items ?? [], areEarlier: found.isPlaceholderData };
}

/** People, page by page. */
export function usePeopleList(filters: PeopleFilters) {
  const asked = askedOf(filters);
  return useInfiniteQuery({
    queryKey: ['people', 'list', asked],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...asked, limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) };
      return answerOf(service.GET('/v1/people', { params: { query: query as never }, signal }));
    },
    placeholderData: keepPreviousData,
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

function askedOf({ q, ...filters }: PeopleFilters): PeopleFilters {
  const text = q?.trim() ?? '';
  return { ...filters, ...(text.length >= SHORTEST && { q: text }) };
}

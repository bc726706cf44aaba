import { queryOptions, useQuery } from '@tanstack/react-query';
import { answerOf, type Schema, service } from '../service/service.js';

export type Person = Schema['Person'];

const PAGE = 200;
/** Beyond this many people, names are looked up no more, and ids shown. */
const MOST_PAGES = 15;

/** Everybody, the masked way: to say names where the service says ids. */
export const everybodyQuery = queryOptions({
  queryKey: ['people', 'everybody'],
  queryFn: async () => {
    const people: Person[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const query = { limit: PAGE, ...(cursor !== undefined && { cursor }) };
      const answer = await answerOf(service.GET('/v1/people', { params: { query } }));
      people.push(...answer.items);
      if (answer.nextCursor === null) break;
      cursor = answer.nextCursor;
    }
    return people;
  },
  staleTime: 120_000,
});

/** Everybody by id; empty until they are known. */
export function usePeople(): ReadonlyMap<string, Person> {
  return useQuery({ ...everybodyQuery, select: byId }).data ?? NOBODY;
}

const NOBODY: ReadonlyMap<string, Person> = new Map();

function byId(people: readonly Person[]): ReadonlyMap<string, Person> {
  return new Map(people.map((person) => [person.id, person]));
}

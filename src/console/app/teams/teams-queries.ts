import { queryOptions, useQuery } from '@tanstack/react-query';
import { answerOf, type Schema, service } from '../service/service.js';

export type Team = Schema['Team'];

const PAGE = 200;
const MOST_PAGES = 10;

/** Every team. */
export const teamsQuery = queryOptions({
  queryKey: ['teams'],
  queryFn: async () => {
    const teams: Team[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const query = { limit: PAGE, ...(cursor !== undefined && { cursor }) };
      const answer = await answerOf(service.GET('/v1/teams', { params: { query } }));
      teams.push(...answer.items);
      if (answer.nextCursor === null) break;
      cursor = answer.nextCursor;
    }
    return teams;
  },
  staleTime: 120_000,
});

/** A team by its name. */
export function TeamName({ id }: { readonly id: string }) {
  const team = useQuery(teamsQuery).data?.find((each) => each.id === id);
  return team?.name ?? id;
}

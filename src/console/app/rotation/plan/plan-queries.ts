import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answerOf, type Schema, service } from '../../service/service.js';

export type Planned = Schema['PlannedRotation'];
export type Begin = Planned['begins'][number];
export type Standing = 'due' | 'overdue' | 'never';

/** As far ahead as the calendar looks. */
export const PLAN_DAYS = 30;
const PAGE = 50;

/** What would rotate within the days, what is overdue, or what never is due. Looking begins nothing. */
export function planQuery(standing: Standing) {
  return infiniteQueryOptions({
    queryKey: ['rotation', 'plan', standing],
    queryFn: ({ pageParam, signal }) => {
      const query = { days: PLAN_DAYS, standing, limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) };
      return answerOf(service.GET('/v1/rotation-plan', { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

export function planOfQuery(rotationId: string) {
  return queryOptions({
    queryKey: ['rotation', 'plan', 'of', rotationId],
    queryFn: async () => {
      const query = { days: PLAN_DAYS, rotationId };
      return (await answerOf(service.GET('/v1/rotation-plan', { params: { query } }))).items[0] ?? null;
    },
  });
}

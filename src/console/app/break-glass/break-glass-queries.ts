import { infiniteQueryOptions } from '@tanstack/react-query';
import { answerOf, type Schema, service } from '../service/service.js';

export type BreakGlass = Schema['BreakGlass'];

const PAGE = 50;

/** Every breaking of the glass, the newest first. */
export const breakGlassQuery = infiniteQueryOptions({
  queryKey: ['break-glass'],
  queryFn: ({ pageParam }) => {
    const query = { limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) };
    return answerOf(service.GET('/v1/break-glass', { params: { query } }));
  },
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.nextCursor,
});

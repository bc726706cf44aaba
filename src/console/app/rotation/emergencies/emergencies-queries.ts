import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answerOf, type Schema, service } from '../../service/service.js';

export type Emergency = Schema['RotationEmergency'];
export type Scope = Emergency['scope'];
export type EmergencyRun = Schema['RotationEmergencyRun'];
export type EmergencyPreview = Schema['RotationEmergencyPreview'];
export type Unrotatable = Schema['UnrotatableIdentity'];
export type Touch = Unrotatable['touches'][number];

const PAGE = 50;
const LIVE_MILLISECONDS = 2_000;

const at = (id: string) => ({ path: { id } });

export const emergenciesQuery = infiniteQueryOptions({
  queryKey: ['rotation', 'emergencies'],
  queryFn: ({ pageParam }) => {
    const query = { limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) };
    return answerOf(service.GET('/v1/rotation-emergencies', { params: { query } }));
  },
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.nextCursor,
});

/** Looks again by itself until all its runs are over. */
export function emergencyQuery(id: string) {
  return queryOptions({
    queryKey: ['rotation', 'emergency', id],
    queryFn: () => answerOf(service.GET('/v1/rotation-emergencies/{id}', { params: at(id) })),
    refetchInterval: ({ state }) => (state.data?.over === false ? LIVE_MILLISECONDS : false),
  });
}

/** Its runs in their order. */
export function emergencyRunsQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ['rotation', 'emergency', id, 'runs'],
    queryFn: ({ pageParam }) => {
      const query = { limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) };
      return answerOf(service.GET('/v1/rotation-emergencies/{id}/runs', { params: { ...at(id), query } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some((run) => !OVER.has(run.state))) ? LIVE_MILLISECONDS : false,
  });
}

/** How hosts are called that callers were seen at. */
export function hostsQuery(startsWith: string) {
  return queryOptions({
    queryKey: ['rotation', 'hosts', startsWith],
    queryFn: async ({ signal }) => {
      const query = startsWith === '' ? {} : { startsWith };
      return (await answerOf(service.GET('/v1/rotation-emergencies/hosts', { params: { query }, signal }))).items;
    },
  });
}

const OVER: ReadonlySet<EmergencyRun['state']> = new Set(['finished', 'cancelled']);

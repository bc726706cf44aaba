import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answerOf, type Schema, service } from '../service/service.js';

export type Grant = Schema['Grant'];
export type ReachGraph = Schema['Reach'];
export type LedgerEntry = Schema['LedgerEntry'];

const CREDENTIALS = 50;
const EVENTS = 15;

const at = (id: string) => ({ path: { id } });

export function identityQuery(id: string) {
  return queryOptions({
    queryKey: ['identities', 'one', id],
    queryFn: () => answerOf(service.GET('/v1/identities/{id}', { params: at(id) })),
  });
}

export function grantsQuery(id: string) {
  return queryOptions({
    queryKey: ['identities', 'one', id, 'grants'],
    queryFn: () => answerOf(service.GET('/v1/identities/{id}/grants', { params: at(id) })),
  });
}

/** What it holds that is valid now. Reading the ledger is recorded, so it is read once a visit and not at every change. */
export function credentialsQuery(id: string) {
  return queryOptions({
    queryKey: ['ledger', 'of', id],
    staleTime: Infinity,
    queryFn: () => answerOf(service.GET('/v1/ledger', { params: { query: { identityId: id, limit: CREDENTIALS } } })),
  });
}

/** What happened to it, from the log, the newest first. */
export function timelineQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ['identities', 'one', id, 'timeline'],
    queryFn: ({ pageParam }) => {
      const query = { limit: EVENTS, ...(pageParam !== null && { cursor: pageParam }) };
      return answerOf(service.GET('/v1/identities/{id}/timeline', { params: { ...at(id), query } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

export function reachQuery(id: string) {
  return queryOptions({
    queryKey: ['identities', 'one', id, 'reach'],
    queryFn: () => answerOf(service.GET('/v1/identities/{id}/reach', { params: at(id) })),
  });
}

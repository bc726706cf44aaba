import { queryOptions } from '@tanstack/react-query';
import { answerOf, type Schema, service } from '../service/service.js';

export type Grant = Schema['Grant'];
export type LedgerEntry = Schema['LedgerEntry'];

const CREDENTIALS = 50;

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

/** What it holds that is valid now. */
export function credentialsQuery(id: string) {
  return queryOptions({
    queryKey: ['identities', 'one', id, 'credentials'],
    queryFn: () => answerOf(service.GET('/v1/ledger', { params: { query: { identityId: id, limit: CREDENTIALS } } })),
  });
}

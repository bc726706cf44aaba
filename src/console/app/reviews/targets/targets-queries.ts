import { queryOptions } from '@tanstack/react-query';
import { answerOf, type Schema, service } from '../../service/service.js';

export type Target = Schema['Target'];
export type TargetAccount = Schema['TargetAccount'];

const MOST = 200;

export const targetsQuery = queryOptions({
  queryKey: ['targets'],
  queryFn: () => answerOf(service.GET('/v1/targets', { params: { query: { limit: MOST } } })),
});

export function accountsQuery(id: string) {
  return queryOptions({
    queryKey: ['targets', id, 'accounts'],
    queryFn: () =>
      answerOf(service.GET('/v1/targets/{id}/accounts', { params: { path: { id }, query: { limit: MOST } } })),
  });
}

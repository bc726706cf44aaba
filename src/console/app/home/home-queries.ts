import { queryOptions } from '@tanstack/react-query';
import { answerOf, service } from '../service/service.js';

const SHOWN = 20;

/** Identities that want something of whoever asks. */
export const needsMeQuery = queryOptions({
  queryKey: ['identities', 'needs-me'],
  queryFn: () => answerOf(service.GET('/v1/identities', { params: { query: { needs: 'me', limit: SHOWN } } })),
});

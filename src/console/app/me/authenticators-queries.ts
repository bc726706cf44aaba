import { queryOptions } from '@tanstack/react-query';
import { answerOf, type Schema, service } from '../service/service.js';

export type Authenticator = Schema['Authenticator'];

/** One’s own authenticators. */
export const authenticatorsQuery = queryOptions({
  queryKey: ['authenticators'],
  queryFn: () => answerOf(service.GET('/v1/authenticators')),
});

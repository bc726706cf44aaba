import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { answerOf, type Schema, service } from '../service/service.js';

export type Me = Schema['Me'];
export type Role = Schema['Person']['roles'][number];

/** Who is signed in here. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => answerOf(service.GET('/v1/me')),
  staleTime: 60_000,
});

/** Who works on what was found, as the default policy has it. */
export const RESPONDERS: readonly Role[] = ['administrator', 'analyst', 'custodian', 'platform-engineer'];

/** The person whose session this is; only under the frame of the signed-in, which has loaded it. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

/** Whether the person has one of these roles: what the console offers first. What is allowed, the service decides. */
export function hasRole(me: Me, ...roles: readonly Role[]): boolean {
  return me.person.roles.some((role) => roles.includes(role));
}

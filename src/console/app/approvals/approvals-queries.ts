import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answerOf, type Schema, service } from '../service/service.js';
import { hasRole, type Me } from '../session/me.js';

export type Approval = Schema['Approval'];

const PAGE = 50;
const REFETCH_MILLISECONDS = 60_000;

export function approvalsQuery(asked: { readonly state?: string; readonly subject?: string }) {
  return infiniteQueryOptions({
    queryKey: ['approvals', 'list', asked],
    queryFn: ({ pageParam }) =>
      answerOf(
        service.GET('/v1/approvals', {
          params: { query: { ...asked, limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) } as never },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

/** What waits for a decision that this person may take. */
export function waitingForMeQuery(me: Me) {
  return queryOptions({
    queryKey: ['approvals', 'waiting', me.person.id],
    queryFn: () => answerOf(service.GET('/v1/approvals', { params: { query: { state: 'pending', limit: PAGE } } })),
    select: (page) => ({ items: page.items.filter((approval) => approval.requester !== me.person.id) }),
    enabled: hasRole(me, 'administrator', 'custodian'),
    refetchInterval: REFETCH_MILLISECONDS,
  });
}

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answerOf, type Schema, service } from '../service/service.js';
import type { Me } from '../session/me.js';

export type Approval = Schema['Approval'];

const PAGE = 50;
const REFETCH_MILLISECONDS = 60_000;

/** Which approvals: what one may decide, what one asked for, or all in a state. */
export const APPROVAL_LISTS = [
  { value: 'mine', label: 'For me to decide', asked: { eligible: 'me' } },
  { value: 'asked', label: 'I asked', asked: { requester: 'me' } },
  { value: 'pending', label: 'Pending', asked: { state: 'pending' } },
  { value: 'all', label: 'All', asked: {} },
] as const;
export type ApprovalList = (typeof APPROVAL_LISTS)[number]['value'];

export function approvalsQuery(list: ApprovalList) {
  const { asked } = APPROVAL_LISTS.find(({ value }) => value === list)!;
  return infiniteQueryOptions({
    queryKey: ['approvals', 'list', list],
    queryFn: ({ pageParam }) => {
      const query = { ...asked, limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) };
      return answerOf(service.GET('/v1/approvals', { params: { query: query } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

export function approvalQuery(id: string) {
  return queryOptions({
    queryKey: ['approvals', 'one', id],
    queryFn: () => answerOf(service.GET('/v1/approvals/{id}', { params: { path: { id } } })),
  });
}

/** What waits for a decision that this person may take. */
export function waitingForMeQuery({ person }: Me) {
  return queryOptions({
    queryKey: ['approvals', 'waiting', person.id],
    queryFn: () => answerOf(service.GET('/v1/approvals', { params: { query: { eligible: 'me', limit: PAGE } } })),
    refetchInterval: REFETCH_MILLISECONDS,
  });
}

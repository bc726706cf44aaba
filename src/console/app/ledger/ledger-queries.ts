import { infiniteQueryOptions } from '@tanstack/react-query';
import { answerOf, service } from '../service/service.js';

const PAGE = 100;

export interface LedgerFilters {
  readonly state?: string | undefined;
  readonly kind?: string | undefined;
  readonly custodianId?: string | undefined;
  /** In the reader's own time zone. */
  readonly validAt?: string | undefined;
}

export function ledgerQuery({ validAt, ...filters }: LedgerFilters) {
  const at = validAt ? { validAt: new Date(validAt).toISOString() } : {};
  const asked = { ...filters, ...(filters.state !== 'all' && at) };
  return infiniteQueryOptions({
    queryKey: ['ledger', asked],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...asked, limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) };
      return answerOf(service.GET('/v1/ledger', { params: { query: query as never }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

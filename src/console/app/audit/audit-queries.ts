import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answerOf, type Schema, service } from '../service/service.js';

export type AuditRecord = Schema['AuditRecord'];
export type ProvedAuditRecord = Schema['ProvedAuditRecord'];

const PAGE = 100;

export const AUDIT_FILTERS = ['type', 'subject', 'actor', 'from', 'to'] as const;
export type AuditFilters = Partial<Record<(typeof AUDIT_FILTERS)[number], string>>;

/** What every entry of the log says of itself (version 1). */
export interface Leaf {
  readonly type: string;
  readonly actor: string;
  readonly instance?: string;
  readonly subject: string;
  readonly at: string;
  readonly request: string;
  readonly decision: { readonly effect: string; readonly policy: string; readonly reasons: readonly string[] };
  readonly commitment: string;
}

export function recordsQuery({ from, to, ...filters }: AuditFilters) {
  const asked = {
    ...filters,
    ...(from && { from: new Date(from).toISOString() }),
    ...(to && { to: new Date(to).toISOString() }),
  };
  return infiniteQueryOptions({
    queryKey: ['audit', 'list', asked],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...asked, limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) };
      return answerOf(service.GET('/v1/audit/records', { params: { query: query as never }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}

export function recordQuery(index: number) {
  return queryOptions({
    queryKey: ['audit', 'one', index],
    queryFn: () => answerOf(service.GET('/v1/audit/records/{index}', { params: { path: { index } } })),
  });
}

/** The log's public key, as this service says it: who wants to be sure compares it with one kept elsewhere. */
export const logKeyQuery = queryOptions({
  queryKey: ['audit', 'key'],
  queryFn: () => answerOf(service.GET('/v1/audit/key', { parseAs: 'text' })),
  staleTime: Infinity,
});

/** One entry as an export shows it: with its images, where this reader may see them and they are kept. */
export interface ExportedEntry {
  readonly leaf: unknown;
  readonly images?: unknown;
  readonly salt?: string;
  readonly withheld?: readonly string[];
}

/** Fetches what one entry changed. It is an export of one entry, and recorded as one. */
export async function fetchImages(index: number): Promise<ExportedEntry> {
  const body = { from: index, to: index + 1 };
  const text = await answerOf(service.POST('/v1/audit/exports', { body, parseAs: 'text' }));
  const file = JSON.parse(text) as { readonly entries: readonly ExportedEntry[] };
  return file.entries[0] ?? { leaf: null, withheld: ['images'] };
}

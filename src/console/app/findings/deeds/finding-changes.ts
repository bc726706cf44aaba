import { type InfiniteData, type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, service } from '../../service/service.js';
import { type Me, useMe } from '../../session/me.js';
import type { Finding, FindingFilters, FindingRow } from '../findings-queries.js';
import { shownAfter } from '../queue/queue.js';

interface ListPage {
  readonly items: readonly FindingRow[];
  readonly nextCursor: string | null;
}

/** So many are sent at the same time. */
const AT_ONCE = 4;
/** More are not done in one go: the service counts requests. */
export const MOST_AT_ONCE = 100;

/** What people do about several findings alike. */
export type Deed =
  | { readonly kind: 'assign'; readonly personId: string | null }
  | { readonly kind: 'dismiss'; readonly reason: string; readonly until: string };

/** What became of doing the same to several: those that were refused keep their reason. */
export interface Outcome {
  readonly done: readonly Finding[];
  readonly refused: readonly { readonly finding: Finding; readonly problem: unknown }[];
}

/** Puts what a finding has become into every list that has it, without reading those again; counts are read again. */
export function showFinding(queries: QueryClient, me: Me, finding: Finding): void {
  queries.setQueryData(['findings', 'one', finding.id], finding);
  const lists = queries.getQueriesData<InfiniteData<ListPage>>({ queryKey: ['findings', 'list'] });
  for (const [key, list] of lists) {
    const filters = key[2] as FindingFilters;
    if (!list) continue;
    queries.setQueryData(key, {
      ...list,
      pages: list.pages.map((page) => shownAfter(page, filters, finding, me.person.id)),
    });
  }
  void queries.invalidateQueries({ queryKey: ['findings', 'facets'] });
  void queries.invalidateQueries({ queryKey: ['findings', 'one', finding.id, 'events'] });
}

/** Tells every view of a finding what it has become. */
export function useFindingChanged(): (finding: Finding) => void {
  const [queries, me] = [useQueryClient(), useMe()];
  return (finding) => showFinding(queries, me, finding);
}

/**
 * Does the same to several, one request each: the first by itself, so that whatever must be confirmed is confirmed once. One that is
 * refused keeps nobody else from it.
 */
export function useDeeds() {
  const changed = useFindingChanged();
  return useMutation({
    mutationFn: async ({ findings, deed }: { findings: readonly Finding[]; deed: Deed }): Promise<Outcome> => {
      const done: Finding[] = [];
      const refused: { finding: Finding; problem: unknown }[] = [];
      const take = async (finding: Finding) => {
        try {
          const after = await send(finding.id, deed);
          changed(after);
          done.push(after);
        } catch (problem) {
          refused.push({ finding, problem });
        }
      };
      const [first, ...others] = findings;
      if (first) await take(first);
      // Whoever did not confirm the first is not asked about every other one.
      if (refused.length > 0) return { done, refused: findings.map((finding) => ({ ...refused[0]!, finding })) };
      const waiting = [...others];
      const worker = async () => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await take(next);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
      return { done, refused };
    },
  });
}

function send(id: string, deed: Deed): Promise<Finding> {
  const params = { path: { id } };
  if (deed.kind === 'assign')
    return answerOf(service.POST('/v1/findings/{id}/assignment', { params, body: { personId: deed.personId } }));
  const { reason, until } = deed;
  return answerOf(service.POST('/v1/findings/{id}/dismissal', { params, body: { reason, until } }));
}

import { type InfiniteData, type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, service } from '../../service/service.js';
import { type Me, useMe } from '../../session/me.js';
import type { Finding, FindingFilters, FindingRow } from '../findings-queries.js';
import { shownAfter } from '../queue/queue.js';
import { deedOnEach } from './deed-on-each.js';

interface ListPage {
  readonly items: readonly FindingRow[];
  readonly nextCursor: string | null;
}

/** More are not done in one go: the service counts requests. */
export const MOST_AT_ONCE = 100;

/** What people do about several findings alike. */
export type Deed =
  | { readonly kind: 'assign'; readonly personId: string | null }
  | { readonly kind: 'dismiss'; readonly reason: string; readonly until: string };

/** Puts what a finding has become into every list that has it, without reading those again; counts are read again. */
function showFinding(queries: QueryClient, me: Me, finding: Finding): void {
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

/** Does the same to several; what each has become is shown as soon as it has. */
export function useDeeds() {
  const changed = useFindingChanged();
  return useMutation({
    mutationFn: ({ findings, deed }: { findings: readonly Finding[]; deed: Deed }) =>
      deedOnEach(findings, async ({ id }) => changed(await send(id, deed))),
  });
}

/** A deed on several that is tried again on those that were refused, until none is left. */
export function useDeedOnAll(findings: readonly Finding[]) {
  const deeds = useDeeds();
  const [left, setLeft] = useState(findings);
  const act = async (deed: Deed, onAllDone: () => void) => {
    // Also where the last of them has left the list, and with it whoever asked.
    const { refused } = await deeds.mutateAsync({ findings: left, deed });
    if (refused.length === 0) onAllDone();
    else setLeft(refused.map(({ thing }) => thing));
  };
  const done = findings.length - left.length;
  return {
    act,
    left,
    isPending: deeds.isPending,
    problem: deeds.data?.refused[0]?.problem ?? deeds.error,
    problemTitle: done > 0 ? `${done} of ${findings.length} are done. Not yet: ${left.length}.` : undefined,
  };
}

function send(id: string, deed: Deed): Promise<Finding> {
  const params = { path: { id } };
  if (deed.kind === 'assign')
    return answerOf(service.POST('/v1/findings/{id}/assignment', { params, body: { personId: deed.personId } }));
  const { reason, until } = deed;
  return answerOf(service.POST('/v1/findings/{id}/dismissal', { params, body: { reason, until } }));
}

import type { Finding, FindingFilters, FindingRow } from '../findings-queries.js';

const WAITING: readonly Finding['state'][] = ['open', 'retiring'];

/** Whether a list that is narrowed so still has a finding, once it has become this; as far as what people do to it can change that. */
export function fits(
  { state = 'waiting', assigneeId }: FindingFilters,
  finding: Pick<Finding, 'state' | 'assigneeId'>,
  me: string,
): boolean {
  const isState =
    state === 'any'
      ? finding.state !== 'merged'
      : state === 'waiting'
        ? WAITING.includes(finding.state)
        : finding.state === state;
  if (assigneeId === undefined) return isState;
  const wanted = assigneeId === 'me' ? me : assigneeId === 'nobody' ? null : assigneeId;
  return isState && finding.assigneeId === wanted;
}

/** A page of a list once one of its findings has become another: in its place, or left out where it no longer fits. */
export function shownAfter<Page extends { readonly items: readonly FindingRow[] }>(
  page: Page,
  filters: FindingFilters,
  finding: Finding,
  me: string,
): Page {
  if (!page.items.some(({ id }) => id === finding.id)) return page;
  const items = fits(filters, finding, me)
    ? page.items.map((row) => (row.id === finding.id ? { ...row, ...finding } : row))
    : page.items.filter(({ id }) => id !== finding.id);
  return { ...page, items };
}

/** What is another one, or is no more, is nothing that anybody decides about. */
export function isDecidable({ state }: Pick<Finding, 'state'>): boolean {
  return state !== 'merged' && state !== 'closed';
}

/** Deeds are done to what is chosen; where nothing is, to the row that has the focus. */
export function aimedAt(
  rows: readonly FindingRow[],
  chosen: ReadonlySet<string>,
  focused: string | undefined,
): readonly FindingRow[] {
  const decidable = rows.filter(isDecidable);
  const aimed = decidable.filter(({ id }) => chosen.has(id));
  return aimed.length > 0 ? aimed : decidable.filter(({ id }) => id === focused);
}

/** A name that says where it stands: the end of a path tells more than its beginning. */
export function placeName({ path, line }: NonNullable<FindingRow['place']>): string {
  return line === null ? path : `${path}:${line}`;
}

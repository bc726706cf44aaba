/** How many identities have one value. */
export interface Facet {
  readonly value: string;
  readonly count: number;
  /** False: there are this many or more. */
  readonly isExact: boolean;
}

/** What identities that meet a filter are like, each list with the most frequent value first. */
export interface Facets {
  readonly total: Omit<Facet, 'value'>;
  readonly status: readonly Facet[];
  readonly kind: readonly Facet[];
  readonly environment: readonly Facet[];
  /** Ids of teams. */
  readonly team: readonly Facet[];
  readonly criticality: readonly Facet[];
  readonly dataClass: readonly Facet[];
}

/** More values of one kind than this help nobody choose; what is left out are the rarest. */
export const MAX_VALUES = 50;

export const FACETS = ['status', 'kind', 'environment', 'team', 'criticality', 'dataClass'] as const;
export type FacetName = (typeof FACETS)[number];

/** One count, as a statement gives it: those of all have no value. */
export interface FacetRow {
  readonly facet: FacetName | 'total' | 'looked-at';
  readonly value: string | null;
  readonly count: string;
}

/** @param of what of all: how many meet the filter, or how many were looked at */
export function countOf(rows: readonly FacetRow[], of: 'total' | 'looked-at'): number {
  return Number(rows.find(({ facet }) => facet === of)?.count ?? 0);
}

/** @param isExact false when counting stopped before everything was counted */
export function facetsFrom(rows: readonly FacetRow[], isExact: boolean): Facets {
  const list = (name: FacetName): Facet[] =>
    rows
      .filter(({ facet, value }) => facet === name && value !== null)
      .map(({ value, count }) => ({ value: value!, count: Number(count), isExact }))
      .filter(({ count }) => count > 0)
      .sort((one, other) => other.count - one.count || (one.value < other.value ? -1 : 1))
      .slice(0, MAX_VALUES);
  const lists = Object.fromEntries(FACETS.map((name) => [name, list(name)])) as Record<FacetName, Facet[]>;
  return { total: { count: countOf(rows, 'total'), isExact }, ...lists };
}

import { Button } from '@mantine/core';
import { usePersons } from '../../people/people-queries.js';
import { useSourceNames } from '../../sources/sources-queries.js';
import { FilterPanel } from '../../table/filter-panel.js';
import { Filter, withCount } from '../../table/filter.js';
import classes from '../../table/filters.module.css';
import { SearchBox } from '../../table/search-box.js';
import { plain, sentence } from '../../words/deeds.js';
import { AGES, BANDS, KINDS, VERDICTS } from '../finding-words.js';
import type { FacetName, FindingFilters } from '../findings-queries.js';

interface Facet {
  readonly name: FacetName;
  readonly value: string;
  readonly count: number;
}

interface FilterBarProps {
  readonly filters: FindingFilters;
  /** Undefined until they are counted; the filters work before. */
  readonly counted: { readonly facets: readonly Facet[]; readonly isAll: boolean } | undefined;
  readonly onChange: (filters: FindingFilters) => void;
}

const NOTHING = { facets: [], isAll: true } as const;

type Narrowing = 'verdict' | 'band' | 'kind' | 'rule' | 'sourceId' | 'assigneeId' | 'age';

/** What there always is to choose, counted or not. */
const GIVEN: Readonly<Partial<Record<Narrowing, readonly string[]>>> = {
  verdict: Object.keys(VERDICTS),
  band: Object.keys(BANDS),
  kind: Object.keys(KINDS),
  age: Object.keys(AGES),
  assigneeId: ['me', 'nobody'],
};
const FACET_OF: Readonly<Record<Narrowing, FacetName>> = {
  ...{ verdict: 'verdict', band: 'band', kind: 'kind', rule: 'rule', age: 'age' },
  ...{ sourceId: 'source', assigneeId: 'assignee' },
};
const NAMES: readonly (readonly [Narrowing, string])[] = [
  ['verdict', 'Verdict'],
  ['band', 'Severity'],
  ['sourceId', 'Source'],
  ['assigneeId', 'Who has it'],
  ['age', 'Waits for'],
  ['kind', 'Kind'],
  ['rule', 'What it is'],
];

/** Search as one types, and a choice for each thing the queue can be narrowed by, with how many there are. */
export function FilterBar({ filters, counted = NOTHING, onChange }: FilterBarProps) {
  const { facets, isAll } = counted;
  const wordsOf = useWords(filters, facets);
  const set = (name: keyof FindingFilters) => (value: string | null) =>
    onChange(Object.fromEntries(Object.entries({ ...filters, [name]: value }).filter(([, each]) => each !== null)));
  const chosen = Object.keys(filters).filter((name) => !['q', 'state'].includes(name)).length;
  const late = facets.find(({ name }) => name === 'overdue')?.count ?? 0;
  const { q, state } = filters;
  return (
    <div className={classes.bar}>
      <SearchBox
        label="Search findings"
        placeholder="Search by name, account, identity, path, last four"
        text={q ?? ''}
        onChange={(text) => set('q')(text === '' ? null : text)}
      />
      <FilterPanel chosen={chosen} onClear={() => onChange({ ...(q && { q }), ...(state && { state }) })}>
        {NAMES.map(([name, label]) => (
          <Filter
            key={name}
            name={label}
            value={filters[name]}
            onChange={set(name)}
            choices={choicesOf(name, filters[name], counted, wordsOf)}
          />
        ))}
        <Button
          size="xs"
          variant={filters.overdue === undefined ? 'default' : 'light'}
          aria-pressed={filters.overdue !== undefined}
          onClick={() => set('overdue')(filters.overdue === undefined ? 'true' : null)}
        >
          {late > 0 ? withCount('Overdue', late, !isAll) : 'Overdue'}
        </Button>
      </FilterPanel>
    </div>
  );
}

/** The choices of one filter: what there always is, what is counted, and what is chosen. */
function choicesOf(
  name: Narrowing,
  chosen: string | undefined,
  { facets, isAll }: NonNullable<FilterBarProps['counted']>,
  wordsOf: (name: Narrowing, value: string) => string,
) {
  const counts = new Map(
    facets.filter((facet) => facet.name === FACET_OF[name]).map((each) => [each.value, each.count]),
  );
  const values = new Set([...(GIVEN[name] ?? []), ...counts.keys(), ...(chosen === undefined ? [] : [chosen])]);
  return [...values].map((value) => {
    const count = counts.get(value);
    const label = wordsOf(name, value);
    return { value, label: count === undefined ? label : withCount(label, count, !isAll) };
  });
}

/** How the values of filters are called by people. */
function useWords(filters: FindingFilters, facets: readonly Facet[]) {
  const assignees = facets.filter(({ name }) => name === 'assignee').map(({ value }) => value);
  const people = usePersons(
    filters.assigneeId === undefined ? assignees : [...new Set([filters.assigneeId, ...assignees])],
  );
  const sources = useSourceNames();
  return (name: Narrowing, value: string): string => {
    if (name === 'verdict') return VERDICTS[value as keyof typeof VERDICTS]?.name ?? value;
    if (name === 'band') return BANDS[value as keyof typeof BANDS]?.name ?? value;
    if (name === 'kind') return KINDS[value as keyof typeof KINDS] ?? value;
    if (name === 'age') return AGES[value as keyof typeof AGES] ?? value;
    if (name === 'sourceId') return sources.get(value) ?? value;
    if (name === 'rule') return sentence(plain(value));
    if (value === 'me') return 'Me';
    if (value === 'nobody') return 'Nobody';
    return people.find(({ id }) => id === value)?.name ?? value;
  };
}

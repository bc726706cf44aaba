import { Button, CloseButton, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconAdjustmentsHorizontal, IconSearch } from '@tabler/icons-react';
import { useEffect, useId, useRef, useState } from 'react';
import classes from '../../identities/filter-bar.module.css';
import { usePersons } from '../../people/people-queries.js';
import { useSourceNames } from '../../sources/sources-queries.js';
import { plain, sentence } from '../../words/deeds.js';
import { AGES, BANDS, KINDS, VERDICTS } from '../finding-words.js';
import type { FacetName, FindingFilters } from '../findings-queries.js';

const TYPING_MILLISECONDS = 250;

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
  const [isOpen, setOpen] = useState(false);
  const panel = useId();
  const wordsOf = useWords(filters, facets);
  const set = (name: keyof FindingFilters) => (value: string | null) =>
    onChange(Object.fromEntries(Object.entries({ ...filters, [name]: value }).filter(([, each]) => each !== null)));
  const chosen = Object.keys(filters).filter((name) => !['q', 'state'].includes(name)).length;
  const late = facets.find(({ name }) => name === 'overdue')?.count ?? 0;
  return (
    <div className={classes.bar}>
      <Search text={filters.q ?? ''} onChange={(text) => set('q')(text === '' ? null : text)} />
      <Button
        className={classes.toggle}
        variant="default"
        leftSection={<IconAdjustmentsHorizontal size={16} aria-hidden />}
        aria-expanded={isOpen}
        aria-controls={panel}
        onClick={() => setOpen(!isOpen)}
      >
        Filters{chosen > 0 && ` (${chosen})`}
      </Button>
      <div className={classes.choices} id={panel} data-open={isOpen}>
        {NAMES.map(([name, label]) => (
          <Select
            key={name}
            className={classes.choice}
            size="xs"
            aria-label={label}
            placeholder={label}
            data={choicesOf(name, filters[name], counted, wordsOf)}
            value={filters[name] ?? null}
            onChange={set(name)}
            clearable
            searchable={name === 'rule' || name === 'sourceId'}
            nothingFoundMessage="None"
            comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
            data-chosen={filters[name] !== undefined}
          />
        ))}
        <Button
          size="xs"
          variant={filters.overdue === undefined ? 'default' : 'light'}
          aria-pressed={filters.overdue !== undefined}
          onClick={() => set('overdue')(filters.overdue === undefined ? 'true' : null)}
        >
          Overdue{late > 0 && ` · ${late.toLocaleString('en')}${isAll ? '' : '+'}`}
        </Button>
        {chosen > 0 && (
          <Button
            variant="subtle"
            size="xs"
            onClick={() =>
              onChange({ ...(filters.q && { q: filters.q }), ...(filters.state && { state: filters.state }) })
            }
          >
            Clear
          </Button>
        )}
      </div>
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
    return {
      value,
      label: count === undefined ? label : `${label} · ${count.toLocaleString('en')}${isAll ? '' : '+'}`,
    };
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

function Search({ text, onChange }: { readonly text: string; readonly onChange: (text: string) => void }) {
  const [typed, setTyped] = useState(text);
  const told = useRef(text);
  const tell = useDebouncedCallback((next: string) => {
    told.current = next;
    onChange(next);
  }, TYPING_MILLISECONDS);
  useEffect(() => {
    // A view was chosen, or one went back: the box follows.
    if (text !== told.current) {
      told.current = text;
      setTyped(text);
    }
  }, [text]);
  const type = (next: string) => {
    setTyped(next);
    tell(next);
  };
  return (
    <TextInput
      className={classes.search}
      type="search"
      aria-label="Search findings"
      placeholder="Search by name, account, identity, path, last four"
      value={typed}
      maxLength={200}
      onChange={(event) => type(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
        event.preventDefault();
        document.querySelector<HTMLElement>('main tbody a')?.focus();
      }}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={typed !== '' && <CloseButton size="sm" aria-label="Clear the search" onClick={() => type('')} />}
    />
  );
}

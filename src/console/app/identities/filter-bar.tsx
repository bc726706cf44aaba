import { Button, CloseButton, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconAdjustmentsHorizontal, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { AnswererFilter } from '../people/answerer-filter.js';
import { teamsQuery } from '../teams/teams-queries.js';
import { plain, sentence } from '../words/deeds.js';
import { facetsQuery, type Facets, type IdentityFilters } from './identities-queries.js';
import { kindName } from './identity-words.js';
import classes from './filter-bar.module.css';

const TYPING_MILLISECONDS = 150;

interface FilterBarProps {
  readonly filters: IdentityFilters;
  readonly onChange: (filters: IdentityFilters) => void;
}

interface Choice {
  readonly value: string;
  readonly label: string;
}

/** Search as one types, and a choice for each thing the list can be narrowed by, with how many there are. */
export function FilterBar({ filters, onChange }: FilterBarProps) {
  const [isOpen, setOpen] = useState(false);
  const panel = useId();
  const facets = useQuery({ ...facetsQuery(filters), placeholderData: keepPreviousData }).data;
  const teams = useQuery(teamsQuery).data ?? [];
  const set = (name: keyof IdentityFilters) => (value: string | null) =>
    onChange(Object.fromEntries(Object.entries({ ...filters, [name]: value }).filter(([, each]) => each !== null)));
  const chosen = Object.keys(filters).filter((name) => !['q', 'sort'].includes(name)).length;
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
        <Filter name="Status" value={filters.status} onChange={set('status')} choices={counted(facets?.status)} />
        <Filter name="Kind" value={filters.kind} onChange={set('kind')} choices={counted(facets?.kind, kindLabel)} />
        <Filter
          name="Environment"
          value={filters.environment}
          onChange={set('environment')}
          choices={counted(facets?.environment, (value) => value)}
        />
        <Filter
          name="Criticality"
          value={filters.criticality}
          onChange={set('criticality')}
          choices={counted(facets?.criticality)}
        />
        <Filter
          name="Data"
          value={filters.dataClass}
          onChange={set('dataClass')}
          choices={counted(facets?.dataClass)}
        />
        <Filter
          name="Team"
          value={filters.teamId}
          onChange={set('teamId')}
          choices={teams.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <AnswererFilter className={classes.choice} value={filters.custodianId} onChange={set('custodianId')} />
        <Filter
          name="Privilege"
          value={filters.privileged}
          onChange={set('privileged')}
          choices={[
            { value: 'true', label: 'Privileged' },
            { value: 'false', label: 'Not privileged' },
          ]}
        />
        {chosen > 0 && (
          <Button variant="subtle" size="xs" onClick={() => onChange(filters.q ? { q: filters.q } : {})}>
            Clear
          </Button>
        )}
      </div>
    </div>
  );
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
      aria-label="Search identities"
      placeholder="Search by name, purpose, SPIFFE id"
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

interface FilterProps {
  readonly name: string;
  readonly value: string | undefined;
  readonly onChange: (value: string | null) => void;
  readonly choices: readonly Choice[];
}

function Filter({ name, value, onChange, choices }: FilterProps): ReactNode {
  const known = value === undefined || choices.some((choice) => choice.value === value);
  const data = known ? choices : [...choices, { value, label: sentence(plain(value)) }];
  return (
    <Select
      className={classes.choice}
      size="xs"
      aria-label={name}
      placeholder={name}
      data={[...data]}
      value={value ?? null}
      onChange={onChange}
      clearable
      searchable={choices.length > 8}
      limit={100}
      nothingFoundMessage="None"
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      data-chosen={value !== undefined}
    />
  );
}

function kindLabel(value: string): string {
  return kindName(value as never);
}

function counted(facet: Facets['status'] | undefined, label = (value: string) => sentence(plain(value))): Choice[] {
  return (facet ?? []).map(({ value, count, atLeast }) => ({
    value,
    label: `${label(value)} · ${count.toLocaleString('en')}${atLeast ? '+' : ''}`,
  }));
}

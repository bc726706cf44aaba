import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { AnswererFilter } from '../people/answerer-filter.js';
import { FilterPanel } from '../table/filter-panel.js';
import { Filter, withCount } from '../table/filter.js';
import classes from '../table/filters.module.css';
import { SearchBox } from '../table/search-box.js';
import { teamsQuery } from '../teams/teams-queries.js';
import { plain, sentence } from '../words/deeds.js';
import { facetsQuery, type Facets, type IdentityFilters } from './identities-queries.js';
import { kindName } from './identity-words.js';

interface FilterBarProps {
  readonly filters: IdentityFilters;
  readonly onChange: (filters: IdentityFilters) => void;
}

/** Search as one types, and a choice for each thing the list can be narrowed by, with how many there are. */
export function FilterBar({ filters, onChange }: FilterBarProps) {
  const facets = useQuery({ ...facetsQuery(filters), placeholderData: keepPreviousData }).data;
  const teams = useQuery(teamsQuery).data ?? [];
  const set = (name: keyof IdentityFilters) => (value: string | null) =>
    onChange(Object.fromEntries(Object.entries({ ...filters, [name]: value }).filter(([, each]) => each !== null)));
  const chosen = Object.keys(filters).filter((name) => !['q', 'sort'].includes(name)).length;
  return (
    <div className={classes.bar}>
      <SearchBox
        label="Search identities"
        placeholder="Search by name, purpose, SPIFFE id"
        text={filters.q ?? ''}
        onChange={(text) => set('q')(text === '' ? null : text)}
      />
      <FilterPanel chosen={chosen} onClear={() => onChange(filters.q ? { q: filters.q } : {})}>
        <Filter name="Status" value={filters.status} onChange={set('status')} choices={choicesOf(facets?.status)} />
        <Filter name="Kind" value={filters.kind} onChange={set('kind')} choices={choicesOf(facets?.kind, kindLabel)} />
        <Filter
          name="Environment"
          value={filters.environment}
          onChange={set('environment')}
          choices={choicesOf(facets?.environment, (value) => value)}
        />
        <Filter
          name="Criticality"
          value={filters.criticality}
          onChange={set('criticality')}
          choices={choicesOf(facets?.criticality)}
        />
        <Filter
          name="Data"
          value={filters.dataClass}
          onChange={set('dataClass')}
          choices={choicesOf(facets?.dataClass)}
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
      </FilterPanel>
    </div>
  );
}

function kindLabel(value: string): string {
  return kindName(value as never);
}

function choicesOf(facet: Facets['status'] | undefined, label = (value: string) => sentence(plain(value))) {
  return (facet ?? []).map(({ value, count, atLeast }) => ({ value, label: withCount(label(value), count, atLeast) }));
}

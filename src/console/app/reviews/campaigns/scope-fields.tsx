import { NumberInput, Select, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { KINDS, kindName } from '../../identities/identity-words.js';
import { PersonSelect } from '../../people/person-select.js';
import { CRITICALITIES, DATA_CLASSES } from '../../register/registration.js';
import { teamsQuery } from '../../teams/teams-queries.js';
import type { Scope } from '../reviews-queries.js';
import classes from './campaigns.module.css';

interface ScopeFieldsProps {
  readonly scope: Scope;
  readonly onChange: (scope: Scope) => void;
}

/** Which identities a review is about: whatever is left empty narrows nothing. */
export function ScopeFields({ scope, onChange }: ScopeFieldsProps) {
  const teams = useQuery(teamsQuery).data ?? [];
  const set = (changed: { readonly [Name in keyof Scope]: Scope[Name] | null | '' }) =>
    onChange(
      Object.fromEntries(
        Object.entries({ ...scope, ...changed }).filter(
          ([, value]) => value !== null && value !== '' && value !== undefined,
        ),
      ),
    );
  const days = (value: string | number) => (typeof value === 'number' ? value : null);
  return (
    <div className={classes.pair}>
      <Select
        label="Team"
        placeholder="Any"
        data={teams.map(({ id, name }) => ({ value: id, label: name }))}
        value={scope.teamId ?? null}
        onChange={(teamId) => set({ teamId })}
        clearable
        searchable
      />
      <TextInput
        label="Environment"
        placeholder="Any"
        value={scope.environment ?? ''}
        onChange={(event) => set({ environment: event.currentTarget.value.trim() })}
      />
      <Select
        label="Data it touches"
        placeholder="Any"
        data={DATA_CLASSES.map(({ value, label }) => ({ value, label }))}
        value={scope.dataClass ?? null}
        onChange={(dataClass) => set({ dataClass: dataClass })}
        clearable
      />
      <Select
        label="Kind"
        placeholder="Any"
        data={Object.keys(KINDS).map((kind) => ({ value: kind, label: kindName(kind as never) }))}
        value={scope.kind ?? null}
        onChange={(kind) => set({ kind: kind as Scope['kind'] | null })}
        clearable
      />
      <Select
        label="Criticality"
        placeholder="Any"
        data={[...CRITICALITIES]}
        value={scope.criticality ?? null}
        onChange={(criticality) => set({ criticality: criticality })}
        clearable
      />
      <Select
        label="Privilege"
        placeholder="Any"
        data={[
          { value: 'true', label: 'Privileged' },
          { value: 'false', label: 'Not privileged' },
        ]}
        value={scope.privileged === undefined ? null : String(scope.privileged)}
        onChange={(value) => set({ privileged: value === null ? null : value === 'true' })}
        clearable
      />
      <PersonSelect
        label="Who answers"
        value={scope.custodianId ?? null}
        onChange={(custodianId) => set({ custodianId })}
      />
      <NumberInput
        label="Older than"
        suffix=" days"
        placeholder="Any age"
        min={1}
        max={3650}
        allowDecimal={false}
        value={scope.olderThanDays ?? ''}
        onChange={(value) => set({ olderThanDays: days(value) })}
      />
      <NumberInput
        label="Custodians changed within"
        suffix=" days"
        placeholder="Whenever"
        min={1}
        max={3650}
        allowDecimal={false}
        value={scope.custodianChangedWithinDays ?? ''}
        onChange={(value) => set({ custodianChangedWithinDays: days(value) })}
      />
      <Textarea
        className={classes.across}
        label="Condition"
        description="CEL over identity: name, kind, environment, teamId, purpose, criticality, dataClasses, privileged, createdAt."
        placeholder={'identity.name.startsWith("trading-")'}
        autosize
        minRows={1}
        maxLength={1000}
        value={scope.condition ?? ''}
        onChange={(event) => set({ condition: event.currentTarget.value })}
      />
    </div>
  );
}

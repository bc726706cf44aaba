import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { roleNames } from './roles.js';
import { everybodyQuery } from './people-queries.js';

interface PersonSelectProps {
  readonly label: string;
  readonly description?: string;
  readonly value: string | null;
  readonly onChange: (id: string | null) => void;
  readonly required?: boolean;
  /** Who cannot be chosen here. */
  readonly except?: readonly (string | null)[];
  readonly error?: string | undefined;
}

/** Somebody who is still here, found by name. */
export function PersonSelect({ label, description, value, onChange, required, except = [], error }: PersonSelectProps) {
  const people = useQuery(everybodyQuery).data ?? [];
  const here = people.filter(({ id, status }) => (status === 'active' || id === value) && !except.includes(id));
  const roles = new Map(here.map((person) => [person.id, roleNames(person.roles)]));
  return (
    <Select
      label={label}
      description={description}
      placeholder="Find by name"
      data={here.map(({ id, name }) => ({ value: id, label: name }))}
      value={value}
      onChange={onChange}
      required={required}
      error={error}
      searchable
      clearable={!required}
      allowDeselect={false}
      limit={50}
      nothingFoundMessage="Nobody of that name"
      renderOption={({ option }) => (
        <span>
          {option.label}
          <small style={{ display: 'block', color: 'var(--text-muted)' }}>{roles.get(option.value)}</small>
        </span>
      )}
    />
  );
}

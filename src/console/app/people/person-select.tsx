import { Select } from '@mantine/core';
import { roleNames } from './roles.js';
import { usePersonSearch } from './person-search.js';

interface PersonSelectProps {
  readonly label: string;
  readonly description?: string;
  readonly value: string | null;
  readonly onChange: (id: string | null) => void;
  readonly required?: boolean;
  /** Who cannot be chosen here. */
  readonly except?: readonly (string | null)[];
  /** Who can: whoever is active, unless said otherwise. */
  readonly status?: string;
  readonly error?: string | undefined;
}

/** Somebody, found by name. */
export function PersonSelect({
  value,
  onChange,
  required,
  except = [],
  status = 'active',
  ...rest
}: PersonSelectProps) {
  const { people, list } = usePersonSearch(value === null ? [] : [value], status);
  const roles = new Map(people.map((person) => [person.id, roleNames(person.roles)]));
  return (
    <Select
      {...rest}
      {...list}
      data={list.data.filter((option) => !except.includes(option.value))}
      placeholder="Find by name"
      value={value}
      onChange={onChange}
      required={required}
      clearable={!required}
      allowDeselect={false}
      renderOption={({ option }) => (
        <span>
          {option.label}
          <small style={{ display: 'block', color: 'var(--text-muted)' }}>{roles.get(option.value)}</small>
        </span>
      )}
    />
  );
}

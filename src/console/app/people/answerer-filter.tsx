import { Select } from '@mantine/core';
import { usePersonSearch } from './person-search.js';

interface AnswererFilterProps {
  readonly className: string | undefined;
  readonly value: string | undefined;
  readonly onChange: (id: string | null) => void;
}

const ME = [{ value: 'me', label: 'Me' }];

/** Narrows a list to what somebody answers for: oneself first, then whoever is found by name. */
export function AnswererFilter({ className, value, onChange }: AnswererFilterProps) {
  const { list } = usePersonSearch(value === undefined ? [] : [value], 'active,invited,departed', ME);
  return (
    <Select
      {...list}
      className={className}
      size="xs"
      aria-label="Who answers"
      placeholder="Who answers"
      value={value ?? null}
      onChange={onChange}
      clearable
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      data-chosen={value !== undefined}
    />
  );
}

import { MultiSelect } from '@mantine/core';
import { usePersonSearch } from './person-search.js';

interface MembersSelectProps {
  readonly value: string[];
  readonly onChange: (ids: string[]) => void;
}

/** Several people, found by name. */
export function MembersSelect({ value, onChange }: MembersSelectProps) {
  const { list } = usePersonSearch(value, 'active');
  return (
    <MultiSelect label="Members" placeholder="Find by name" clearable {...list} value={value} onChange={onChange} />
  );
}

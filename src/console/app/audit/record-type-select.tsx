import { Select } from '@mantine/core';
import { deed } from '../words/deeds.js';
import { RECORD_TYPES } from './record-types.js';

interface RecordTypeSelectProps {
  readonly value: string | null;
  readonly onChange: (type: string | null) => void;
}

const DATA = RECORD_TYPES.map((type) => ({ value: type, label: deed(type) }));

/** What happened, found by its words. */
export function RecordTypeSelect({ value, onChange }: RecordTypeSelectProps) {
  return (
    <Select
      label="What"
      placeholder="Anything"
      data={DATA}
      value={value}
      onChange={onChange}
      searchable
      clearable
      limit={100}
      nothingFoundMessage="Nothing of that kind is recorded"
    />
  );
}

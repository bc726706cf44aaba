import { Select } from '@mantine/core';
import { plain, sentence } from '../words/deeds.js';
import classes from './filters.module.css';

/** So many can be looked through; of more, one searches. */
const FEW = 8;

interface FilterProps {
  readonly name: string;
  readonly value: string | undefined;
  readonly onChange: (value: string | null) => void;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
}

/** One thing that a list can be narrowed by; what is chosen stays a choice, whatever is counted. */
export function Filter({ name, value, onChange, choices }: FilterProps) {
  const isKnown = value === undefined || choices.some((choice) => choice.value === value);
  return (
    <Select
      className={classes.choice}
      size="xs"
      aria-label={name}
      placeholder={name}
      data={isKnown ? [...choices] : [...choices, { value, label: sentence(plain(value)) }]}
      value={value ?? null}
      onChange={onChange}
      clearable
      searchable={choices.length > FEW}
      limit={100}
      nothingFoundMessage="None"
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      data-chosen={value !== undefined}
    />
  );
}

/** “Active · 12”, “Active · 1,000+”. */
export function withCount(label: string, count: number, isAtLeast = false): string {
  return `${label} · ${count.toLocaleString('en')}${isAtLeast ? '+' : ''}`;
}

import { CloseButton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import classes from './filters.module.css';

const TYPING_MILLISECONDS = 200;
const LONGEST = 200;

interface SearchBoxProps {
  readonly label: string;
  readonly placeholder: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
}

/** Narrows a page's list as one types; the arrow down and Enter go on to its first row, where rows are to be opened. */
export function SearchBox({ label, placeholder, text, onChange }: SearchBoxProps) {
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
      aria-label={label}
      placeholder={placeholder}
      value={typed}
      maxLength={LONGEST}
      onChange={(event) => type(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
        const first = document.querySelector<HTMLElement>('main tbody a');
        if (!first) return;
        event.preventDefault();
        first.focus();
      }}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={typed !== '' && <CloseButton size="sm" aria-label="Clear the search" onClick={() => type('')} />}
    />
  );
}

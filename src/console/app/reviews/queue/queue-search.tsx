import { CloseButton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';

const TYPING_MILLISECONDS = 150;

interface QueueSearchProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
}

/** Narrows the queue as one types; Enter and Escape go back to it. */
export function QueueSearch({ text, onChange }: QueueSearchProps) {
  const [typed, setTyped] = useState(text);
  const tell = useDebouncedCallback(onChange, TYPING_MILLISECONDS);
  const type = (next: string) => {
    setTyped(next);
    tell(next);
  };
  return (
    <TextInput
      type="search"
      aria-label="Search in your queue"
      placeholder="Search by name"
      style={{ flex: '1 1 14rem', maxWidth: '26rem' }}
      value={typed}
      maxLength={200}
      onChange={(event) => type(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== 'Escape') return;
        if (event.key === 'Escape') type('');
        event.currentTarget.blur();
      }}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={typed !== '' && <CloseButton size="sm" aria-label="Clear the search" onClick={() => type('')} />}
    />
  );
}

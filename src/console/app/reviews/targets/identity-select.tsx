import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { foundIdentitiesQuery } from '../../identities/identities-queries.js';
import { identityQuery } from '../../identity/identity-queries.js';

const TYPING_MILLISECONDS = 150;

interface IdentitySelectProps {
  readonly label: string;
  readonly value: string | null;
  readonly onChange: (id: string | null) => void;
  /** Whether nobody need be chosen. */
  readonly optional?: boolean;
}

/** A machine identity, found by what is typed. */
export function IdentitySelect({ label, value, onChange, optional = false }: IdentitySelectProps) {
  const [text, setText] = useState('');
  const [wanted] = useDebouncedValue(text.trim(), TYPING_MILLISECONDS);
  const found = useQuery({ ...foundIdentitiesQuery(wanted), placeholderData: keepPreviousData }).data?.items ?? [];
  const chosen = useQuery({ ...identityQuery(value ?? ''), enabled: value !== null }).data;
  const isListed = chosen === undefined || found.some(({ id }) => id === chosen.id);
  return (
    <Select
      label={label}
      placeholder="Find by name"
      required={!optional}
      clearable={optional}
      searchable
      data={(isListed ? found : [chosen, ...found]).map(({ id, name, environment }) => ({
        value: id,
        label: `${name} (${environment})`,
      }))}
      filter={({ options }) => options}
      searchValue={text}
      onSearchChange={setText}
      value={value}
      onChange={onChange}
      nothingFoundMessage={wanted === '' ? 'Type a part of its name' : 'No identity of that name'}
    />
  );
}

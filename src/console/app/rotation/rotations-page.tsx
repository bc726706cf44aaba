import { Button, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconPlus, IconRefreshDot } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ButtonLink } from '../page/button-link.js';
import { Empty } from '../page/empty.js';
import { Page } from '../page/page.js';
import { IdentitySelect } from '../reviews/targets/identity-select.js';
import { targetsQuery } from '../reviews/targets/targets-queries.js';
import { hasRole, useMe } from '../session/me.js';
import { FoundTable } from '../table/found-table.js';
import { Rooms } from './rooms.js';
import { type RotationFilters, rotationsQuery } from './rotation-queries.js';
import { ROTATIONS_OF_ALL } from './rotations-columns.js';
import classes from './rotation.module.css';

const route = getRouteApi('/signed-in/rotation');
const TYPING_MILLISECONDS = 250;

/** Every credential that is made anew from time to time. */
export function RotationsPage() {
  const me = useMe();
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const targets = useQuery(targetsQuery).data?.items ?? [];
  const found = useInfiniteQuery({ ...rotationsQuery(filters), placeholderData: keepPreviousData });
  const isNarrowed = Object.keys(filters).length > 0;
  const add = hasRole(me, 'administrator', 'platform-engineer') && (
    <ButtonLink to="/rotation/new" leftSection={<IconPlus size={16} aria-hidden />}>
      Have something rotate
    </ButtonLink>
  );
  const change = (changed: { readonly [Name in keyof RotationFilters]: string | null }) =>
    void navigate({
      to: '/rotation',
      search: Object.fromEntries(Object.entries({ ...filters, ...changed }).filter(([, value]) => value)),
      replace: true,
    });
  return (
    <Page
      title="Rotation"
      lead="Each makes a new credential, moves everybody over, and withdraws the old one once nobody is left on it."
      wide
      actions={add}
    >
      <Rooms />
      <div className={classes.filters}>
        <IdentitySelect
          label="Identity"
          value={filters.identityId ?? null}
          onChange={(identityId) => change({ identityId })}
          optional
        />
        <Select
          label="Target"
          placeholder="Any"
          data={targets.map(({ id, name }) => ({ value: id, label: name }))}
          value={filters.targetId ?? null}
          onChange={(targetId) => change({ targetId })}
          clearable
        />
        <PairInput key={filters.pair} value={filters.pair ?? ''} onChange={(pair) => change({ pair })} />
        {isNarrowed && (
          <Button variant="subtle" onClick={() => void navigate({ to: '/rotation', search: {}, replace: true })}>
            Clear
          </Button>
        )}
      </div>
      <FoundTable
        label="What rotates"
        found={found}
        columns={ROTATIONS_OF_ALL}
        rowId={({ id }) => id}
        empty={
          isNarrowed ? (
            <Empty title="Nothing fits.">
              <p>Take a filter away.</p>
            </Empty>
          ) : (
            <Empty icon={<IconRefreshDot size={32} stroke={1.25} />} title="Nothing rotates yet." action={add}>
              <p>
                Give an identity its accounts on <Link to="/targets">a target</Link>, then have them rotate.
              </p>
            </Empty>
          )
        }
      />
    </Page>
  );
}

interface PairInputProps {
  readonly value: string;
  readonly onChange: (pair: string) => void;
}

function PairInput({ value, onChange }: PairInputProps) {
  const [typed, setTyped] = useState(value);
  const tell = useDebouncedCallback(onChange, TYPING_MILLISECONDS);
  return (
    <TextInput
      label="Pair"
      placeholder="Any"
      maxLength={100}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        tell(event.currentTarget.value.trim());
      }}
    />
  );
}

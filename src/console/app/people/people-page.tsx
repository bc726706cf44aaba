import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { IconSearch, IconUserPlus, IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Empty } from '../page/empty.js';
import { Page } from '../page/page.js';
import { Pill, type Tone } from '../page/pill.js';
import { RowsLoading } from '../page/page-loading.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { hasRole, useMe } from '../session/me.js';
import { type Column, DataTable } from '../table/data-table.js';
import { Instant } from '../time/instant.js';
import { sentence } from '../words/deeds.js';
import { InviteDialog } from './invite-dialog.js';
import { everybodyQuery, type Person } from './people-queries.js';
import { PersonMenu } from './person-menu.js';
import { roleNames } from './roles.js';
import { Party } from './party.js';

const TONES: Readonly<Record<Person['status'], Tone>> = {
  active: 'good',
  invited: 'warn',
  departed: 'still',
  removed: 'still',
};

/** Everybody who answers, approves, watches or runs. */
export function PeoplePage() {
  const me = useMe();
  const everybody = useQuery(everybodyQuery);
  const [status, setStatus] = useState('here');
  const [text, setText] = useState('');
  const [isInviting, setInviting] = useState(false);
  const isAdministrator = hasRole(me, 'administrator');
  const columns = useMemo(() => columnsFor(isAdministrator, me.person.id), [isAdministrator, me.person.id]);
  const rows = useMemo(
    () => (everybody.data ?? []).filter((person) => isIn(person, status) && fits(person, text)),
    [everybody.data, status, text],
  );
  return (
    <Page
      title="People"
      wide
      actions={
        isAdministrator && (
          <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => setInviting(true)}>
            Invite
          </Button>
        )
      }
    >
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: '0.5rem 0.75rem' }}>
        <TextInput
          type="search"
          aria-label="Search people"
          placeholder="Search by name or role"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          style={{ flex: '1 1 16rem', maxWidth: '28rem' }}
        />
        <SegmentedControl
          aria-label="Which people"
          size="xs"
          value={status}
          onChange={setStatus}
          data={[
            { value: 'here', label: 'Here' },
            { value: 'gone', label: 'Left' },
            { value: 'all', label: 'All' },
          ]}
        />
      </div>
      {everybody.isError && <ProblemPanel problem={everybody.error} onRetry={() => void everybody.refetch()} />}
      {everybody.isPending && <RowsLoading />}
      {everybody.data && rows.length === 0 && (
        <Empty icon={<IconUsers size={32} stroke={1.25} />} title="Nobody fits.">
          <p>Try another name, or show those who have left.</p>
        </Empty>
      )}
      {rows.length > 0 && <DataTable label="People" columns={columns} rows={rows} rowId={({ id }) => id} />}
      {isInviting && <InviteDialog onClose={() => setInviting(false)} />}
    </Page>
  );
}

function columnsFor(isAdministrator: boolean, myId: string): Column<Person>[] {
  const columns: Column<Person>[] = [
    {
      id: 'name',
      header: 'Name',
      narrow: 'bare',
      cell: ({ id, name }) => (
        <span title={id}>
          <strong style={{ fontWeight: 550 }}>{name}</strong>
          {id === myId && ' (you)'}
        </span>
      ),
    },
    {
      id: 'status',
      header: 'Status',
      cell: ({ status }) => <Pill tone={TONES[status]}>{sentence(status)}</Pill>,
    },
    { id: 'roles', header: 'Roles', grows: true, cell: ({ roles }) => roleNames(roles) },
    { id: 'email', header: 'E-mail', narrow: 'hidden', cell: ({ maskedEmail }) => maskedEmail ?? '–' },
    {
      id: 'manager',
      header: 'Manager',
      narrow: 'hidden',
      cell: ({ managerId }) => (managerId === null ? '–' : <Party id={managerId} />),
    },
    {
      id: 'since',
      header: 'Since',
      narrow: 'hidden',
      cell: ({ activatedAt, invitedAt }) => <Instant at={activatedAt ?? invitedAt} />,
    },
  ];
  const deeds: Column<Person> = {
    id: 'deeds',
    header: 'Actions',
    narrow: 'bare',
    cell: (person) => (person.status === 'removed' ? null : <PersonMenu person={person} isMe={person.id === myId} />),
  };
  return isAdministrator ? [...columns, deeds] : columns;
}

function isIn({ status }: Person, chosen: string): boolean {
  const here = status === 'active' || status === 'invited';
  return chosen === 'all' || (chosen === 'here') === here;
}

function fits({ name, roles }: Person, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const whole = `${name} ${roleNames(roles)}`.toLowerCase();
  return words.every((word) => whole.includes(word));
}

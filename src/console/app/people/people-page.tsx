import { Button, SegmentedControl, Select } from '@mantine/core';
import { IconUserPlus, IconUsers } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { Empty } from '../page/empty.js';
import { Page } from '../page/page.js';
import { Pill, type Tone } from '../page/pill.js';
import { hasRole, useMe } from '../session/me.js';
import type { Column } from '../table/data-table.js';
import { FoundTable } from '../table/found-table.js';
import { SearchBox } from '../table/search-box.js';
import { Instant } from '../time/instant.js';
import { sentence } from '../words/deeds.js';
import { InviteDialog } from './invite-dialog.js';
import { type Person, usePeopleList } from './people-queries.js';
import { PersonMenu } from './person-menu.js';
import { roleNames, ROLES } from './roles.js';
import { Party } from './party.js';

const TONES: Readonly<Record<Person['status'], Tone>> = {
  active: 'good',
  invited: 'warn',
  departed: 'still',
  removed: 'still',
};

const ANYBODY = 'all';

/** Everybody who answers, approves, watches or runs. */
export function PeoplePage() {
  const me = useMe();
  const [status, setStatus] = useState<string>('active,invited');
  const [role, setRole] = useState<string | null>(null);
  const [q, setQ] = useState('');
  const people = usePeopleList({ q, ...(status !== ANYBODY && { status }), ...(role !== null && { role }) });
  const [isInviting, setInviting] = useState(false);
  const isAdministrator = hasRole(me, 'administrator');
  const columns = useMemo(() => columnsFor(isAdministrator, me.person.id), [isAdministrator, me.person.id]);
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
      <div style={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: '0.5rem 0.75rem' }}>
        <SearchBox label="Search people" placeholder="Search by name or e-mail address" text={q} onChange={setQ} />
        <Select
          aria-label="Role"
          placeholder="Any role"
          data={Object.entries(ROLES).map(([value, { name }]) => ({ value, label: name }))}
          value={role}
          onChange={setRole}
          clearable
        />
        <SegmentedControl
          aria-label="Which people"
          size="xs"
          value={status}
          onChange={setStatus}
          data={[
            { value: 'active,invited', label: 'Here' },
            { value: 'departed,removed', label: 'Left' },
            { value: ANYBODY, label: 'All' },
          ]}
        />
      </div>
      <FoundTable
        label="People"
        found={people}
        columns={columns}
        rowId={({ id }) => id}
        empty={
          <Empty icon={<IconUsers size={32} stroke={1.25} />} title="Nobody fits.">
            <p>Try another name, or show those who have left.</p>
          </Empty>
        }
      />
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

import { IconUrgent } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ButtonLink } from '../../page/button-link.js';
import { Empty } from '../../page/empty.js';
import { Page } from '../../page/page.js';
import { Pill } from '../../page/pill.js';
import { Party } from '../../people/party.js';
import { hasRole, RESPONDERS, useMe } from '../../session/me.js';
import type { Column } from '../../table/data-table.js';
import { FoundTable } from '../../table/found-table.js';
import { Instant } from '../../time/instant.js';
import { Rooms } from '../rooms.js';
import { type Emergency, emergenciesQuery } from './emergencies-queries.js';
import { ScopeWords } from './emergency-words.js';

const COLUMNS: readonly Column<Emergency>[] = [
  {
    id: 'scope',
    header: 'What went wrong',
    narrow: 'bare',
    cell: ({ id, scope }) => (
      <Link to="/rotation/emergencies/$id" params={{ id }}>
        <ScopeWords scope={scope} />
      </Link>
    ),
  },
  { id: 'state', header: 'State', cell: (emergency) => <EmergencyPill emergency={emergency} /> },
  { id: 'done', header: 'Done', cell: ({ runs }) => `${runs.finished} of ${sumOf(runs)}` },
  { id: 'reason', header: 'Reason', grows: true, cell: ({ reason }) => reason },
  { id: 'by', header: 'Started by', cell: ({ startedBy }) => <Party id={startedBy} /> },
  { id: 'at', header: 'Started', cell: ({ startedAt }) => <Instant at={startedAt} /> },
];

/** Everything that one person, machine, repository or leak touched, rotated at once. */
export function EmergenciesPage() {
  const me = useMe();
  const found = useInfiniteQuery(emergenciesQuery);
  const start = hasRole(me, ...RESPONDERS) && (
    <ButtonLink to="/rotation/emergencies/new" color="red.8" leftSection={<IconUrgent size={16} aria-hidden />}>
      Rotate at once
    </ButtonLink>
  );
  return (
    <Page
      title="Rotation emergencies"
      lead="When somebody leaves in anger, or a machine, a repository or a key is no longer only yours."
      wide
      actions={start}
    >
      <Rooms />
      <FoundTable
        label="Emergencies"
        found={found}
        columns={COLUMNS}
        rowId={({ id }) => id}
        loadingRows={4}
        empty={
          <Empty icon={<IconUrgent size={32} stroke={1.25} />} title="There has been no emergency." action={start}>
            <p>
              Say what went wrong: everything that it touched rotates in order, through freezes, and still nobody is
              stranded.
            </p>
          </Empty>
        }
      />
    </Page>
  );
}

export function EmergencyPill({ emergency: { over, runs } }: { readonly emergency: Emergency }) {
  if (runs.stuck > 0) return <Pill tone="bad">Stuck</Pill>;
  return over ? <Pill tone="good">Over</Pill> : <Pill tone="info">Under way</Pill>;
}

export function sumOf(runs: Emergency['runs']): number {
  return Object.values(runs).reduce((sum, count) => sum + count, 0);
}

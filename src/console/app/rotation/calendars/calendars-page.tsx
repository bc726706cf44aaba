import { Button } from '@mantine/core';
import { IconCalendarOff, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Empty } from '../../page/empty.js';
import { Page } from '../../page/page.js';
import { RowsLoading } from '../../page/page-loading.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { hasRole, useMe } from '../../session/me.js';
import { Rooms } from '../rooms.js';
import { CalendarCard } from './calendar-card.js';
import { CalendarDialog } from './calendar-dialog.js';
import { calendarsQuery } from './calendars-queries.js';

/** Calendars in whose sessions nothing rotates. */
export function CalendarsPage() {
  const me = useMe();
  const found = useQuery(calendarsQuery);
  const [isAdding, setAdding] = useState(false);
  const add = hasRole(me, 'administrator') && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
      Add a calendar
    </Button>
  );
  return (
    <Page
      title="Freezes"
      lead="While a calendar has a session, nothing that keeps to it makes, delivers or withdraws a credential."
      actions={add}
    >
      <Rooms />
      {found.isError && <ProblemPanel problem={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <RowsLoading rows={5} />}
      {found.data?.length === 0 && (
        <Empty icon={<IconCalendarOff size={32} stroke={1.25} />} title="There is no calendar yet." action={add}>
          <p>Add an exchange, whose trading days come with Muster, or a file of your own; then name it in rotations.</p>
        </Empty>
      )}
      {found.data?.map((calendar) => (
        <CalendarCard key={calendar.id} calendar={calendar} mayChange={hasRole(me, 'administrator')} />
      ))}
      {isAdding && <CalendarDialog onClose={() => setAdding(false)} />}
    </Page>
  );
}

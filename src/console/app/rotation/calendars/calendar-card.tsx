import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useOpened } from '../../dialog/use-opened.js';
import { Facts } from '../../page/facts.js';
import { RowsLoading } from '../../page/page-loading.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { Party } from '../../people/party.js';
import { answerOf, service } from '../../service/service.js';
import { onDay } from '../../time/spoken.js';
import { toast } from '../../toast/toast.js';
import { daysOn } from '../plan/span.js';
import { minutesLong } from '../schedule-words.js';
import { CalendarDialog } from './calendar-dialog.js';
import { type Calendar, calendarQuery, type CalendarSource, sessionsQuery } from './calendars-queries.js';
import { SessionList } from './session-list.js';
import classes from '../rotation.module.css';

const KINDS: Readonly<Record<CalendarSource, string>> = {
  exchange: 'Comes with Muster',
  'trading-days': 'Trading days of your own (YAML)',
  icalendar: 'Events of your own (iCalendar)',
};
const DAYS_AHEAD = 14;

interface CalendarCardProps {
  readonly calendar: Calendar;
  readonly mayChange: boolean;
}

/** One calendar: what it is, how far it is known, and its next sessions. */
export function CalendarCard({ calendar, mayChange }: CalendarCardProps) {
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [isChanging, setChanging] = useState(false);
  const remove = useMutation({
    mutationFn: () => answerOf(service.DELETE('/v1/calendars/{id}', { params: { path: { id: calendar.id } } })),
    onSuccess: () => (toast(`${calendar.name} is removed.`), queries.invalidateQueries({ queryKey: ['calendars'] })),
  });
  const { beforeMinutes, afterMinutes, coveredUntil, lookedUpAt } = calendar;
  return (
    <article className={classes.card} aria-label={calendar.name}>
      <header>
        <strong>{calendar.name}</strong>
        <span className={classes.muted}>{KINDS[calendar.kind]}</span>
      </header>
      <Facts
        facts={[
          ['By the clocks of', calendar.zone],
          coveredUntil !== null && ['Known until', onDay(coveredUntil)],
          beforeMinutes + afterMinutes > 0 && [
            'Widened by',
            `${minutesLong(beforeMinutes)} before, ${minutesLong(afterMinutes)} after`,
          ],
          lookedUpAt !== null && ['Looked up at', <span key="source">{lookedUpAt}</span>],
          ['Added by', <Party key="by" id={calendar.createdBy} />],
        ]}
      />
      {remove.isError && <ProblemPanel problem={remove.error} title="It is not removed." />}
      <div className={classes.deeds}>
        <Button size="xs" variant="default" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          Next sessions
        </Button>
        {mayChange && (
          <Button size="xs" variant="default" onClick={() => setChanging(true)}>
            Change
          </Button>
        )}
        {mayChange && (
          <Button size="xs" variant="subtle" color="gray" loading={remove.isPending} onClick={() => remove.mutate()}>
            Remove
          </Button>
        )}
      </div>
      {isOpen && <Sessions id={calendar.id} />}
      {isChanging && <Changing id={calendar.id} onClose={() => setChanging(false)} />}
    </article>
  );
}

function Sessions({ id }: { readonly id: string }) {
  const [from] = useState(() => daysOn(new Date(), 0));
  const found = useQuery(sessionsQuery(id, from.toISOString(), daysOn(from, DAYS_AHEAD).toISOString()));
  if (found.isError) return <ProblemPanel problem={found.error} onRetry={() => void found.refetch()} />;
  if (found.isPending) return <RowsLoading rows={4} />;
  if (found.data.items.length === 0) return <p className={classes.muted}>None within two weeks.</p>;
  return <SessionList sessions={found.data.items} />;
}

/** What it says now is fetched first. */
function Changing({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const whole = useQuery(calendarQuery(id));
  const calendar = useOpened(whole);
  if (whole.isError) return <ProblemPanel problem={whole.error} onRetry={() => void whole.refetch()} />;
  return calendar ? <CalendarDialog calendar={calendar} onClose={onClose} /> : null;
}

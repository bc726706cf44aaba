import { ActionIcon, Button, SegmentedControl } from '@mantine/core';
import { IconCalendarEvent, IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Empty } from '../../page/empty.js';
import { Page } from '../../page/page.js';
import { RowsLoading } from '../../page/page-loading.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { Instant } from '../../time/instant.js';
import { exactly, onDay } from '../../time/spoken.js';
import { Rooms } from '../campaigns/rooms.js';
import { dayOf } from '../days.js';
import { type CalendarDate, calendarQuery } from './cadence-queries.js';
import { isMonth, monthOf, monthsOn, weeksOf } from './month.js';
import classes from './calendar.module.css';

const route = getRouteApi('/signed-in/reviews/calendar');
const MONTH = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric' });
const WEEKDAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short' });
/** As far ahead as the list looks. */
const LIST_MONTHS = 12;

/** What each date is. */
const KINDS: Readonly<Record<CalendarDate['kind'], string>> = {
  'campaign-due': 'Campaign due',
  'schedule-next': 'Campaign starts',
  'risk-analysis-expires': 'Risk analysis runs out',
  'exception-ends': 'Exception ends',
};

/** What of reviews is due, starts and runs out. */
export function CalendarPage() {
  const { month: asked, view } = route.useSearch();
  const navigate = route.useNavigate();
  const [today] = useState(() => new Date());
  const isList = view === 'list';
  const month = isMonth(asked) ? asked : monthOf(today);
  const weeks = weeksOf(month);
  const from = isList ? new Date(today.getFullYear(), today.getMonth(), today.getDate()) : weeks[0]![0]!;
  const to = isList
    ? new Date(today.getFullYear(), today.getMonth() + LIST_MONTHS, today.getDate())
    : followingDay(weeks.at(-1)!.at(-1)!);
  const found = useQuery(calendarQuery(from.toISOString(), to.toISOString()));
  const dates = found.data?.items ?? [];
  const show = (next: string) => void navigate({ to: '/reviews/calendar', search: { month: next }, replace: true });
  return (
    <Page title="Calendar" lead="What is due, what starts by itself, and what runs out." wide>
      <Rooms />
      <div className={classes.tools}>
        {!isList && (
          <>
            <ActionIcon
              variant="default"
              size={30}
              aria-label="The month before"
              onClick={() => show(monthsOn(month, -1))}
            >
              <IconChevronLeft size={16} aria-hidden />
            </ActionIcon>
            <strong className={classes.month} role="status">
              {MONTH.format(weeks[1]![0])}
            </strong>
            <ActionIcon
              variant="default"
              size={30}
              aria-label="The next month"
              onClick={() => show(monthsOn(month, 1))}
            >
              <IconChevronRight size={16} aria-hidden />
            </ActionIcon>
            {month !== monthOf(today) && (
              <Button size="xs" variant="default" onClick={() => show(monthOf(today))}>
                Today
              </Button>
            )}
          </>
        )}
        <SegmentedControl
          aria-label="How it is shown"
          size="xs"
          value={isList ? 'list' : 'month'}
          onChange={(next) =>
            void navigate({ to: '/reviews/calendar', search: next === 'list' ? { view: 'list' } : {}, replace: true })
          }
          data={[
            { value: 'month', label: 'Month' },
            { value: 'list', label: 'List' },
          ]}
        />
      </div>
      {found.isError && <ProblemPanel problem={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <RowsLoading rows={8} />}
      {found.data && isList && dates.length === 0 && (
        <Empty icon={<IconCalendarEvent size={32} stroke={1.25} />} title="Nothing is due within a year.">
          <p>Campaigns, schedules, risk analyses and exceptions appear here with their dates.</p>
        </Empty>
      )}
      {isList && dates.length > 0 && <List dates={dates} />}
      {found.data && !isList && dates.length === 0 && <p className={classes.quiet}>Nothing is due in these weeks.</p>}
      {found.data && !isList && <Sheet weeks={weeks} month={month} dates={dates} today={dayOf(today)} />}
    </Page>
  );
}

function followingDay(date: Date): Date {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1);
}

function List({ dates }: { readonly dates: readonly CalendarDate[] }) {
  return (
    <ul className={classes.list}>
      {dates.map((date) => (
        <li key={`${date.kind}${date.id}${date.at}`} data-row>
          <span className={classes.when} title={exactly(date.at)}>
            {onDay(date.at)}
          </span>
          <span className={classes.what} data-kind={date.kind}>
            {KINDS[date.kind]}
          </span>
          <DateLink date={date} />
          <span className={classes.from}>
            <Instant at={date.at} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function DateLink({ date: { kind, id, name } }: { readonly date: CalendarDate }) {
  if (kind === 'campaign-due')
    return (
      <Link to="/campaigns/$id" params={{ id }}>
        {name}
      </Link>
    );
  if (kind === 'schedule-next') return <Link to="/reviews/schedules">{name}</Link>;
  if (kind === 'risk-analysis-expires') return <Link to="/reviews/risk-analyses">{name}</Link>;
  return <span>{name}</span>;
}

interface SheetProps {
  readonly weeks: readonly (readonly Date[])[];
  readonly month: string;
  readonly dates: readonly CalendarDate[];
  /** As a date field has it. */
  readonly today: string;
}

function Sheet({ weeks, month, dates, today }: SheetProps) {
  const byDay = new Map<string, CalendarDate[]>();
  for (const date of dates) {
    const day = dayOf(new Date(date.at));
    byDay.set(day, [...(byDay.get(day) ?? []), date]);
  }
  return (
    <table className={classes.sheet}>
      <thead>
        <tr>
          {weeks[0]!.map((date) => (
            <th key={date.getDay()} scope="col">
              {WEEKDAY.format(date)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week) => (
          <tr key={week[0]!.getTime()}>
            {week.map((date) => {
              const day = dayOf(date);
              const here = byDay.get(day) ?? [];
              return (
                <td
                  key={day}
                  data-other={!day.startsWith(month)}
                  data-empty={here.length === 0}
                  aria-current={day === today ? 'date' : undefined}
                >
                  <time dateTime={day}>{date.getDate()}</time>
                  <ul>
                    {here.map((each) => (
                      <li key={`${each.kind}${each.id}`} data-kind={each.kind}>
                        <span className={classes.kind}>{KINDS[each.kind]}</span>
                        <DateLink date={each} />
                      </li>
                    ))}
                  </ul>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

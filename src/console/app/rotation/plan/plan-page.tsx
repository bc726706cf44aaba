import { Button, SegmentedControl } from '@mantine/core';
import { IconCalendarEvent } from '@tabler/icons-react';
import { useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Empty } from '../../page/empty.js';
import { Page } from '../../page/page.js';
import { RowsLoading } from '../../page/page-loading.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { moreOf, rowsOf } from '../../table/found-table.js';
import { calendarsQuery, sessionsQuery } from '../calendars/calendars-queries.js';
import { Rooms } from '../rooms.js';
import { Agenda } from './agenda.js';
import { Concerns } from './concerns.js';
import { PLAN_DAYS, type Planned, planQuery } from './plan-queries.js';
import { Sheet } from './sheet.js';
import { daysOn, type FrozenPart, frozenOn } from './span.js';
import classes from './plan.module.css';

const route = getRouteApi('/signed-in/rotation/plan');
const MOST_COUNTED = 10_000;

/** What would rotate within thirty days, when nothing may, who would break, and what can never agree. */
export function PlanPage() {
  const { view } = route.useSearch();
  const navigate = route.useNavigate();
  const [today] = useState(() => daysOn(new Date(), 0));
  const due = useInfiniteQuery(planQuery('due'));
  const overdue = useInfiniteQuery(planQuery('overdue'));
  const never = useInfiniteQuery(planQuery('never'));
  const planned = rowsOf(due);
  const frozen = useFrozen(planned, today);
  const counts = due.data?.pages[0]?.counts;
  const more = moreOf(due);
  const isList = view === 'list';
  return (
    <Page
      title="Rotation calendar"
      lead="What would rotate within thirty days if nothing changed. Looking begins nothing."
      wide
    >
      <Rooms />
      <div className={classes.tools}>
        <p className={classes.counts} role="status">
          {counts && (
            <>
              {shown(counts.due)} due, <span data-bad={counts.overdue > 0}>{shown(counts.overdue)} overdue</span>,{' '}
              {shown(counts.never)} never
            </>
          )}
        </p>
        <SegmentedControl
          aria-label="How it is shown"
          size="xs"
          value={isList ? 'list' : 'days'}
          onChange={(next) =>
            void navigate({ to: '/rotation/plan', search: next === 'list' ? { view: 'list' } : {}, replace: true })
          }
          data={[
            { value: 'days', label: 'Days' },
            { value: 'list', label: 'List' },
          ]}
        />
      </div>
      {due.isError && <ProblemPanel problem={due.error} onRetry={() => void due.refetch()} />}
      {due.isPending && <RowsLoading rows={8} />}
      {due.data && planned.length === 0 && (
        <Empty
          icon={<IconCalendarEvent size={32} stroke={1.25} />}
          title="Nothing rotates by itself within thirty days."
        >
          <p>
            Give <Link to="/rotation">what rotates</Link> a schedule, and what it will do stands here before it does it.
          </p>
        </Empty>
      )}
      {planned.length > 0 && !isList && <Sheet today={today} planned={planned} frozen={frozen} />}
      {planned.length > 0 && isList && <Agenda planned={planned} frozen={frozen} />}
      {more.hasMore && (
        <Button variant="default" loading={more.isLoading} onClick={more.load} style={{ justifySelf: 'center' }}>
          Show more
        </Button>
      )}
      <Concerns due={planned} overdue={rowsOf(overdue)} never={rowsOf(never)} />
    </Page>
  );
}

function shown(count: number): string {
  return `${count.toLocaleString('en')}${count >= MOST_COUNTED ? ' and more' : ''}`;
}

/** When nothing may begin, day by day, by the calendars that what is planned keeps to. */
function useFrozen(planned: readonly Planned[], today: Date): readonly FrozenPart[] {
  const names = useQuery(calendarsQuery).data ?? [];
  const ids = [...new Set(planned.flatMap(({ calendarIds }) => calendarIds))];
  const days = Array.from({ length: PLAN_DAYS }, (_, day) => daysOn(today, day));
  const [from, to] = [today.toISOString(), daysOn(today, PLAN_DAYS).toISOString()];
  const sessions = useQueries({ queries: ids.map((id) => sessionsQuery(id, from, to)) });
  return ids.flatMap((id, at) => {
    const name = names.find((calendar) => calendar.id === id)?.name ?? 'A calendar';
    return days.flatMap((day) => frozenOn(day, name, sessions[at]?.data?.items ?? []));
  });
}

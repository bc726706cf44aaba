import { Button } from '@mantine/core';
import { IconCalendarRepeat, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Empty } from '../../page/empty.js';
import { Facts } from '../../page/facts.js';
import { Page } from '../../page/page.js';
import { RowsLoading } from '../../page/page-loading.js';
import { Pill } from '../../page/pill.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { Party } from '../../people/party.js';
import { answerOf, service } from '../../service/service.js';
import { hasRole, useMe } from '../../session/me.js';
import { Instant } from '../../time/instant.js';
import { onDay } from '../../time/spoken.js';
import { toast } from '../../toast/toast.js';
import { sentence } from '../../words/deeds.js';
import { Rooms } from '../campaigns/rooms.js';
import { ScopeWords } from '../campaigns/scope-words.js';
import { type Schedule, schedulesQuery } from './cadence-queries.js';
import { ScheduleDialog } from './schedule-dialog.js';
import classes from './cadence.module.css';

/** Reviews that start by themselves. */
export function SchedulesPage() {
  const me = useMe();
  const found = useQuery(schedulesQuery);
  const [isAdding, setAdding] = useState(false);
  const mayChange = hasRole(me, 'administrator', 'analyst');
  const schedules = found.data?.items ?? [];
  const add = mayChange && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
      Add a schedule
    </Button>
  );
  return (
    <Page
      title="Schedules"
      lead="Campaigns that start by themselves, as often as a valid risk analysis supports."
      actions={add}
    >
      <Rooms />
      {found.isError && <ProblemPanel problem={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <RowsLoading rows={6} />}
      {found.data && schedules.length === 0 && (
        <Empty icon={<IconCalendarRepeat size={32} stroke={1.25} />} title="No campaign starts by itself." action={add}>
          <p>
            Write <Link to="/reviews/risk-analyses">a risk analysis</Link> first: a schedule rests on one.
          </p>
        </Empty>
      )}
      {schedules.map((schedule) => (
        <OneSchedule key={schedule.id} schedule={schedule} mayChange={mayChange} />
      ))}
      {isAdding && <ScheduleDialog onClose={() => setAdding(false)} />}
    </Page>
  );
}

function OneSchedule({ schedule, mayChange }: { readonly schedule: Schedule; readonly mayChange: boolean }) {
  const queries = useQueryClient();
  const refreshed = () => queries.invalidateQueries({ queryKey: ['reviews'] });
  const path = { params: { path: { id: schedule.id } } };
  const change = useMutation({
    mutationFn: (status: 'active' | 'paused') =>
      answerOf(
        service.PATCH('/v1/review-schedules/{id}', {
          params: { ...path.params, header: { 'If-Match': `"v${schedule.version}"` } },
          body: { status },
        }),
      ),
    onSuccess: refreshed,
  });
  const remove = useMutation({
    mutationFn: () => answerOf(service.DELETE('/v1/review-schedules/{id}', path)),
    onSuccess: () => (toast(`${schedule.name} is removed.`), refreshed()),
  });
  const isBacked = schedule.riskAnalysisStatus === 'approved';
  const isActive = schedule.status === 'active';
  return (
    <article className={classes.card} aria-label={schedule.name}>
      <header>
        <strong>{schedule.name}</strong>
        <Pill tone={isActive ? (isBacked ? 'good' : 'bad') : 'still'}>
          {isActive && !isBacked ? 'Starts nothing' : sentence(schedule.status)}
        </Pill>
        <span className={classes.muted}>
          every {schedule.everyDays === 1 ? 'day' : `${schedule.everyDays} days`}, due after {schedule.dueAfterDays}{' '}
          {schedule.dueAfterDays === 1 ? 'day' : 'days'}
        </span>
      </header>
      {isActive && !isBacked && (
        <p className={classes.warn}>
          Its risk analysis is {schedule.riskAnalysisStatus}: <Link to="/reviews/risk-analyses">renew it</Link>, or no
          campaign starts.
        </p>
      )}
      <Facts
        facts={[
          ['About', <ScopeWords key="scope" scope={schedule.scope} />],
          ['Next', <Instant key="next" at={schedule.nextAt} />],
          ['Run by', <Party key="owner" id={schedule.ownerId} />],
          ['Acknowledged by', <Party key="management" id={schedule.managementId} />],
          ['Second looks', `${schedule.samplePercent} % of keeps`],
          [
            'Rests on',
            <span key="analysis">
              <Link to="/reviews/risk-analyses">a risk analysis</Link>, valid until{' '}
              {onDay(schedule.riskAnalysisExpiresAt)}
            </span>,
          ],
        ]}
      />
      {change.isError && <ProblemPanel problem={change.error} title="It is not changed." />}
      {remove.isError && <ProblemPanel problem={remove.error} title="It is not removed." />}
      {mayChange && (
        <div className={classes.deeds}>
          <Button
            size="xs"
            variant="default"
            loading={change.isPending}
            onClick={() => change.mutate(isActive ? 'paused' : 'active')}
          >
            {isActive ? 'Pause' : 'Go on'}
          </Button>
          <Button size="xs" variant="subtle" color="gray" loading={remove.isPending} onClick={() => remove.mutate()}>
            Remove
          </Button>
        </div>
      )}
    </article>
  );
}

import { Button } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import { Empty } from '../../page/empty.js';
import { Page } from '../../page/page.js';
import { RowsLoading } from '../../page/page-loading.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { moreOf, rowsOf } from '../../table/found-table.js';
import { useRowKeys } from '../../table/row-keys.js';
import { Instant } from '../../time/instant.js';
import { Rooms } from '../rooms.js';
import { type Run, runsQuery } from '../rotation-queries.js';
import { RunPill, STEPS, versionsOf } from '../rotation-words.js';
import { RunDeeds } from './run-deeds.js';
import { Runbook } from './runbook.js';
import classes from '../rotation.module.css';

/** What only a human takes further, each with what to do. */
export function StuckPage() {
  const list = useRef<HTMLUListElement>(null);
  const found = useInfiniteQuery(runsQuery({ state: 'stuck' }));
  const runs = rowsOf(found);
  const more = moreOf(found);
  useRowKeys(list);
  return (
    <Page title="Stuck rotations" lead="Nothing is lost: one or two credentials of each work. But somebody has to act.">
      <Rooms />
      {found.isError && <ProblemPanel problem={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <RowsLoading rows={5} />}
      {found.data && runs.length === 0 && (
        <Empty icon={<IconCircleCheck size={32} stroke={1.25} />} title="Nothing is stuck.">
          <p>What only a human takes further appears here, with what to do about it.</p>
        </Empty>
      )}
      {runs.length > 0 && (
        <ul ref={list} className={`${classes.list} ${classes.plain}`} aria-label="Stuck">
          {runs.map((run) => (
            <StuckRun key={run.id} run={run} />
          ))}
        </ul>
      )}
      {more.hasMore && (
        <Button variant="default" loading={more.isLoading} onClick={more.load}>
          Show more
        </Button>
      )}
    </Page>
  );
}

function StuckRun({ run }: { readonly run: Run }) {
  return (
    <li data-row className={classes.card}>
      <header>
        <Link to="/rotation/runs/$id" params={{ id: run.id }} className={classes.name}>
          {run.rotationName}
        </Link>
        <RunPill run={run} />
        <span className={classes.muted}>
          version {versionsOf(run)}, at “{STEPS[run.step][run.direction]}” since <Instant at={run.stepSince} />
        </span>
      </header>
      <Runbook run={run} />
      <div className={classes.deeds}>
        <RunDeeds run={run} size="xs" />
      </div>
    </li>
  );
}

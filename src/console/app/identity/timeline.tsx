import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { RowsLoading } from '../page/page-loading.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { Party } from '../people/party.js';
import { hasRole, useMe } from '../session/me.js';
import { Instant } from '../time/instant.js';
import { deed } from '../words/deeds.js';
import { inARow } from './in-a-row.js';
import { timelineQuery } from './identity-queries.js';
import classes from './timeline.module.css';

/** What happened to it, the newest first. */
export function Timeline({ identityId }: { readonly identityId: string }) {
  const me = useMe();
  const mayOpen = hasRole(me, 'administrator', 'analyst', 'auditor');
  const timeline = useInfiniteQuery(timelineQuery(identityId));
  const entries = timeline.data?.pages.flatMap(({ items }) => items) ?? [];
  if (timeline.isError) return <ProblemPanel problem={timeline.error} onRetry={() => void timeline.refetch()} />;
  if (timeline.isPending) return <RowsLoading rows={5} />;
  return (
    <>
      <ol className={classes.timeline}>
        {inARow(entries).map(({ entry: { index, type, at, actor }, times }) => (
          <li key={`${at}${index}${type}`} className={classes.entry}>
            <span className={classes.what}>
              {index !== null && mayOpen ? (
                <Link to="/audit/$index" params={{ index: String(index) }}>
                  {deed(type)}
                </Link>
              ) : (
                deed(type)
              )}
              {times > 1 && ` × ${times}`}
            </span>
            <small>
              <Instant at={at} /> by {actor.name ?? <Party id={actor.id} />}
            </small>
          </li>
        ))}
      </ol>
      {timeline.hasNextPage && (
        <Button
          variant="default"
          size="xs"
          loading={timeline.isFetchingNextPage}
          onClick={() => void timeline.fetchNextPage()}
        >
          Show more
        </Button>
      )}
    </>
  );
}

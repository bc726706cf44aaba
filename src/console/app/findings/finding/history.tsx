import { Button, Textarea } from '@mantine/core';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, type ReactNode, useState } from 'react';
import timeline from '../../identity/timeline.module.css';
import { RowsLoading } from '../../page/page-loading.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { Party } from '../../people/party.js';
import { answerOf, service } from '../../service/service.js';
import { hasRole, RESPONDERS, useMe } from '../../session/me.js';
import { rowsOf } from '../../table/found-table.js';
import { Instant } from '../../time/instant.js';
import { onDay } from '../../time/spoken.js';
import { eventsQuery, type Finding, type FindingEvent, type FindingState, type Verdict } from '../findings-queries.js';
import { STATES, VERDICTS, WAYS } from '../finding-words.js';
import { useFindingChanged } from '../deeds/finding-changes.js';
import classes from './history.module.css';

/** What was said and done about it, the newest first, down to when it was first seen. */
export function History({ finding }: { readonly finding: Finding }) {
  const me = useMe();
  const found = useInfiniteQuery(eventsQuery(finding.id));
  const events = rowsOf(found);
  const mayWork = hasRole(me, ...RESPONDERS);
  return (
    <div className={classes.history}>
      {mayWork && <Comment finding={finding} />}
      {found.isError && <ProblemPanel problem={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <RowsLoading rows={3} />}
      {found.data && (
        <ol className={timeline.timeline}>
          {events.map((event) => (
            <li key={`${event.at}${event.kind}`} className={timeline.entry}>
              <span className={timeline.what}>{whatOf(event)}</span>
              {event.words !== null && <q className={classes.words}>{event.words}</q>}
              <small>
                <Instant at={event.at} /> by <Party id={event.by} />
              </small>
            </li>
          ))}
          {!found.hasNextPage && (
            <li className={timeline.entry}>
              <span className={timeline.what}>First seen</span>
              <small>
                <Instant at={finding.firstSeenAt} />
              </small>
            </li>
          )}
        </ol>
      )}
      {found.hasNextPage && (
        <Button
          size="xs"
          variant="default"
          loading={found.isFetchingNextPage}
          onClick={() => void found.fetchNextPage()}
        >
          Show more
        </Button>
      )}
    </div>
  );
}

/** Says something beside it. The log has that something was said, and not what. */
function Comment({ finding }: { readonly finding: Finding }) {
  const [words, setWords] = useState('');
  const changed = useFindingChanged();
  const say = useMutation({
    mutationFn: () =>
      answerOf(
        service.POST('/v1/findings/{id}/comments', {
          params: { path: { id: finding.id } },
          body: { words: words.trim() },
        }),
      ),
    onSuccess: (after) => {
      setWords('');
      changed(after);
    },
  });
  return (
    <form
      className={classes.comment}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (words.trim() !== '') say.mutate();
      }}
    >
      <Textarea
        aria-label="Comment"
        placeholder="Say something: whom you asked, what they said. No secrets."
        autosize
        minRows={1}
        maxLength={2000}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      {words.trim() !== '' && (
        <Button type="submit" size="xs" loading={say.isPending}>
          Comment
        </Button>
      )}
      {say.isError && <ProblemPanel problem={say.error} title="It is not said." />}
    </form>
  );
}

/** What an event says that happened. */
function whatOf({ kind, data }: FindingEvent): ReactNode {
  switch (kind) {
    case 'adopted':
      return (
        <>
          Adopted:{' '}
          <Link to="/identities/$id" params={{ id: data.identityId ?? '' }}>
            whose it is now
          </Link>
        </>
      );
    case 'assigned':
      return (
        <>
          Assigned to <Party id={data.to ?? null} />
        </>
      );
    case 'commented':
      return 'Commented';
    case 'dismissed':
      return `Dismissed until ${data.until == null ? 'a day' : onDay(data.until)}`;
    case 'merged':
      return (
        <>
          Merged into{' '}
          <Link to="/findings/$id" params={{ id: data.into ?? '' }}>
            another
          </Link>
        </>
      );
    case 'reopened':
      return 'Opened again';
    case 'resolved':
      return becameOf(data);
    case 'retired':
      return `Retirement begun: ${WAYS[data.way as keyof typeof WAYS] ?? 'by people'}`;
    case 'split':
      return 'Split off again';
  }
}

function becameOf({ verdict, wasVerdict, state, wasState }: FindingEvent['data']): string {
  const named = (one: string | null | undefined) => VERDICTS[one as Verdict]?.name ?? one ?? '';
  if (verdict !== wasVerdict) return `${named(wasVerdict)} → ${named(verdict)}`;
  if (state !== wasState)
    return `${STATES[state as FindingState]?.name ?? state}: was ${(STATES[wasState as FindingState]?.name ?? wasState ?? '').toLowerCase()}`;
  return 'Somebody else’s than was believed';
}

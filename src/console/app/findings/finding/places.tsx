import { Switch } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Empty } from '../../page/empty.js';
import { RowsLoading } from '../../page/page-loading.js';
import { Pill } from '../../page/pill.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { Party } from '../../people/party.js';
import { type Column, DataTable } from '../../table/data-table.js';
import { moreOf, rowsOf } from '../../table/found-table.js';
import { Instant } from '../../time/instant.js';
import { plain } from '../../words/deeds.js';
import { type Finding, type FindingPlace, placesQuery } from '../findings-queries.js';
import { masked } from '../finding-names.js';
import { placeName } from '../queue/queue.js';
import classes from './places.module.css';

/** Where it stands and stood: the secret masked, who brought it and when, whether it belongs there. */
export function Places({ finding }: { readonly finding: Finding }) {
  const found = useInfiniteQuery(placesQuery(finding.id));
  const [withGone, setWithGone] = useState(false);
  const places = rowsOf(found);
  const gone = places.filter(({ goneAt }) => goneAt !== null).length;
  const shown = withGone || gone === places.length ? places : places.filter(({ goneAt }) => goneAt === null);
  if (found.isError) return <ProblemPanel problem={found.error} onRetry={() => void found.refetch()} />;
  if (found.isPending) return <RowsLoading rows={3} />;
  if (places.length === 0)
    return (
      <Empty title="It was seen nowhere.">
        <p>
          {finding.kind === 'ghost' ? 'That is what makes it a ghost.' : 'No source that is still looked at has it.'}
        </p>
      </Empty>
    );
  return (
    <div className={classes.places}>
      <div className={classes.line}>
        {finding.kind === 'credential' && (
          <code aria-label={finding.lastFour ? `Masked; it ends in ${finding.lastFour}` : 'Masked'}>
            {masked(finding.lastFour)}
          </code>
        )}
        {gone > 0 && gone < places.length && (
          <Switch
            size="xs"
            label={`Show ${gone.toLocaleString('en')} where it stood before`}
            checked={withGone}
            onChange={(event) => setWithGone(event.currentTarget.checked)}
          />
        )}
      </div>
      <DataTable
        label="Places"
        columns={COLUMNS}
        rows={shown}
        rowId={({ sourceId, path, line, within }) => [sourceId, path, line, ...within].join(' ')}
        more={moreOf(found)}
      />
    </div>
  );
}

const COLUMNS: readonly Column<FindingPlace>[] = [
  {
    id: 'place',
    header: 'Place',
    grows: true,
    narrow: 'bare',
    cell: (place) => (
      <span className={classes.place} data-gone={place.goneAt !== null}>
        <code>{placeName(place)}</code>
        <small>
          <Link to="/sources/$id" params={{ id: place.sourceId }}>
            {place.sourceName}
          </Link>
          {place.within.length > 0 && ` · within ${place.within.map(plain).join(', ')}`}
          {place.account !== null && ` · ${plain(place.account.accountKind)} of ${place.account.system}`}
          {place.unreachable && ' · in no branch or layer any more, and still readable'}
        </small>
      </span>
    ),
  },
  {
    id: 'exposed',
    header: 'There',
    cell: ({ exposed, goneAt, suppressed }) =>
      goneAt !== null ? (
        <Pill tone="still">Gone</Pill>
      ) : exposed ? (
        <span title="No secret belongs there">
          <Pill tone="bad">Exposed</Pill>
        </span>
      ) : (
        <span className={classes.ok}>
          {suppressed === null ? 'Belongs there' : `Allowed: ${suppressed.reason ?? suppressed.by}`}
        </span>
      ),
  },
  {
    id: 'commit',
    header: 'Brought by',
    cell: ({ commit, commitCount, ownerIds }) => (
      <span className={`${classes.place} ${classes.brought}`}>
        {commit === null ? (
          <span className={classes.ok}>no commit</span>
        ) : (
          <span>
            {commit.authorId === null ? 'Somebody outside' : <Party id={commit.authorId} />} <Instant at={commit.at} />
          </span>
        )}
        {commit !== null && (
          <small>
            <code title={commit.id}>{commit.id.slice(0, 8)}</code>
            {commitCount > 1 && `, in ${commitCount} commits`}
          </small>
        )}
        {ownerIds.length > 0 && (
          <small>
            owner{' '}
            {ownerIds.map((id, at) => (
              <span key={id}>
                {at > 0 && ', '}
                <Party id={id} />
              </span>
            ))}
          </small>
        )}
      </span>
    ),
  },
  {
    id: 'seen',
    header: 'Seen',
    cell: ({ firstSeenAt, lastSeenAt, goneAt }) => (
      <span className={`${classes.place} ${classes.seen}`}>
        <span>
          {goneAt === null ? 'Last ' : 'Until '}
          <Instant at={goneAt ?? lastSeenAt} />
        </span>
        <small>
          first <Instant at={firstSeenAt} />
        </small>
      </span>
    ),
  },
];

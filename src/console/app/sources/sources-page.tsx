import { IconPlus, IconRadar2 } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { findingFacetsQuery } from '../findings/findings-queries.js';
import { Rooms } from '../findings/rooms.js';
import { ButtonLink } from '../page/button-link.js';
import { Empty } from '../page/empty.js';
import { Page } from '../page/page.js';
import { hasRole, RESPONDERS, useMe } from '../session/me.js';
import type { Column } from '../table/data-table.js';
import { FoundTable } from '../table/found-table.js';
import { Instant } from '../time/instant.js';
import { kindName } from './kinds.js';
import { LookNow } from './look-now.js';
import { RunProgress } from './run-progress.js';
import { isUnderWay, type Source, sourcesQuery } from './sources-queries.js';
import { everyWords, failureWords, HealthPill, SourceIcon } from './source-words.js';
import classes from './sources.module.css';

/** Where is looked for what nobody registered, and how far each place can be relied on. */
export function SourcesPage() {
  const me = useMe();
  const found = useInfiniteQuery(sourcesQuery);
  const facets = useQuery(findingFacetsQuery({})).data?.facets;
  const waiting = useMemo(
    () => new Map(facets?.filter(({ name }) => name === 'source').map(({ value, count }) => [value, count])),
    [facets],
  );
  const mayLook = hasRole(me, ...RESPONDERS);
  const columns = useMemo(() => columnsFor(waiting, mayLook), [waiting, mayLook]);
  const add = hasRole(me, 'administrator', 'analyst') && (
    <ButtonLink to="/sources/new" leftSection={<IconPlus size={16} aria-hidden />}>
      Add a source
    </ButtonLink>
  );
  return (
    <Page
      title="Sources"
      lead="Places that Muster looks at, and changes nothing of. One that fails keeps what was known, and never reads as clean."
      wide
      actions={add}
    >
      <Rooms />
      <FoundTable
        label="Sources"
        found={found}
        columns={columns}
        rowId={({ id }) => id}
        loadingRows={5}
        empty={
          <Empty icon={<IconRadar2 size={32} stroke={1.25} />} title="Muster looks nowhere yet." action={add}>
            <p>
              Add the repository that deploys your most critical service, or a database: what is found there is compared
              with what is registered.
            </p>
          </Empty>
        }
      />
    </Page>
  );
}

function columnsFor(waiting: ReadonlyMap<string, number>, mayLook: boolean): readonly Column<Source>[] {
  return [
    {
      id: 'name',
      header: 'Source',
      grows: true,
      narrow: 'bare',
      cell: ({ id, name, kind, place }) => (
        <span className={classes.source}>
          <SourceIcon kind={kind} />
          <span>
            <Link to="/sources/$id" params={{ id }}>
              {name}
            </Link>
            <small>
              {kindName(kind)} · <code>{place}</code>
            </small>
          </span>
        </span>
      ),
    },
    {
      id: 'health',
      header: 'Health',
      cell: (source) => (
        <span className={`${classes.two} ${source.failure === null ? '' : classes.health}`}>
          <span>
            <HealthPill source={source} />
          </span>
          {source.failure !== null && <small className={classes.bad}>{failureWords(source.failure)}</small>}
        </span>
      ),
    },
    {
      id: 'coverage',
      header: 'What was looked at',
      narrow: 'hidden',
      cell: ({ coverage }) => <span title={coverage ?? undefined}>{coverage ?? 'Nothing yet'}</span>,
    },
    {
      id: 'good',
      header: 'Last good look',
      cell: ({ run, lastGoodAt, everySeconds }) =>
        run !== null && isUnderWay(run) ? (
          <RunProgress run={run} />
        ) : (
          <span className={`${classes.two} ${classes.looked}`}>
            <span>{lastGoodAt === null ? 'Never' : <Instant at={lastGoodAt} />}</span>
            <small>{everyWords(everySeconds)}</small>
          </span>
        ),
    },
    {
      id: 'waiting',
      header: 'Open',
      cell: ({ id }) => {
        const count = waiting.get(id) ?? 0;
        return count === 0 ? (
          'none'
        ) : (
          <Link to="/findings" search={{ sourceId: id }}>
            {count.toLocaleString('en')}
          </Link>
        );
      },
    },
    ...(mayLook
      ? [
          {
            id: 'deeds',
            header: 'Actions',
            narrow: 'bare' as const,
            cell: (source: Source) => <LookNow source={source} size="compact-xs" />,
          },
        ]
      : []),
  ];
}

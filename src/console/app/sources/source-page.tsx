import { useInfiniteQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { IconCircleCheck, IconCircleX, IconClockExclamation } from '@tabler/icons-react';
import columns from '../identity/identity-page.module.css';
import standing from '../identity/standing.module.css';
import { Copyable } from '../page/copyable.js';
import { Empty } from '../page/empty.js';
import { Facts } from '../page/facts.js';
import { Page } from '../page/page.js';
import { Pill } from '../page/pill.js';
import { Section } from '../page/section.js';
import { Party } from '../people/party.js';
import type { Column } from '../table/data-table.js';
import { FoundTable } from '../table/found-table.js';
import { Instant } from '../time/instant.js';
import { FindingsOf } from '../findings/findings-of.js';
import { kindName } from './kinds.js';
import { RunProgress } from './run-progress.js';
import { SourceDeeds } from './source-deeds.js';
import { isUnderWay, runsQuery, type Source, sourceQuery, type SourceRun } from './sources-queries.js';
import {
  CAUSES,
  completeWords,
  everyWords,
  failureWords,
  HEALTHS,
  HealthPill,
  RUN_STATES,
  skippedWords,
} from './source-words.js';
import classes from './sources.module.css';

const route = getRouteApi('/signed-in/sources/$id');

/** One source: whether it can be relied on, what was looked at, how the looks went, what was found there. */
export function SourcePage() {
  const { id } = route.useParams();
  const source = useSuspenseQuery(sourceQuery(id)).data;
  const runs = useInfiniteQuery(runsQuery(id));
  useAfterLook(source);
  return (
    <Page
      title={source.name}
      over={
        <>
          <Link to="/sources">Sources</Link> / {kindName(source.kind)}
        </>
      }
      beside={<HealthPill source={source} />}
      lead={<code>{source.place}</code>}
      wide
      actions={<SourceDeeds source={source} />}
    >
      <div className={columns.columns}>
        <div className={columns.column}>
          <Standing source={source} />
          <Section
            title="Open, and seen there"
            bare
            actions={
              <Link to="/findings" search={{ sourceId: id }}>
                In the queue
              </Link>
            }
          >
            <FindingsOf
              filters={{ sourceId: id }}
              empty={
                source.health === 'good' ? 'Nothing that is open was seen there.' : 'What it holds now is not known.'
              }
            />
          </Section>
          <Section title="Looks" lead="The newest first." bare>
            <FoundTable
              label="Looks"
              found={runs}
              columns={RUNS}
              rowId={(run) => run.id}
              loadingRows={3}
              empty={
                <Empty title="Nobody has looked yet.">
                  <p>Look now, or wait for its time.</p>
                </Empty>
              }
            />
          </Section>
        </div>
        <div className={columns.column}>
          <Section title="About it">
            <About source={source} />
          </Section>
        </div>
      </div>
    </Page>
  );
}

/** When a look ends, what it found and how it went is read again. */
function useAfterLook({ run }: Source): void {
  const queries = useQueryClient();
  const wasUnderWay = useRef(false);
  const now = isUnderWay(run);
  useEffect(() => {
    if (wasUnderWay.current && !now)
      for (const queryKey of [['findings'], ['sources', 'one', run?.sourceId, 'runs'], ['sources', 'few']])
        void queries.invalidateQueries({ queryKey });
    wasUnderWay.current = now;
  }, [queries, now, run?.sourceId]);
}

/** Whether what is known of it is what is there. */
function Standing({ source }: { readonly source: Source }) {
  const { health, failure, failedAt, coverage, lastGoodAt, run, status } = source;
  const tone = health === 'good' ? 'good' : health === 'failing' ? 'bad' : 'warn';
  const Icon = { bad: IconCircleX, warn: IconClockExclamation, good: IconCircleCheck }[tone];
  return (
    <div className={standing.standing} data-tone={tone}>
      <Icon size={20} aria-hidden className={standing.icon} />
      <div className={classes.standing}>
        <strong role="status">{HEALTHS[health].means}</strong>
        {status === 'paused' && <p>It is paused: nobody looks until it goes on.</p>}
        {failure !== null && (
          <p>
            {failureWords(failure)} <code>{failure}</code>
            {failedAt !== null && (
              <>
                {' '}
                <Instant at={failedAt} />
              </>
            )}
          </p>
        )}
        {lastGoodAt !== null && (
          <p>
            {health === 'good' ? 'Looked at ' : 'Last looked at well '}
            <Instant at={lastGoodAt} />
            {coverage !== null && `: ${coverage}`}
          </p>
        )}
        {run !== null && Object.keys(run.skipped).length > 0 && <p>Passed over: {skippedWords(run.skipped)}.</p>}
        {run !== null && isUnderWay(run) && <RunProgress run={run} />}
      </div>
    </div>
  );
}

const RUNS: readonly Column<SourceRun>[] = [
  {
    id: 'state',
    header: 'How it went',
    narrow: 'bare',
    cell: ({ state }) => <Pill tone={RUN_STATES[state].tone}>{RUN_STATES[state].name}</Pill>,
  },
  {
    id: 'what',
    header: 'What was looked at',
    grows: true,
    cell: (run) => (
      <span className={classes.two}>
        <span title={run.coverage ?? undefined}>
          {isUnderWay(run)
            ? 'Goes on'
            : run.failure !== null
              ? failureWords(run.failure)
              : (run.coverage ?? 'Nothing new')}
        </span>
        {Object.keys(run.skipped).length > 0 && <small>passed over: {skippedWords(run.skipped)}</small>}
      </span>
    ),
  },
  { id: 'seen', header: 'Seen', cell: ({ observed }) => observed.toLocaleString('en') },
  {
    id: 'complete',
    header: 'All of it',
    cell: completeWords,
  },
  { id: 'cause', header: 'Why', narrow: 'hidden', cell: ({ cause }) => CAUSES[cause] },
  { id: 'at', header: 'Begun', cell: ({ startedAt }) => <Instant at={startedAt} /> },
  {
    id: 'took',
    header: 'Took',
    cell: ({ startedAt, endedAt }) => (endedAt === null ? '–' : tookWords(startedAt, endedAt)),
  },
];

function tookWords(from: string, to: string): string {
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
  return seconds < 120
    ? `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`
    : `${Math.round(seconds / 60)} min`;
}

function About({ source }: { readonly source: Source }) {
  const { privateNetwork, everySeconds, nextDueAt, keepsSecrets, caCertificates } = source;
  const settings = Object.entries(source.settings).filter(([key]) => key !== 'documents');
  return (
    <Facts
      facts={[
        ['Kind', kindName(source.kind)],
        ['Looked at', everyWords(everySeconds)],
        nextDueAt !== null && ['Next', <Instant key="next" at={nextDueAt} />],
        ['Secrets there', keepsSecrets ? 'belong there' : 'are misplaced'],
        ...settings.map(([key, value]) => [key, <code key={key}>{String(value)}</code>] as const),
        Array.isArray(source.settings.documents) && ['Documents', source.settings.documents.join(', ')],
        privateNetwork !== null && [
          'Private network',
          <span key="private">
            “{privateNetwork.reason}” <Party id={privateNetwork.by} />
          </span>,
        ],
        caCertificates !== null && ['Authorities', 'its own'],
        [
          'Added',
          <span key="added">
            <Instant at={source.createdAt} /> by <Party id={source.createdBy} />
          </span>,
        ],
        ['Changed', <Instant key="changed" at={source.changedAt} />],
        ['Id', <Copyable key="id" what="id" text={source.id} />],
      ]}
    />
  );
}

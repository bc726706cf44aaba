import { IconGhost2, IconMoodSmile } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import home from '../../home/home-page.module.css';
import { Empty } from '../../page/empty.js';
import { Page } from '../../page/page.js';
import { RowsLoading } from '../../page/page-loading.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { Section } from '../../page/section.js';
import { Party } from '../../people/party.js';
import { isKind, kindName, KINDS } from '../../sources/kinds.js';
import { SourceWarning } from '../../sources/source-warning.js';
import { type FewSources, fewSourcesQuery, type Source } from '../../sources/sources-queries.js';
import { rowsOf } from '../../table/found-table.js';
import { nameOf } from '../finding-names.js';
import { Due, VERDICTS } from '../finding-words.js';
import { findingFacetsQuery, type FindingRow, findingsQuery, type Verdict } from '../findings-queries.js';
import { placeName } from '../queue/queue.js';
import { Rooms } from '../rooms.js';
import classes from './overviews.module.css';

const SHOWN = 25;

/** What is registered and not there, beside what is there and not registered. */
export function GhostsPage() {
  const counts = useQuery(findingFacetsQuery({})).data?.facets;
  const sources = useQuery(fewSourcesQuery).data;
  const countOf = (verdict: Verdict) =>
    counts?.find(({ name, value }) => name === 'verdict' && value === verdict)?.count ?? 0;
  return (
    <Page
      title="Ghosts and shadows"
      lead="What is registered and not there, beside what is there and nobody registered: the two ways in which an inventory is wrong."
      wide
    >
      <Rooms />
      {sources && <SourceWarning sources={sources} />}
      <div className={classes.pair}>
        <div className={classes.column}>
          <List verdict="ghost" count={countOf('ghost')} empty={sources && <NoGhosts sources={sources} />} />
          {sources && <ReadWhole sources={sources} />}
        </div>
        <div className={classes.column}>
          <List
            verdict="shadow-identity"
            count={countOf('shadow-identity')}
            empty={
              <Empty
                icon={<IconMoodSmile size={28} stroke={1.25} />}
                title="Nobody works here unregistered, as far as was looked."
              />
            }
          />
          <List
            verdict="shadow-credential"
            count={countOf('shadow-credential')}
            empty={<Empty title="No identity has a credential that nobody registered, as far as was looked." />}
          />
        </div>
      </div>
    </Page>
  );
}

interface ListProps {
  readonly verdict: Verdict;
  readonly count: number;
  readonly empty: ReactNode;
}

function List({ verdict, count, empty }: ListProps) {
  const found = useInfiniteQuery(findingsQuery({ verdict }, SHOWN));
  const rows = rowsOf(found);
  const { name, means } = VERDICTS[verdict];
  return (
    <Section
      title={count === 0 ? (PLURALS[verdict] ?? name) : `${PLURALS[verdict] ?? name} · ${count.toLocaleString('en')}`}
      lead={means}
      bare
      actions={
        rows.length > 0 && (
          <Link to="/findings" search={{ verdict }}>
            In the queue
          </Link>
        )
      }
    >
      {found.isError && <ProblemPanel problem={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <RowsLoading rows={3} />}
      {found.data && rows.length === 0 && empty}
      {rows.length > 0 && (
        <ul className={home.list}>
          {rows.map((row) => (
            <Row key={row.id} row={row} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function Row({ row }: { readonly row: FindingRow }) {
  const { id, because, identityId, identityName, place, assigneeId, dueAt } = row;
  return (
    <li data-row className={home.row}>
      <span className={home.first}>
        <Link to="/findings/$id" params={{ id }} className={home.link}>
          {nameOf(row)}
        </Link>
        {identityId !== null && (
          <Link to="/identities/$id" params={{ id: identityId }}>
            {identityName}
          </Link>
        )}
      </span>
      <span className={home.about}>{because}</span>
      <span className={home.about}>
        {place !== null && `${placeName(place)} in ${place.sourceName} · `}
        <Due dueAt={dueAt} />
        {assigneeId !== null && (
          <>
            {' · '}
            <Party id={assigneeId} />
          </>
        )}
      </span>
    </li>
  );
}

const PLURALS: Readonly<Partial<Record<Verdict, string>>> = {
  ghost: 'Ghosts',
  'shadow-identity': 'Shadow identities',
  'shadow-credential': 'Shadow credentials',
};

/** Sources whose whole look tells what is gone. */
function listsAll({ kind, health }: Source): boolean {
  return isKind(kind) && KINDS[kind].lists === true && health === 'good';
}

function NoGhosts({ sources: { items } }: { readonly sources: FewSources }) {
  return items.some(listsAll) ? (
    <Empty icon={<IconMoodSmile size={28} stroke={1.25} />} title="Whatever is registered there, is there." />
  ) : (
    <Empty icon={<IconGhost2 size={28} stroke={1.25} />} title="Ghosts cannot be seen yet.">
      <p>A ghost needs a whole list: add a database, a cluster or AWS as a source. Not having looked is no evidence.</p>
    </Empty>
  );
}

/** Which lists were read whole, so that one knows how far “none” goes. */
function ReadWhole({ sources: { items, isAll } }: { readonly sources: FewSources }) {
  const whole = items.filter(listsAll);
  if (whole.length === 0) return null;
  return (
    <p className={classes.note}>
      Read whole:{' '}
      {whole.map(({ id, name, kind }, at) => (
        <span key={id}>
          {at > 0 && ', '}
          <Link to="/sources/$id" params={{ id }}>
            {name}
          </Link>{' '}
          ({kindName(kind)})
        </span>
      ))}
      {!isAll && ' and perhaps more'}. Of systems that no source reads whole, nothing is a ghost.
    </p>
  );
}

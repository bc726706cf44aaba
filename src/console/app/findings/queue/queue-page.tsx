import { Button } from '@mantine/core';
import { IconPlus, IconRadar2, IconShieldCheck } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { ButtonLink } from '../../page/button-link.js';
import { Empty } from '../../page/empty.js';
import { Page } from '../../page/page.js';
import { RowsLoading } from '../../page/page-loading.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { hasRole, useMe } from '../../session/me.js';
import { certaintyOf } from '../../sources/certainty.js';
import { SourceWarning } from '../../sources/source-warning.js';
import { type FewSources, fewSourcesQuery } from '../../sources/sources-queries.js';
import { moreOf, rowsOf } from '../../table/found-table.js';
import { type FindingFilters, findingFacetsQuery, findingsQuery } from '../findings-queries.js';
import { Rooms } from '../rooms.js';
import { FilterBar } from './filter-bar.js';
import { QueueTable } from './queue-table.js';
import { QueueViews } from './queue-views.js';
import classes from './queue.module.css';

const route = getRouteApi('/signed-in/findings');

/** What was found and wants somebody: what is due first comes first. */
export function QueuePage() {
  const me = useMe();
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const found = useInfiniteQuery({ ...findingsQuery(filters), placeholderData: keepPreviousData });
  const facets = useQuery({ ...findingFacetsQuery(filters), placeholderData: keepPreviousData });
  const sources = useQuery(fewSourcesQuery).data;
  const change = (next: FindingFilters) => void navigate({ to: '/findings', search: next, replace: true });
  const rows = rowsOf(found);
  const total = facets.data?.facets.filter(({ name }) => name === 'state').reduce((sum, { count }) => sum + count, 0);
  const mayAdd = hasRole(me, 'administrator', 'analyst');
  return (
    <Page
      title="Findings"
      lead="Credentials and accounts that nobody registered, that lie where they do not belong, or that are gone."
      wide
      actions={
        mayAdd && (
          <ButtonLink to="/sources/new" variant="default" leftSection={<IconPlus size={16} aria-hidden />}>
            Add a source
          </ButtonLink>
        )
      }
    >
      <Rooms />
      {sources && <SourceWarning sources={sources} />}
      <QueueViews filters={filters} onChange={change} />
      <FilterBar filters={filters} counted={facets.data} onChange={change} />
      <p className={classes.count} role="status">
        {total !== undefined &&
          rows.length > 0 &&
          `${facets.data?.isAll === false ? 'More than ' : ''}${total.toLocaleString('en')} ${total === 1 ? 'finding' : 'findings'}`}
        {found.isPlaceholderData && ' …'}
      </p>
      {found.isError && (
        <ProblemPanel problem={found.error} title="The queue could not be read." onRetry={() => void found.refetch()} />
      )}
      {found.isPending && <RowsLoading rows={12} />}
      {found.data && rows.length === 0 && !found.isPlaceholderData && !found.hasNextPage && (
        <Nothing filters={filters} sources={sources} mayAdd={mayAdd} onClear={() => change({})} />
      )}
      {(rows.length > 0 || found.hasNextPage) && <QueueTable rows={rows} more={moreOf(found)} />}
    </Page>
  );
}

interface NothingProps {
  readonly filters: FindingFilters;
  readonly sources: FewSources | undefined;
  readonly mayAdd: boolean;
  readonly onClear: () => void;
}

/** Why nothing is here: nothing fits, nobody has looked, not everything could be looked at, or there is nothing. */
function Nothing({ filters, sources, mayAdd, onClear }: NothingProps) {
  if (Object.keys(filters).length > 0)
    return (
      <Empty
        title="Nothing fits."
        action={
          <Button variant="default" onClick={onClear}>
            Show what is open
          </Button>
        }
      >
        <p>Every word must be part of a name, an account, an identity or a path. Try fewer, or take a filter away.</p>
      </Empty>
    );
  if (sources === undefined) return null;
  const certainty = certaintyOf(sources);
  if (certainty === 'nowhere')
    return (
      <Empty
        icon={<IconRadar2 size={32} stroke={1.25} />}
        title="Nobody has looked anywhere yet."
        action={
          mayAdd && (
            <ButtonLink to="/sources/new" leftSection={<IconPlus size={16} aria-hidden />}>
              Add the first source
            </ButtonLink>
          )
        }
      >
        <p>
          Start with the repository that deploys your most critical service: give its address, or a folder of the
          worker’s machine, and look. What is found there appears here, with whose it is.
        </p>
      </Empty>
    );
  const isCertain = certainty === 'certain';
  return (
    <Empty
      icon={isCertain ? <IconShieldCheck size={32} stroke={1.25} /> : <IconRadar2 size={32} stroke={1.25} />}
      title={isCertain ? 'Nothing is open.' : 'Nothing is open, of what could be looked at.'}
      action={
        <ButtonLink variant="default" to="/findings" search={{ state: 'settled' }}>
          Show what is settled
        </ButtonLink>
      }
    >
      <p>
        {isCertain
          ? 'Every source was looked at, and whatever was found there is registered, dismissed, or gone.'
          : certainty === 'doubtful'
            ? 'Some sources could not be looked at lately. What they hold is not known: see to them first.'
            : 'There are more sources than this page asks about: see among them which cannot be relied on.'}
      </p>
    </Empty>
  );
}

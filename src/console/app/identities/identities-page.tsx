import { Button } from '@mantine/core';
import { IconPlus, IconRobot } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { ButtonLink } from '../page/button-link.js';
import { Empty } from '../page/empty.js';
import { Page } from '../page/page.js';
import { RowsLoading } from '../page/page-loading.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { hasRole, useMe } from '../session/me.js';
import { IdentitiesTable } from './identities-table.js';
import { type IdentityFilters, identitiesQuery } from './identities-queries.js';
import { FilterBar } from './filter-bar.js';
import { Views } from './views.js';
import classes from './identities-page.module.css';

const route = getRouteApi('/signed-in/identities');

/** Every machine identity, narrowed as one types. */
export function IdentitiesPage() {
  const me = useMe();
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const found = useInfiniteQuery({ ...identitiesQuery(filters), placeholderData: keepPreviousData });
  const change = (next: IdentityFilters) => void navigate({ to: '/identities', search: next, replace: true });
  const rows = found.data?.pages.flatMap(({ items }) => items) ?? [];
  const total = found.data?.pages[0];
  const isNarrowed = Object.keys(filters).some((name) => name !== 'sort');
  const mayRegister = hasRole(me, 'administrator', 'platform-engineer');
  return (
    <Page
      title="Identities"
      wide
      actions={
        mayRegister && (
          <ButtonLink to="/register" leftSection={<IconPlus size={16} aria-hidden />}>
            Register
          </ButtonLink>
        )
      }
    >
      <Views filters={filters} onChange={change} />
      <FilterBar filters={filters} onChange={change} />
      <p className={classes.count} role="status">
        {total && countOf(total.estimatedTotal, total.totalIsExact)}
        {found.isPlaceholderData && ' …'}
      </p>
      {found.isError && (
        <ProblemPanel problem={found.error} title="The list could not be read." onRetry={() => void found.refetch()} />
      )}
      {found.isPending && <RowsLoading rows={12} />}
      {found.data && rows.length === 0 && !found.isPlaceholderData && !found.hasNextPage && (
        <Empty
          icon={<IconRobot size={32} stroke={1.25} />}
          title={isNarrowed ? 'Nothing fits.' : 'No identity is registered yet.'}
          action={
            isNarrowed ? (
              <Button variant="default" onClick={() => change({})}>
                Show all identities
              </Button>
            ) : (
              mayRegister && <ButtonLink to="/register">Register the first one</ButtonLink>
            )
          }
        >
          <p>
            {isNarrowed
              ? 'Every word must be part of the name, the SPIFFE id or the purpose. Try fewer, or take a filter away.'
              : 'Start with the account you would miss most: you need its purpose, a team and two people who answer for it.'}
          </p>
        </Empty>
      )}
      {(rows.length > 0 || found.hasNextPage) && (
        <IdentitiesTable
          rows={rows}
          more={{
            hasMore: found.hasNextPage,
            isLoading: found.isFetchingNextPage,
            load: () => void found.fetchNextPage(),
          }}
        />
      )}
    </Page>
  );
}

function countOf(total: number, isExact: boolean): string {
  const number = total.toLocaleString('en');
  return `${isExact ? '' : 'About '}${number} ${total === 1 ? 'identity' : 'identities'}`;
}

import { SegmentedControl } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Empty } from '../../page/empty.js';
import { Party } from '../../people/party.js';
import { PersonSelect } from '../../people/person-select.js';
import type { Column } from '../../table/data-table.js';
import { FoundTable } from '../../table/found-table.js';
import { QueueSearch } from '../queue/queue-search.js';
import { DecisionPill } from '../queue/decision-pill.js';
import { campaignItemsQuery, type ReviewItemRow } from '../reviews-queries.js';
import classes from './campaign.module.css';

const route = getRouteApi('/signed-in/campaigns/$id');

const STATES = [
  { value: 'all', label: 'All' },
  { value: 'open', label: 'Open' },
  { value: 'staged', label: 'Not signed' },
  { value: 'submitted', label: 'Signed' },
  { value: 'excepted', label: 'Excepted' },
];

const COLUMNS: readonly Column<ReviewItemRow>[] = [
  {
    id: 'name',
    header: 'Identity',
    grows: true,
    narrow: 'bare',
    cell: ({ id, name, privileged }) => (
      <>
        <Link to="/reviews/items/$id" params={{ id }}>
          {name}
        </Link>
        {privileged && (
          <span title="Privileged">
            {' '}
            <IconKey size={14} role="img" aria-label="Privileged" />
          </span>
        )}
      </>
    ),
  },
  { id: 'environment', header: 'Environment', narrow: 'hidden', cell: ({ environment }) => environment },
  { id: 'reviewer', header: 'Decides', cell: ({ reviewerId }) => <Party id={reviewerId} /> },
  { id: 'decision', header: 'Decision', cell: (item) => <DecisionPill item={item} /> },
  {
    id: 'reason',
    header: 'Why',
    narrow: 'hidden',
    cell: ({ decision }) => decision?.reason ?? '',
  },
];

/** Everything that was frozen, with what was decided about it. */
export function ItemsTab({ campaignId }: { readonly campaignId: string }) {
  const { q, state, reviewer } = route.useSearch();
  const navigate = route.useNavigate();
  const found = useInfiniteQuery({
    ...campaignItemsQuery(campaignId, { q, state, reviewer }),
    placeholderData: keepPreviousData,
  });
  const change = (changed: { q?: string | undefined; state?: string | undefined; reviewer?: string | undefined }) =>
    void navigate({
      to: '/campaigns/$id',
      params: { id: campaignId },
      search: (before) =>
        Object.fromEntries(Object.entries({ ...before, ...changed }).filter(([, value]) => value !== undefined)),
      replace: true,
    });
  return (
    <div className={classes.list}>
      <div className={classes.tools}>
        <QueueSearch text={q ?? ''} onChange={(text) => change({ q: text === '' ? undefined : text })} />
        <SegmentedControl
          aria-label="Which of them"
          size="xs"
          value={state ?? 'all'}
          onChange={(next) => change({ state: next === 'all' ? undefined : next })}
          data={STATES}
        />
        <PersonSelect
          label="Who decides"
          value={reviewer ?? null}
          onChange={(id) => change({ reviewer: id ?? undefined })}
        />
      </div>
      <FoundTable
        label="Identities under review"
        found={found}
        columns={COLUMNS}
        rowId={({ id }) => id}
        loadingRows={10}
        empty={
          <Empty title="Nothing fits.">
            <p>Try another word, or take a filter away.</p>
          </Empty>
        }
      />
    </div>
  );
}

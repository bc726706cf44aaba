import { SegmentedControl } from '@mantine/core';
import { IconListCheck, IconPlus } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ButtonLink } from '../../page/button-link.js';
import { Empty } from '../../page/empty.js';
import { Page } from '../../page/page.js';
import { Party } from '../../people/party.js';
import { hasRole, useMe } from '../../session/me.js';
import type { Column } from '../../table/data-table.js';
import { FoundTable } from '../../table/found-table.js';
import { Instant } from '../../time/instant.js';
import { type Campaign, campaignsQuery } from '../reviews-queries.js';
import { CampaignPill } from './campaign-words.js';
import { Rooms } from './rooms.js';

const route = getRouteApi('/signed-in/campaigns');

const STATES = [
  { value: 'open', label: 'Open' },
  { value: 'mine', label: 'Mine' },
  { value: 'closed', label: 'Closed' },
  { value: 'all', label: 'All' },
];

const COLUMNS: readonly Column<Campaign>[] = [
  {
    id: 'name',
    header: 'Campaign',
    grows: true,
    narrow: 'bare',
    cell: ({ id, name }) => (
      <Link to="/campaigns/$id" params={{ id }}>
        {name}
      </Link>
    ),
  },
  { id: 'state', header: 'State', cell: (campaign) => <CampaignPill campaign={campaign} /> },
  {
    id: 'progress',
    header: 'Signed',
    cell: ({ state, progress: { population, submitted, excepted } }) =>
      state === 'staging'
        ? '–'
        : `${(submitted + excepted).toLocaleString('en')} of ${population.toLocaleString('en')}`,
  },
  { id: 'due', header: 'Due', cell: ({ dueAt }) => <Instant at={dueAt} /> },
  { id: 'owner', header: 'Run by', cell: ({ ownerId }) => <Party id={ownerId} /> },
  {
    id: 'management',
    header: 'Acknowledged by',
    narrow: 'hidden',
    cell: ({ managementId }) => <Party id={managementId} />,
  },
];

/** Every review that was started. */
export function CampaignsPage() {
  const me = useMe();
  const { list = 'open' } = route.useSearch();
  const navigate = route.useNavigate();
  const found = useInfiniteQuery({ ...campaignsQuery(list), placeholderData: keepPreviousData });
  const mayStart = hasRole(me, 'administrator', 'analyst');
  const start = mayStart && (
    <ButtonLink to="/campaigns/new" leftSection={<IconPlus size={16} aria-hidden />}>
      Start a campaign
    </ButtonLink>
  );
  return (
    <Page
      title="Campaigns"
      lead="Reviews of everything that a scope holds, frozen at one instant, until the numbers add up."
      wide
      actions={start}
    >
      <Rooms />
      <SegmentedControl
        aria-label="Which campaigns"
        size="xs"
        style={{ justifySelf: 'start' }}
        value={STATES.some(({ value }) => value === list) ? list : 'open'}
        onChange={(next) =>
          void navigate({ to: '/campaigns', search: next === 'open' ? {} : { list: next }, replace: true })
        }
        data={STATES}
      />
      <FoundTable
        label="Campaigns"
        found={found}
        columns={COLUMNS}
        rowId={({ id }) => id}
        loadingRows={6}
        empty={
          <Empty icon={<IconListCheck size={32} stroke={1.25} />} title="There is no such campaign." action={start}>
            <p>
              A campaign asks whoever answers for an identity whether it still needs what it has, shows them the
              evidence, and sees to it that what they take away is gone.
            </p>
          </Empty>
        }
      />
    </Page>
  );
}

import { Select, SegmentedControl } from '@mantine/core';
import { IconChecks, IconPencilCheck } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { ButtonLink } from '../../page/button-link.js';
import { Empty } from '../../page/empty.js';
import { RowsLoading } from '../../page/page-loading.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { Keys } from '../../shell/keys.js';
import { Instant, useNow } from '../../time/instant.js';
import { type MyCampaign, myCampaignsQuery, queueQuery } from '../reviews-queries.js';
import { OneView } from './one-view.js';
import { ProgressBar } from './progress-bar.js';
import { QueueSearch } from './queue-search.js';
import { TableView } from './table-view.js';
import classes from './queue.module.css';

const route = getRouteApi('/signed-in/reviews');

/** What waits for this person’s decision, one campaign at a time. */
export function QueueTab() {
  const search = route.useSearch();
  const campaigns = useQuery(myCampaignsQuery);
  if (campaigns.isError) return <ProblemPanel problem={campaigns.error} onRetry={() => void campaigns.refetch()} />;
  if (!campaigns.data) return <RowsLoading rows={8} />;
  const campaign = campaigns.data.find(({ campaignId }) => campaignId === search.campaign) ?? campaigns.data[0];
  if (!campaign)
    return (
      <Empty icon={<IconChecks size={32} stroke={1.25} />} title="Nothing waits for your review.">
        <p>
          When a campaign asks about identities you answer for, they appear here, and you are told by mail where it is
          set up.
        </p>
      </Empty>
    );
  return <Queue key={campaign.campaignId} campaign={campaign} campaigns={campaigns.data} />;
}

interface QueueProps {
  readonly campaign: MyCampaign;
  readonly campaigns: readonly MyCampaign[];
}

function Queue({ campaign, campaigns }: QueueProps) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const isTable = search.view === 'table';
  const filters = { q: search.q, state: isTable ? search.state : undefined };
  const found = useInfiniteQuery({ ...queueQuery(campaign.campaignId, filters), placeholderData: keepPreviousData });
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  const change = (changed: Partial<typeof search>) =>
    void navigate({
      to: '/reviews',
      search: (before) =>
        Object.fromEntries(Object.entries({ ...before, ...changed }).filter(([, value]) => value !== undefined)),
      replace: true,
    });
  const more = {
    hasMore: found.hasNextPage,
    isLoading: found.isFetchingNextPage,
    load: () => void found.fetchNextPage(),
  };
  const View = isTable ? TableView : OneView;
  return (
    <div className={classes.queue}>
      <Standing
        campaign={campaign}
        campaigns={campaigns}
        onCampaign={(id) => change({ campaign: id, item: undefined })}
      />
      <div className={classes.tools}>
        <QueueSearch text={search.q ?? ''} onChange={(q) => change({ q: q === '' ? undefined : q, item: undefined })} />
        {isTable && (
          <SegmentedControl
            aria-label="Which of them"
            size="xs"
            value={search.state ?? 'all'}
            onChange={(state) => change({ state: state === 'all' ? undefined : state })}
            data={STATES}
          />
        )}
        <SegmentedControl
          aria-label="How they are shown"
          size="xs"
          value={isTable ? 'table' : 'one'}
          onChange={(view) => change({ view: view === 'table' ? 'table' : undefined })}
          data={[
            { value: 'one', label: 'One at a time' },
            { value: 'table', label: 'Table' },
          ]}
        />
      </div>
      {found.isError && <ProblemPanel problem={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <RowsLoading rows={8} />}
      {found.data && items.length === 0 && !found.hasNextPage && !found.isPlaceholderData && (
        <Empty title="Nothing fits.">
          <p>Try another word, or look at all of them.</p>
        </Empty>
      )}
      {items.length > 0 && <View campaign={campaign} items={items} more={more} />}
    </div>
  );
}

const STATES = [
  { value: 'all', label: 'All' },
  { value: 'open', label: 'Open' },
  { value: 'staged', label: 'Decided' },
  { value: 'submitted', label: 'Signed' },
];

interface StandingProps extends QueueProps {
  readonly onCampaign: (id: string) => void;
}

/** Which campaign it is, until when, how far one is, and the way to sign. */
function Standing({ campaign, campaigns, onCampaign }: StandingProps) {
  const { campaignId, name, dueAt, open, staged } = campaign;
  const isLate = Date.parse(dueAt) < useNow();
  return (
    <header className={classes.standing}>
      <div className={classes.campaign}>
        {campaigns.length > 1 ? (
          <Select
            aria-label="Campaign"
            data={campaigns.map((each) => ({ value: each.campaignId, label: each.name }))}
            value={campaignId}
            onChange={(chosen) => chosen !== null && onCampaign(chosen)}
            allowDeselect={false}
          />
        ) : (
          <strong>{name}</strong>
        )}
        <span className={isLate ? classes.late : classes.due}>
          {isLate ? 'was due' : 'due'} <Instant at={dueAt} />
        </span>
      </div>
      <ProgressBar progress={campaign} label="Your progress" />
      {staged > 0 && (
        <ButtonLink
          to="/reviews/sign/$id"
          params={{ id: campaignId }}
          variant={open === 0 ? 'filled' : 'default'}
          leftSection={<IconPencilCheck size={16} aria-hidden />}
          rightSection={<Keys keys={['s']} />}
          aria-keyshortcuts="s"
        >
          Sign {staged.toLocaleString('en')}
        </ButtonLink>
      )}
    </header>
  );
}

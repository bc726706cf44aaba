import { Tabs } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Page } from '../../page/page.js';
import { RowsLoading } from '../../page/page-loading.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { campaignQuery, figuresQuery } from '../reviews-queries.js';
import { CampaignDeeds } from './campaign-deeds.js';
import { CampaignPill } from './campaign-words.js';
import { EffectsTab } from './effects-tab.js';
import { ExceptionsTab } from './exceptions-tab.js';
import { ItemsTab } from './items-tab.js';
import { LooksTab } from './looks-tab.js';
import { Overview } from './overview.js';
import { QualityTab } from './quality-tab.js';
import { ScopeWords } from './scope-words.js';
import { Waiting } from './waiting.js';

const route = getRouteApi('/signed-in/campaigns/$id');

const TABS = [
  { value: 'overview', label: 'Figures' },
  { value: 'items', label: 'Identities' },
  { value: 'effects', label: 'Effects' },
  { value: 'exceptions', label: 'Exceptions' },
  { value: 'looks', label: 'Second looks' },
  { value: 'quality', label: 'Quality' },
] as const;

/** One campaign: how far it is, whether its numbers add up, and the way to its end. */
export function CampaignPage() {
  const { id } = route.useParams();
  const { tab = 'overview' } = route.useSearch();
  const navigate = route.useNavigate();
  const campaign = useSuspenseQuery(campaignQuery(id)).data;
  const isFrozen = campaign.frozenAt !== null;
  const figures = useQuery({ ...figuresQuery(id), enabled: isFrozen });
  return (
    <Page
      title={campaign.name}
      over={<Link to="/campaigns">Campaigns</Link>}
      beside={<CampaignPill campaign={campaign} />}
      lead={<ScopeWords scope={campaign.scope} />}
      wide
      actions={<CampaignDeeds campaign={campaign} />}
    >
      {campaign.state === 'staging' && <Waiting />}
      {isFrozen && (
        <Tabs
          value={TABS.some(({ value }) => value === tab) ? tab : 'overview'}
          onChange={(next) =>
            void navigate({
              to: '/campaigns/$id',
              params: { id },
              search: next === 'overview' || next === null ? {} : { tab: next },
            })
          }
          keepMounted={false}
        >
          <Tabs.List>
            {TABS.map(({ value, label }) => (
              <Tabs.Tab key={value} value={value}>
                {label}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="overview" pt="lg">
            {figures.isError && <ProblemPanel problem={figures.error} onRetry={() => void figures.refetch()} />}
            {figures.isPending && <RowsLoading rows={8} />}
            {figures.data && <Overview campaign={campaign} figures={figures.data} />}
          </Tabs.Panel>
          <Tabs.Panel value="items" pt="lg">
            <ItemsTab campaignId={id} />
          </Tabs.Panel>
          <Tabs.Panel value="effects" pt="lg">
            <EffectsTab campaign={campaign} />
          </Tabs.Panel>
          <Tabs.Panel value="exceptions" pt="lg">
            <ExceptionsTab campaign={campaign} />
          </Tabs.Panel>
          <Tabs.Panel value="looks" pt="lg">
            <LooksTab campaignId={id} />
          </Tabs.Panel>
          <Tabs.Panel value="quality" pt="lg">
            {figures.isError && <ProblemPanel problem={figures.error} onRetry={() => void figures.refetch()} />}
            {figures.isPending && <RowsLoading rows={8} />}
            {figures.data && <QualityTab figures={figures.data} />}
          </Tabs.Panel>
        </Tabs>
      )}
    </Page>
  );
}

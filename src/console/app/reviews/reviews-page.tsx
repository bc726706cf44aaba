import { Tabs } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Page } from '../page/page.js';
import { AttestationsForMe } from './attestations.js';
import { LooksForMe } from './looks.js';
import { QueueTab } from './queue/queue-tab.js';
import { effectsQuery, samplesQuery } from './reviews-queries.js';

const route = getRouteApi('/signed-in/reviews');
const TABS = ['queue', 'looks', 'attestations'];

/** What waits for this very person: identities to decide about, keeps to look at again, and words to give. */
export function ReviewsPage() {
  const { tab } = route.useSearch();
  const navigate = route.useNavigate();
  const looks = useInfiniteQuery(samplesQuery({ reviewer: 'me', state: 'open' })).data?.pages;
  const attestations = useInfiniteQuery(effectsQuery({ ownerId: 'me', state: 'attestation-needed' })).data?.pages;
  return (
    <Page
      title="Reviews"
      lead="Does each still need what it has? Decide one by one, then sign once for all of it."
      wide
    >
      <Tabs
        value={tab !== undefined && TABS.includes(tab) ? tab : 'queue'}
        onChange={(next) =>
          void navigate({ to: '/reviews', search: next === 'queue' || next === null ? {} : { tab: next } })
        }
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="queue">My queue</Tabs.Tab>
          <Tabs.Tab value="looks">Second looks{counted(looks)}</Tabs.Tab>
          <Tabs.Tab value="attestations">To attest{counted(attestations)}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="queue" pt="lg">
          <QueueTab />
        </Tabs.Panel>
        <Tabs.Panel value="looks" pt="lg">
          <LooksForMe />
        </Tabs.Panel>
        <Tabs.Panel value="attestations" pt="lg">
          <AttestationsForMe />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

interface SomePages {
  readonly items: readonly unknown[];
  readonly nextCursor: string | null;
}

/** “ (3)”, or nothing where there is nothing. */
function counted(pages: readonly SomePages[] | undefined): string {
  const count = pages?.reduce((sum, { items }) => sum + items.length, 0) ?? 0;
  if (count === 0) return '';
  return pages?.at(-1)?.nextCursor ? ` (${count}+)` : ` (${count})`;
}

import { Button, Select } from '@mantine/core';
import { IconChecks } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Empty } from '../../page/empty.js';
import { RowsLoading } from '../../page/page-loading.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { hasRole, useMe } from '../../session/me.js';
import { type Campaign, type Effect, effectsQuery } from '../reviews-queries.js';
import { EffectCard } from './effect-card.js';
import { EFFECT_STATES } from './effect-words.js';
import classes from './campaign.module.css';

const route = getRouteApi('/signed-in/campaigns/$id');

/** What the decisions ask to be done, each until it is seen to be so. */
export function EffectsTab({ campaign }: { readonly campaign: Campaign }) {
  const me = useMe();
  const { state } = route.useSearch();
  const navigate = route.useNavigate();
  const chosen = EFFECT_STATES.some(({ value }) => value === state) ? (state as Effect['state']) : undefined;
  const found = useInfiniteQuery({
    ...effectsQuery({ campaignId: campaign.id, ...(chosen && { state: chosen }) }),
    placeholderData: keepPreviousData,
  });
  const effects = found.data?.pages.flatMap(({ items }) => items) ?? [];
  const mayExcept = campaign.state === 'open' && (campaign.ownerId === me.person.id || hasRole(me, 'administrator'));
  return (
    <div className={classes.list}>
      <Select
        aria-label="Which effects"
        placeholder="All"
        style={{ justifySelf: 'start' }}
        data={EFFECT_STATES}
        value={chosen ?? null}
        onChange={(next) =>
          void navigate({
            to: '/campaigns/$id',
            params: { id: campaign.id },
            search: { tab: 'effects', ...(next !== null && { state: next }) },
            replace: true,
          })
        }
        clearable
      />
      {found.isError && <ProblemPanel problem={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <RowsLoading rows={6} />}
      {found.data && effects.length === 0 && (
        <Empty
          icon={<IconChecks size={32} stroke={1.25} />}
          title={chosen ? 'Nothing is so.' : 'Nothing is to be done.'}
        >
          <p>What somebody reduces, revokes or reassigns appears here once it is signed, until it is seen to be so.</p>
        </Empty>
      )}
      {effects.map((effect) => (
        <EffectCard key={effect.id} effect={effect} mayExcept={mayExcept} />
      ))}
      {found.hasNextPage && (
        <Button variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          Show more
        </Button>
      )}
    </div>
  );
}

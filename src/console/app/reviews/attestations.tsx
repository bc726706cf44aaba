import { IconWriting } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Empty } from '../page/empty.js';
import { RowsLoading } from '../page/page-loading.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { EffectCard } from './campaigns/effect-card.js';
import classes from './campaigns/campaign.module.css';
import { effectsQuery } from './reviews-queries.js';

/** What this person has to do by hand where Muster cannot, and to say that it is done. */
export function AttestationsForMe() {
  const found = useInfiniteQuery(effectsQuery({ ownerId: 'me', state: 'attestation-needed' }));
  const effects = found.data?.pages.flatMap(({ items }) => items) ?? [];
  if (found.isError) return <ProblemPanel problem={found.error} onRetry={() => void found.refetch()} />;
  if (found.isPending) return <RowsLoading rows={5} />;
  if (effects.length === 0)
    return (
      <Empty icon={<IconWriting size={32} stroke={1.25} />} title="Nothing waits for your word.">
        <p>
          Where a review takes something away on a system that Muster cannot look into, whoever verified it does so by
          hand, and attests it here.
        </p>
      </Empty>
    );
  return (
    <div className={classes.list}>
      {effects.map((effect) => (
        <EffectCard key={effect.id} effect={effect} mayExcept={false} />
      ))}
    </div>
  );
}

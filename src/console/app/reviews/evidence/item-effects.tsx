import { useInfiniteQuery } from '@tanstack/react-query';
import { Section } from '../../page/section.js';
import { EffectCard } from '../campaigns/effect-card.js';
import { effectsQuery, type ReviewItem } from '../reviews-queries.js';
import classes from './item-page.module.css';

/** What the decision asks to be done, and whether it is. */
export function ItemEffects({ item }: { readonly item: ReviewItem }) {
  const found = useInfiniteQuery(effectsQuery({ campaignId: item.campaignId, itemId: item.id }));
  const effects = found.data?.pages.flatMap(({ items }) => items) ?? [];
  if (effects.length === 0) return null;
  return (
    <Section title="What becomes of it" bare>
      <div className={classes.decision}>
        {effects.map((effect) => (
          <EffectCard key={effect.id} effect={effect} mayExcept={false} />
        ))}
      </div>
    </Section>
  );
}

import { useInfiniteQuery } from '@tanstack/react-query';
import { Section } from '../../page/section.js';
import { EffectPill } from '../campaigns/effect-words.js';
import { effectsQuery, type SubmissionPreview } from '../reviews-queries.js';
import classes from './sign.module.css';

/** What becomes of what was taken away, as it happens. */
export function Outcomes({ signed }: { readonly signed: SubmissionPreview }) {
  const mine = new Set(signed.decisions.map(({ itemId }) => itemId));
  const found = useInfiniteQuery(effectsQuery({ campaignId: signed.campaignId })).data?.pages ?? [];
  const effects = found.flatMap(({ items }) => items).filter(({ itemId }) => mine.has(itemId));
  if (effects.length === 0) return null;
  return (
    <Section title="What becomes of it" lead="Muster looks at each target again, until it has seen that it is gone.">
      <ul className={classes.outcomes}>
        {effects.map((effect) => (
          <li key={effect.id}>
            <EffectPill effect={effect} />
            <span>{effect.words}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

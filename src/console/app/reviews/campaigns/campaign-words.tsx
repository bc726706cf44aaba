import { Pill, type Tone } from '../../page/pill.js';
import { useNow } from '../../time/instant.js';
import { sentence } from '../../words/deeds.js';
import type { Campaign } from '../reviews-queries.js';

const TONES: Readonly<Record<Campaign['state'], Tone>> = {
  staging: 'info',
  open: 'warn',
  closed: 'good',
  cancelled: 'still',
};

export function CampaignPill({ campaign: { state, dueAt } }: { readonly campaign: Pick<Campaign, 'state' | 'dueAt'> }) {
  const now = useNow();
  const isLate = state === 'open' && Date.parse(dueAt) < now;
  if (isLate) return <Pill tone="bad">Overdue</Pill>;
  return <Pill tone={TONES[state]}>{state === 'staging' ? 'Being frozen' : sentence(state)}</Pill>;
}

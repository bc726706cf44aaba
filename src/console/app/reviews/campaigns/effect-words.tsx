import { Pill, type Tone } from '../../page/pill.js';
import type { Effect } from '../reviews-queries.js';

const STATES: Readonly<Record<Effect['state'], { readonly name: string; readonly tone: Tone }>> = {
  pending: { name: 'To be done', tone: 'info' },
  applied: { name: 'Done, not verified', tone: 'info' },
  verified: { name: 'Verified', tone: 'good' },
  'attestation-needed': { name: 'To attest', tone: 'warn' },
  attested: { name: 'Attested', tone: 'still' },
  failed: { name: 'Failed', tone: 'bad' },
};

export const EFFECT_STATES = Object.entries(STATES).map(([value, { name }]) => ({ value, label: name }));

export function EffectPill({ effect: { state, exceptionId } }: { readonly effect: Effect }) {
  if (exceptionId !== null) return <Pill tone="warn">Excepted</Pill>;
  const { name, tone } = STATES[state];
  return <Pill tone={tone}>{name}</Pill>;
}

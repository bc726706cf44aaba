import { Pill, type Tone } from '../page/pill.js';
import { plain, sentence } from '../words/deeds.js';
import type { IdentitySummary } from './identities-queries.js';

const STATUS_TONES: Readonly<Record<IdentitySummary['status'], Tone>> = {
  active: 'good',
  pending: 'warn',
  suspended: 'bad',
  retired: 'still',
};

const CRITICALITY_TONES: Readonly<Record<IdentitySummary['criticality'], Tone>> = {
  low: 'still',
  medium: 'still',
  high: 'warn',
  critical: 'bad',
};

/** Every kind of machine identity, and what it is. */
export const KINDS: Readonly<Record<IdentitySummary['kind'], string>> = {
  'service-account': 'A program that runs by itself and signs in as itself',
  bot: 'Does chores for people: chat, tickets, trading desks',
  'ci-pipeline': 'Builds and deploys',
  workload: 'A service or job on a platform, such as a pod',
  'ai-agent': 'Decides by itself what it does next',
  'third-party-integration': 'Somebody else’s product that reaches into ours',
  'api-key': 'A key of another system',
  'enforcement-point': 'A server that refuses what Muster refuses',
};

export function StatusPill({ status }: { readonly status: IdentitySummary['status'] }) {
  return <Pill tone={STATUS_TONES[status]}>{sentence(status)}</Pill>;
}

export function CriticalityPill({ criticality }: { readonly criticality: IdentitySummary['criticality'] }) {
  return <Pill tone={CRITICALITY_TONES[criticality]}>{sentence(criticality)}</Pill>;
}

export function kindName(kind: IdentitySummary['kind']): string {
  return sentence(plain(kind)).replace('Ai ', 'AI ').replace('Ci ', 'CI ').replace('Api ', 'API ');
}

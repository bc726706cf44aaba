import { Pill, type Tone } from '../page/pill.js';
import { useNow } from '../time/instant.js';
import { fromNow } from '../time/spoken.js';
import type { Finding, FindingState, Verdict } from './findings-queries.js';

/** What each verdict means, in the order of how much it wants somebody. */
export const VERDICTS: Readonly<
  Record<Verdict, { readonly name: string; readonly tone: Tone; readonly means: string }>
> = {
  'shadow-identity': {
    name: 'Shadow identity',
    tone: 'bad',
    means: 'It says whose it is, and nobody registered that one.',
  },
  'shadow-credential': {
    name: 'Shadow credential',
    tone: 'bad',
    means: 'A new credential of an identity that is known.',
  },
  misplaced: {
    name: 'Misplaced',
    tone: 'bad',
    means: 'It is registered, and lies where it does not belong, or after its end.',
  },
  unattributed: { name: 'Unattributed', tone: 'warn', means: 'It opens something, and says nothing of whose it is.' },
  ghost: { name: 'Ghost', tone: 'warn', means: 'It is registered, and its system, read whole, does not have it.' },
  registered: { name: 'Registered', tone: 'good', means: 'It is somebody’s, and where it belongs.' },
  placeholder: {
    name: 'Placeholder',
    tone: 'still',
    means: 'A sample, a canary, or what stands in place of a secret.',
  },
  human: { name: 'A person’s', tone: 'still', means: 'A person’s own account: no machine identity.' },
};

export const STATES: Readonly<Record<FindingState, { readonly name: string; readonly tone: Tone }>> = {
  open: { name: 'Open', tone: 'warn' },
  retiring: { name: 'Being retired', tone: 'info' },
  dismissed: { name: 'Dismissed', tone: 'still' },
  settled: { name: 'Settled', tone: 'good' },
  closed: { name: 'Closed', tone: 'good' },
  merged: { name: 'Merged', tone: 'still' },
};

export const BANDS: Readonly<Record<Finding['band'], { readonly name: string; readonly tone: Tone }>> = {
  high: { name: 'High', tone: 'bad' },
  medium: { name: 'Medium', tone: 'warn' },
  low: { name: 'Low', tone: 'still' },
};

export const KINDS: Readonly<Record<Finding['kind'], string>> = {
  credential: 'Credential',
  account: 'Account',
  ghost: 'Registered name',
};

export const AGES = {
  new: 'Less than a week',
  week: 'A week and more',
  month: 'A month and more',
  quarter: 'A quarter and more',
} as const;

export const WAYS: Readonly<Record<NonNullable<Finding['retirement']>['way'], string>> = {
  'revoke-certificate': 'Muster revokes the certificate',
  rotate: 'Muster rotates what opens it',
  'close-account': 'Muster closes the account on its target',
  steps: 'People end it where it was issued',
};

export function VerdictPill({ verdict }: { readonly verdict: Verdict }) {
  return <Pill tone={VERDICTS[verdict].tone}>{VERDICTS[verdict].name}</Pill>;
}

export function StatePill({ state }: { readonly state: FindingState }) {
  return <Pill tone={STATES[state].tone}>{STATES[state].name}</Pill>;
}

/** Until when somebody is to have closed it. */
export function Due({ dueAt }: { readonly dueAt: string | null }) {
  const now = useNow();
  if (dueAt === null) return null;
  const isLate = Date.parse(dueAt) < now;
  return (
    <time dateTime={dueAt} style={isLate ? { color: 'var(--bad)', fontWeight: 550 } : undefined}>
      {isLate ? `was due ${fromNow(dueAt, now)}` : `due ${fromNow(dueAt, now)}`}
    </time>
  );
}

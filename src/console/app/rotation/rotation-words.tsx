import { Pill, type Tone } from '../page/pill.js';
import { useNow } from '../time/instant.js';
import { plain, sentence } from '../words/deeds.js';
import type { Rotation, Run, RunState, WholeRun } from './rotation-queries.js';

type Evidence = NonNullable<WholeRun['evidence']>;

export const RUN_STATES: Readonly<Record<RunState, { readonly name: string; readonly tone: Tone }>> = {
  planned: { name: 'Waits for its turn', tone: 'info' },
  running: { name: 'Under way', tone: 'info' },
  held: { name: 'Held', tone: 'warn' },
  stuck: { name: 'Stuck', tone: 'bad' },
  finished: { name: 'Finished', tone: 'good' },
  cancelled: { name: 'Cancelled', tone: 'still' },
};

/** What each step does, towards the new one and back from it. */
export const STEPS: Readonly<Record<Run['step'], { readonly forth: string; readonly back: string }>> = {
  create: { forth: 'Make the new one', back: 'Make the new one' },
  deliver: { forth: 'Deliver the new one', back: 'Deliver the old one again' },
  'verify-new': { forth: 'Prove that the new one works', back: 'Prove that the old one works' },
  'watch-old': { forth: 'Watch who still uses the old one', back: 'Watch who still uses the new one' },
  'revoke-old': { forth: 'Withdraw the old one', back: 'Withdraw the new one' },
  'verify-dead': { forth: 'Prove that the old one is dead', back: 'Prove that the new one is dead' },
};

export const CAUSES: Readonly<Record<Run['cause'], string>> = {
  schedule: 'Its schedule',
  'maximum-age': 'Its age',
  suspicion: 'A suspicion',
  emergency: 'An emergency',
  'by-hand': 'By hand',
};

export const VERDICTS: Readonly<Record<Evidence['verdict'], { readonly words: string; readonly tone: Tone }>> = {
  permitted: { words: 'Nobody is left on it: it may go.', tone: 'good' },
  old_still_used: { words: 'Somebody still uses it.', tone: 'bad' },
  consumer_not_seen: { words: 'Somebody known was not seen on the one that stays.', tone: 'warn' },
  observing: { words: 'Nobody was seen on it; it is watched for as long as is asked.', tone: 'info' },
  waiting_for_its_life: { words: 'Nobody can see who uses it, so it is kept until it ends by itself.', tone: 'info' },
  evidence_incomplete: { words: 'Only samples of its use can be seen: they never let it go.', tone: 'warn' },
  no_evidence: { words: 'Nothing shows who uses it, and it never ends by itself.', tone: 'bad' },
};

export const COVERAGES: Readonly<Record<Evidence['coverage'], string>> = {
  complete: 'Complete: every use is seen, however short.',
  sampled: 'Samples: what is there when one looks. They may hold it up, and never let it go.',
  late: 'Late: every use is seen, but only after a while.',
  none: 'None: the target cannot tell who uses it.',
};

export function RunPill({ run: { state } }: { readonly run: Pick<Run, 'state'> }) {
  const { name, tone } = RUN_STATES[state];
  return <Pill tone={tone}>{name}</Pill>;
}

/** What is under way of it, or how it rests. */
export function RotationPill({ rotation: { status, run, nextDueAt } }: { readonly rotation: Rotation }) {
  const now = useNow();
  if (run !== null) return <RunPill run={run} />;
  if (status === 'paused') return <Pill tone="still">Paused</Pill>;
  if (nextDueAt !== null && Date.parse(nextDueAt) < now) return <Pill tone="warn">Due</Pill>;
  return <Pill tone="good">Rests</Pill>;
}

/** A code of what keeps a run, as words. */
export function failureWords(code: string): string {
  return sentence(plain(code));
}

/** “1 → 2”; 0 is what Muster did not make. */
export function versionsOf({ oldVersion, newVersion }: Pick<Run, 'oldVersion' | 'newVersion'>): string {
  return `${oldVersion ?? 0} → ${newVersion}`;
}

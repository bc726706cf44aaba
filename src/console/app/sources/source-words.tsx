import {
  IconBox,
  IconBrandAws,
  IconBrandGithub,
  IconBrandGitlab,
  IconDatabase,
  IconFileExport,
  IconFolder,
  IconGitBranch,
  IconShip,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import { Pill, type Tone } from '../page/pill.js';
import { plain, sentence } from '../words/deeds.js';
import type { Health, Source, SourceRun } from './sources-queries.js';

/** Only what was read lately and to its end may read as clean. */
export const HEALTHS: Readonly<Record<Health, { readonly name: string; readonly tone: Tone; readonly means: string }>> =
  {
    good: { name: 'Good', tone: 'good', means: 'It was looked at lately, and let Muster in.' },
    stale: { name: 'Stale', tone: 'warn', means: 'It was not looked at for long: what is known of it is old.' },
    partial: {
      ...{ name: 'Partial', tone: 'warn' },
      means: 'The last look could not read all of it. What was known there stays, and what came since is not known.',
    },
    failing: { name: 'Failing', tone: 'bad', means: 'The last look failed. What was known before stays known.' },
    unread: { name: 'Never read', tone: 'warn', means: 'Nobody has looked yet: nothing is known of it.' },
  };

/** What each failure means, and what ends it. */
const FAILURES: Readonly<Record<string, string>> = {
  source_malformed: 'Its export or answer is not what its vendor documents.',
  source_refused: 'It let nobody in, or not as far as it must be read: give access again, with the rights to read.',
  source_missing: 'Its address, path or account is not there.',
  source_unreachable: 'It could not be reached, or did not answer in time.',
  source_too_large: 'It says more than is taken from one source: divide it into several.',
  source_fatal: 'Whoever looked at it died, again and again: see the log of the worker, and divide it into several.',
  source_stopped: 'It was told to end: look again.',
  source_untrusted: 'It does not prove its name: give the authority that vouches for it.',
  source_failed: 'It answered with something that nobody foresaw.',
  consent_required: 'It lies on a network of your own, or is not encrypted: consent to that with a reason.',
  folder_not_allowed: 'The operator has not opened this folder for reading: it must be below one of SOURCE_FOLDERS.',
  settings_invalid: 'Its settings are not those of such a source any more: change it.',
  access_invalid: 'What opens it is not what opens such a source: give access again.',
  internal: 'Something went wrong within Muster: its log says what.',
};

export const CAUSES: Readonly<Record<SourceRun['cause'], string>> = {
  schedule: 'Its schedule',
  'by-hand': 'By hand',
  event: 'Something that happened',
};

export const RUN_STATES: Readonly<Record<SourceRun['state'], { readonly name: string; readonly tone: Tone }>> = {
  waiting: { name: 'Waits for a worker', tone: 'info' },
  running: { name: 'Looking', tone: 'info' },
  finished: { name: 'Ended well', tone: 'good' },
  failed: { name: 'Failed', tone: 'bad' },
  cancelled: { name: 'Cancelled', tone: 'still' },
};

const ICONS: Readonly<Record<string, ComponentType<{ size?: number; stroke?: number; 'aria-hidden'?: boolean }>>> = {
  'aws-iam': IconBrandAws,
  exports: IconFileExport,
  files: IconFolder,
  git: IconGitBranch,
  github: IconBrandGithub,
  gitlab: IconBrandGitlab,
  image: IconBox,
  kubernetes: IconShip,
};

export function SourceIcon({ kind, size = 18 }: { readonly kind: string; readonly size?: number }) {
  const Icon = ICONS[kind] ?? IconDatabase;
  return <Icon size={size} stroke={1.5} aria-hidden />;
}

export function HealthPill({ source: { health, status } }: { readonly source: Pick<Source, 'health' | 'status'> }) {
  if (status === 'paused') return <Pill tone="still">Paused</Pill>;
  return <Pill tone={HEALTHS[health].tone}>{HEALTHS[health].name}</Pill>;
}

export function failureWords(code: string): string {
  return FAILURES[code] ?? sentence(plain(code));
}

/** Whether a run saw everything, only what changed, or not all: something was passed over. */
export function completeWords({ complete, skipped }: Pick<SourceRun, 'complete' | 'skipped'>): string {
  if (complete === null) return '–';
  if (complete) return 'Yes';
  return Object.keys(skipped).length > 0 ? 'Not all' : 'What changed';
}

/** “2 could not be read, 1 too large”. */
export function skippedWords(skipped: SourceRun['skipped']): string {
  return Object.entries(skipped)
    .sort(([, one], [, other]) => other - one)
    .map(([reason, count]) => `${count.toLocaleString('en')} ${plain(reason)}`)
    .join(', ');
}

const UNITS = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
] as const;

/** “Every 6 hours”, “Every day”, “By hand”. */
export function everyWords(everySeconds: number | null): string {
  if (everySeconds === null) return 'By hand';
  const [length, unit] = UNITS.find(([seconds]) => everySeconds % seconds === 0) ?? [1, 'second'];
  const count = everySeconds / length;
  return count === 1 ? `Every ${unit}` : `Every ${count} ${unit}s`;
}

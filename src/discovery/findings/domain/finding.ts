import { addSeconds, DAY_SECONDS, type Id } from '../../../kernel/index.js';
import type { Band } from '../../domain/finding.js';
import type { Thing } from '../../domain/resolution/thing.js';
import type { Resolution, Verdict } from '../../domain/resolution/verdict.js';

/**
 * `open`: somebody has to do something. `retiring`: it is being done, and the next look confirms it. `dismissed`: somebody said
 * why not, until a day. `settled`: nothing is to be done. `closed`: it was seen nowhere any more. `merged`: it is another one.
 */
export const FINDING_STATES = ['open', 'retiring', 'dismissed', 'settled', 'closed', 'merged'] as const;
export type FindingState = (typeof FINDING_STATES)[number];

export const RETIREMENT_WAYS = ['revoke-certificate', 'rotate', 'close-account', 'steps'] as const;

/** How something is being brought to its end. */
export interface Retirement {
  readonly way: (typeof RETIREMENT_WAYS)[number];
  readonly reason: string;
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
}

/** One secret, one account, or one that should be there and is not: what it is, and what becomes of it. */
export interface QueuedFinding {
  readonly id: Id<'finding'>;
  readonly kind: 'credential' | 'account' | 'ghost';
  readonly thing: Thing;
  readonly resolution: Resolution;
  readonly state: FindingState;
  readonly assigneeId: Id<'person'> | null;
  readonly placeCount: number;
  readonly exposedCount: number;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly openedAt: Date | null;
  readonly dueAt: Date | null;
  readonly dismissedBy: string | null;
  readonly dismissedReason: string | null;
  readonly dismissedUntil: Date | null;
  readonly retirement: Retirement | null;
  readonly mergedInto: Id<'finding'> | null;
  readonly version: number;
  readonly changedAt: Date;
}

/** Within how many days it is to be closed, by how much it is to be believed. */
export const SERVICE_DAYS: Readonly<Record<Band, number>> = { high: 3, medium: 14, low: 90 };

/** Nothing that could be ended. */
const NOBODYS: readonly Verdict[] = ['placeholder', 'human'];
const NOTHING_TO_DO: readonly Verdict[] = ['registered', ...NOBODYS];

/**
 * What becomes of a finding once it was resolved again: what is nowhere any more is closed, what needs nobody is settled, what
 * is being retired stays so until its system shows it shut, what was dismissed stays so until its day unless it has become something else, and all else is open, since when it began to be.
 *
 * @returns the same object where nothing has changed
 */
export function resolvedAgain(finding: QueuedFinding, resolution: Resolution, at: Date): QueuedFinding {
  const state = nextState(finding, resolution, at);
  const isSame = JSON.stringify(resolution) === JSON.stringify(finding.resolution);
  if (isSame && state === finding.state) return finding;
  const after = { ...finding, resolution, version: finding.version + 1, changedAt: at };
  return inState(after, state, at);
}

export function inState(finding: QueuedFinding, state: FindingState, at: Date): QueuedFinding {
  const waits = state === 'open' || state === 'retiring';
  const openedAt = waits ? (finding.openedAt ?? at) : null;
  return {
    ...finding,
    state,
    openedAt,
    dueAt: openedAt && addSeconds(openedAt, SERVICE_DAYS[finding.thing.band] * DAY_SECONDS),
    ...(state === 'dismissed' ? {} : { dismissedBy: null, dismissedReason: null, dismissedUntil: null }),
    ...(state === 'retiring' ? {} : { retirement: null }),
  };
}

function nextState(finding: QueuedFinding, { verdict, identityId }: Resolution, at: Date): FindingState {
  if (finding.state === 'merged') return 'merged';
  if (finding.placeCount === 0 && verdict !== 'ghost') return 'closed';
  const isEnding = finding.state === 'retiring';
  if (isShut(finding.thing) && (isEnding || finding.state === 'settled')) return 'settled';
  // Ending it makes something else of it: what was registered is revoked then.
  if (isEnding && !NOBODYS.includes(verdict)) return 'retiring';
  if (NOTHING_TO_DO.includes(verdict)) return 'settled';
  const became = verdict !== finding.resolution.verdict || identityId !== finding.resolution.identityId;
  return finding.state === 'dismissed' && !became && finding.dismissedUntil! > at ? 'dismissed' : 'open';
}

/** Its own system lists it as one that opens nothing any more. */
function isShut({ kind, band }: Thing): boolean {
  return kind === 'account' && band === 'low';
}

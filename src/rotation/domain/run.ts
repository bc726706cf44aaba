import type { Id } from '../../kernel/index.js';
import type { Evidence } from './evidence.js';

/** In this order, always. Each is stored before it acts; wherever a run stops, one or two credentials work. */
export const STEPS = ['create', 'deliver', 'verify-new', 'watch-old', 'revoke-old', 'verify-dead'] as const;
export type Step = (typeof STEPS)[number];

/**
 * `planned`: an emergency's, waiting for its turn; `running`; `held`: by a freeze or its pair, and goes on by itself; `stuck`:
 * only a human goes on, by the runbook that it shows; then `finished` or `cancelled`, for good.
 */
export const RUN_STATES = ['planned', 'running', 'held', 'stuck', 'finished', 'cancelled'] as const;
export type RunState = (typeof RUN_STATES)[number];
export const LIVE_RUN_STATES: readonly RunState[] = ['planned', 'running', 'held', 'stuck'];

/** `back` once it was cancelled: the same steps, from the new one to the old one, and nobody is stranded then either. */
export const DIRECTIONS = ['forth', 'back'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** Why it runs. Only an emergency, with its proof, runs through a freeze. */
export const RUN_CAUSES = ['schedule', 'maximum-age', 'suspicion', 'emergency', 'by-hand'] as const;
export type RunCause = (typeof RUN_CAUSES)[number];

/** One rotation carried through. */
export interface Run {
  readonly id: Id<'rotationRun'>;
  readonly rotationId: Id<'rotation'>;
  readonly cause: RunCause;
  readonly reason: string | null;
  readonly emergencyId: Id<'rotationEmergency'> | null;
  readonly state: RunState;
  readonly direction: Direction;
  readonly step: Step;
  readonly newVersion: number;
  /** Null at the first one, which replaces what Muster did not make. */
  readonly oldVersion: number | null;
  /** Attempts at this step that failed in a row. */
  readonly attempts: number;
  /** When it is looked at next; null when nobody looks at it by themselves. */
  readonly dueAt: Date | null;
  /** Until when somebody has it, and the number of their turn: only the newest turn stores anything. */
  readonly claimedUntil: Date | null;
  readonly claim: number;
  /** Stable code of what keeps it: of the last attempt, the freeze, the gate. */
  readonly failure: string | null;
  /** Since when the old one has not been seen in use, by complete evidence. */
  readonly quietSince: Date | null;
  /** Since when its use is watched. */
  readonly watchedSince: Date | null;
  /** What the gate saw last. */
  readonly evidence: Evidence | null;
  readonly overriddenBy: string | null;
  readonly overrideReason: string | null;
  readonly cancelReason: string | null;
  /** The name of its pair while it acts. */
  readonly pairTaken: string | null;
  readonly startedBy: string;
  readonly startedAt: Date;
  readonly stepSince: Date;
  readonly endedAt: Date | null;
  readonly version: number;
}

/** One step of a run, in one direction. */
export interface StepState {
  readonly runId: Id<'rotationRun'>;
  readonly direction: Direction;
  readonly step: Step;
  readonly begunAt: Date;
  /** What was there before it acted. */
  readonly survey: Readonly<Record<string, unknown>> | null;
  readonly doneAt: Date | null;
  readonly attempts: number;
  readonly failure: string | null;
}

/** Which version is to stay, and which is to go; null for what Muster did not make. */
export function endsOf({ direction, newVersion, oldVersion }: Pick<Run, 'direction' | 'newVersion' | 'oldVersion'>) {
  return direction === 'forth'
    ? { keep: newVersion as number | null, drop: oldVersion }
    : { keep: oldVersion, drop: newVersion as number | null };
}

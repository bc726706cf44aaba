import type { Id } from '../../kernel/index.js';

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
  readonly step: Step;
  readonly newVersion: number;
  /** Null at the first one, which replaces what Muster did not make. */
  readonly oldVersion: number | null;
  /** Attempts at this step that failed in a row. */
  readonly attempts: number;
  /** When it is looked at next, and until when somebody has it. */
  readonly dueAt: Date;
  readonly claimedUntil: Date | null;
  /** Stable code of what keeps it: of the last attempt, the freeze, the gate. */
  readonly failure: string | null;
  /** Since when the old one has not been seen in use, by complete evidence. */
  readonly quietSince: Date | null;
  readonly overriddenBy: string | null;
  readonly startedAt: Date;
  readonly stepSince: Date;
  readonly endedAt: Date | null;
  readonly version: number;
}

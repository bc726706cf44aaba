import type { Id, Json } from '../../../kernel/index.js';

export const RUN_CAUSES = ['schedule', 'by-hand', 'event'] as const;
export type RunCause = (typeof RUN_CAUSES)[number];
export const RUN_STATES = ['waiting', 'running', 'finished', 'failed', 'cancelled'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** One look at a source. */
export interface SourceRun {
  readonly id: Id<'sourceRun'>;
  readonly sourceId: Id<'source'>;
  readonly cause: RunCause;
  /** From the beginning, whatever the last one left. */
  readonly anew: boolean;
  readonly state: RunState;
  readonly startedBy: string;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  /** Who has it: another number every time. */
  readonly claim: number;
  /** How often whoever had it was not heard of any more. */
  readonly deaths: number;
  readonly done: number;
  /** Of how many; null where that is not known before the end. */
  readonly ofAll: number | null;
  /** What was said to have been seen, each place by itself. */
  readonly observed: number;
  /** What was passed over: how many of each reason. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly complete: boolean | null;
  readonly coverage: string | null;
  /** Stable code. */
  readonly failure: string | null;
}

/** What a run has come to, as it goes on. */
export interface Advance {
  readonly done: number;
  readonly ofAll: number | null;
  readonly observed: number;
  readonly skipped: Readonly<Record<string, number>>;
}

/** A run that ended well as the audit log keeps it. */
export function runImage(run: SourceRun): { readonly [key: string]: Json } {
  return {
    id: run.id,
    source_id: run.sourceId,
    cause: run.cause,
    started_by: run.startedBy,
    started_at: run.startedAt.toISOString(),
    observed: run.observed,
    skipped: { ...run.skipped },
    complete: run.complete,
    coverage: run.coverage,
  };
}

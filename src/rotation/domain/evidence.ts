import type { Coverage } from '../../targets/index.js';

/** Somebody who was still seen on the one that is to go. */
export interface RemainingCaller {
  readonly address: string;
  readonly application: string | null;
  readonly session: string | null;
  /** RFC 3339. */
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly open: boolean;
}

/** Why the old one may go, or not yet. `permitted` alone lets it. */
export const VERDICTS = [
  'permitted',
  'old_still_used',
  'consumer_not_seen',
  'observing',
  'waiting_for_its_life',
  'evidence_incomplete',
  'no_evidence',
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What the gate saw, as it is stored on the run, shown, and recorded. Without secrets. */
export interface Evidence {
  readonly verdict: Verdict;
  readonly coverage: Coverage;
  /** What to change on the target, so that more can be seen. */
  readonly gaps: readonly string[];
  readonly completeSince: string | null;
  readonly lagSeconds: number;
  readonly quietSince: string | null;
  /** From when on it would be permitted, if all stays as quiet as it is; null where that would never be. */
  readonly permittedFrom: string | null;
  /** The latest first, the first of them where they are many. */
  readonly callers: readonly RemainingCaller[];
  readonly callerCount: number;
  /** Known consumers that were not seen on the one that stays: instances, and callers by application and address. */
  readonly missing: readonly string[];
  readonly missingCount: number;
  readonly observedAt: string;
}

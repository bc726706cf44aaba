import { addSeconds, secondsBetween } from '../../kernel/index.js';

/** A run that says nothing for so long is missing: points report every ten seconds, also that nothing was used. */
const FRESH_SECONDS = 60;
/** So long nobody knows whether a run that fell silent goes on somewhere; afterwards it is taken for dead. */
export const SILENT_SECONDS = 3600;
/** How many of what is missing are named. */
const NAMED = 10;

/** One run of an enforcement point, as far as it reported; all null but the name where the point never did. */
export interface PointRun {
  readonly name: string;
  readonly run: string | null;
  readonly reportedAt: Date | null;
  /** When the last report came that showed that another was lost. */
  readonly gapAt: Date | null;
  /** When it said that it is over. */
  readonly endedAt: Date | null;
}

/** How much of the use of certificates is known. */
export interface ReportedCoverage {
  readonly coverage: 'complete' | 'sampled' | 'none';
  readonly gaps: readonly string[];
  /** From when on nothing was missed; null unless complete. */
  readonly completeSince: Date | null;
  /** How old the newest use is that may not have been reported yet. */
  readonly lagSeconds: number;
}

/**
 * What numbered reports tell: everything, as long as every point says every few seconds what was used, or that nothing was,
 * and leaves no number out. A lost report, and a run that fell silent, end that: it begins anew after them.
 *
 * @param runs those that reported since `SILENT_SECONDS` before, and every point that did not
 */
export function coverageOf(runs: readonly PointRun[], since: Date, at: Date): ReportedCoverage {
  if (runs.length === 0)
    return { coverage: 'none', gaps: ['No enforcement point reports who uses certificates.'], ...UNKNOWN };
  const standing = runs.map((run) => ({ run, state: stateOf(run, at) }));
  const gaps = standing.flatMap(({ run, state }) => (state in GAPS ? [GAPS[state as keyof typeof GAPS](run)] : []));
  if (gaps.length > 0) return { coverage: 'sampled', gaps: gaps.slice(0, NAMED), ...UNKNOWN };
  const begun = standing.flatMap(({ run, state }) => [
    ...(run.gapAt ? [run.gapAt] : []),
    ...(state === 'dead' ? [addSeconds(run.reportedAt!, SILENT_SECONDS)] : []),
  ]);
  const reported = standing.flatMap(({ run, state }) => (state === 'fresh' ? [run.reportedAt!] : []));
  if (reported.length === 0)
    return { coverage: 'sampled', gaps: ['Every enforcement point has ended: start one.'], ...UNKNOWN };
  const oldest = new Date(Math.min(...reported.map(Number)));
  return {
    ...{ coverage: 'complete', gaps: [] },
    completeSince: new Date(Math.max(...[since, ...begun].map(Number))),
    lagSeconds: Math.max(0, Math.ceil(secondsBetween(oldest, at))),
  };
}

const UNKNOWN = { completeSince: null, lagSeconds: 0 } as const;

type State = 'fresh' | 'ended' | 'silent' | 'dead' | 'unheard';

function stateOf({ reportedAt, endedAt }: PointRun, at: Date): State {
  if (reportedAt === null) return 'unheard';
  if (endedAt !== null) return 'ended';
  const silent = secondsBetween(reportedAt, at);
  if (silent <= FRESH_SECONDS) return 'fresh';
  return silent <= SILENT_SECONDS ? 'silent' : 'dead';
}

const GAPS = {
  silent: ({ name, run, reportedAt }: PointRun) =>
    `${name} (${run}) has not reported since ${reportedAt!.toISOString()}: start it, or wait an hour if it is gone.`,
  unheard: ({ name }: PointRun) => `${name} reports no use: start it, or take its grant if it is no enforcement point.`,
} as const;

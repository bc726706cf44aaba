import { addSeconds, DAY_SECONDS, type Id } from '../../../kernel/index.js';
import { FoundationError } from './errors.js';

/** An analysis is made anew at least once every twelve months (PCI DSS 12.3.1). */
export const LONGEST_LIFE_SECONDS = 366 * DAY_SECONDS;

/** `expired` is no state of its own: it is what an approved one comes to. */
export const RISK_ANALYSIS_STATUSES = ['draft', 'approved', 'expired', 'withdrawn'] as const;
export type RiskAnalysisStatus = (typeof RISK_ANALYSIS_STATUSES)[number];

/** What an analysis says, in its author's words. */
export interface Analysis {
  readonly title: string;
  /** What is to be protected. */
  readonly assets: string;
  /** From what. */
  readonly threats: string;
  /** What makes it more or less likely, and how bad it would be. */
  readonly factors: string;
  /** Why this often is often enough. */
  readonly justification: string;
  /** The longest time between two reviews that it supports. */
  readonly everyDays: number;
  readonly expiresAt: Date;
}

/** Why reviews happen as often as they do (PCI DSS 12.3.1). */
export interface RiskAnalysis extends Analysis {
  readonly id: Id<'riskAnalysis'>;
  readonly status: Exclude<RiskAnalysisStatus, 'expired'>;
  readonly authorId: Id<'person'>;
  readonly approverId: Id<'person'> | null;
  readonly approvedAt: Date | null;
  readonly withdrawnAt: Date | null;
  /** Whose place it takes once it is approved. */
  readonly replacesId: Id<'riskAnalysis'> | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

export type AnalysisChange = { readonly [Field in keyof Analysis]?: Analysis[Field] | undefined };

/** @throws FoundationError `expiry_invalid` */
export function draft(
  analysis: Analysis & Pick<RiskAnalysis, 'id' | 'authorId' | 'replacesId'>,
  at: Date,
): RiskAnalysis {
  requireLife(analysis.expiresAt, at);
  return {
    ...analysis,
    status: 'draft',
    approverId: null,
    approvedAt: null,
    withdrawnAt: null,
    version: 1,
    createdAt: at,
    changedAt: at,
  };
}

/**
 * Changes a draft. What was approved is as it was approved: to say something else, replace it.
 *
 * @param by opaque name
 * @returns the argument itself where nothing changes
 * @throws FoundationError `not_the_author`, `analysis_approved`, `analysis_withdrawn`, `expiry_invalid`
 */
export function change(analysis: RiskAnalysis, wanted: AnalysisChange, by: string, at: Date): RiskAnalysis {
  requireDraft(analysis);
  requireAuthor(analysis, by);
  const given = Object.entries(wanted).filter(
    ([field, value]) => value !== undefined && !isSame(analysis, field, value),
  );
  if (given.length === 0) return analysis;
  const changed = { ...analysis, ...(Object.fromEntries(given) as Partial<Analysis>) };
  requireLife(changed.expiresAt, at);
  return { ...changed, version: analysis.version + 1, changedAt: at };
}

/**
 * Has reviews rest on an analysis. Nobody approves their own, nor that of another account of theirs (NIST SP 800-53 AC-5).
 *
 * @param authors the author and every other account of theirs
 * @throws FoundationError `own_analysis`, `analysis_approved`, `analysis_withdrawn`, `expiry_invalid`
 */
export function approve(
  analysis: RiskAnalysis,
  by: Id<'person'>,
  authors: readonly string[],
  at: Date,
): RiskAnalysis & { readonly status: 'approved' } {
  requireDraft(analysis);
  if (authors.includes(by))
    throw new FoundationError('own_analysis', 'You wrote this analysis: have somebody else approve it.');
  requireLife(analysis.expiresAt, at);
  return {
    ...analysis,
    status: 'approved',
    approverId: by,
    approvedAt: at,
    version: analysis.version + 1,
    changedAt: at,
  };
}

/**
 * Takes an analysis back. A draft is its author's to take back; what was approved, anybody's who may write one.
 *
 * @throws FoundationError `not_the_author`, `analysis_withdrawn`
 */
export function withdraw(analysis: RiskAnalysis, by: string, at: Date): RiskAnalysis {
  if (analysis.status === 'withdrawn') throw withdrawn();
  if (analysis.status === 'draft') requireAuthor(analysis, by);
  return { ...analysis, status: 'withdrawn', withdrawnAt: at, version: analysis.version + 1, changedAt: at };
}

export function statusAt({ status, expiresAt }: RiskAnalysis, at: Date): RiskAnalysisStatus {
  return status === 'approved' && at >= expiresAt ? 'expired' : status;
}

/**
 * Requires that something may take this analysis's place: it was approved, and nothing has taken it yet.
 *
 * @throws FoundationError `risk_analysis_needed`, `analysis_replaced`
 */
export function requireReplaceable({ status }: RiskAnalysis): void {
  if (status === 'draft')
    throw new FoundationError(
      'risk_analysis_needed',
      'A draft is changed, not replaced: its author does so with PATCH.',
    );
  if (status === 'withdrawn')
    throw new FoundationError(
      'analysis_replaced',
      'That analysis was replaced or withdrawn already; name the one that holds now.',
    );
}

/**
 * Requires that reviews may happen this often: by an analysis that somebody approved, that still holds, and that finds it
 * often enough (PCI DSS 12.3.1).
 *
 * @param analysis undefined where none is named
 * @throws FoundationError `risk_analysis_needed`, `risk_analysis_expired`, `too_seldom`
 */
export function requireSupport(analysis: RiskAnalysis | undefined, everyDays: number, at: Date): void {
  if (analysis === undefined || statusAt(analysis, at) === 'draft' || analysis.status === 'withdrawn')
    throw new FoundationError(
      'risk_analysis_needed',
      'Name an approved risk analysis that says why this often is often enough; list them with GET /v1/risk-analyses.',
    );
  if (statusAt(analysis, at) === 'expired')
    throw new FoundationError(
      'risk_analysis_expired',
      'That risk analysis has expired: have a new one approved that replaces it.',
    );
  if (everyDays > analysis.everyDays)
    throw new FoundationError(
      'too_seldom',
      `The risk analysis supports a review every ${analysis.everyDays} days: choose that or more often, or have another analysis approved.`,
    );
}

/** Whether `requireSupport` would let reviews happen this often. */
export function supports(analysis: RiskAnalysis | undefined, everyDays: number, at: Date): boolean {
  return analysis !== undefined && statusAt(analysis, at) === 'approved' && everyDays <= analysis.everyDays;
}

function requireDraft({ status }: RiskAnalysis): void {
  if (status === 'withdrawn') throw withdrawn();
  if (status === 'approved')
    throw new FoundationError('analysis_approved', 'It was approved as it is: write a new one that replaces it.');
}

function requireAuthor({ authorId }: RiskAnalysis, by: string): void {
  if (authorId !== by)
    throw new FoundationError('not_the_author', 'Only its author does that; ask them, or write another.');
}

function requireLife(expiresAt: Date, at: Date): void {
  if (expiresAt <= at || expiresAt > addSeconds(at, LONGEST_LIFE_SECONDS))
    throw new FoundationError('expiry_invalid', 'Let it expire in the future, and within twelve months.');
}

function withdrawn(): FoundationError {
  return new FoundationError('analysis_withdrawn', 'It was withdrawn: write a new one.');
}

function isSame(analysis: RiskAnalysis, field: string, value: unknown): boolean {
  const before = analysis[field as keyof Analysis];
  return before instanceof Date && value instanceof Date ? before.getTime() === value.getTime() : before === value;
}

import type { Finding, Skipped } from '../domain/finding.js';
import type { SecretKind } from '../domain/rule.js';

/** A rule as reports name it. */
export interface ReportedRule {
  readonly id: string;
  readonly vendor: string;
  readonly name: string;
  readonly kind: SecretKind;
  readonly page: string;
}

/** What was looked at, and by what. */
export interface ReportSummary {
  readonly files: number;
  readonly bytes: number;
  readonly rules: number;
  readonly seconds: number;
  /** RFC 3339: when it began. */
  readonly at: string;
  /** Of this program. */
  readonly version: string;
  /** All that could have been found. */
  readonly catalogue: readonly ReportedRule[];
  /** Whether the same secret has the same fingerprint next time. */
  readonly isStable: boolean;
  /** What stands before a shown path, from the root of the repository: empty, or ending in `/`. */
  readonly prefix: string;
  /** What it was a version of, where that is known. */
  readonly repository: Revision | null;
}

/** A version of a repository. */
export interface Revision {
  /** Where it comes from, without the name and password that may stand in it; null where it comes from nowhere. */
  readonly uri: string | null;
  readonly commit: string;
  readonly branch: string | null;
}

/** One form of what a scan found: whole, as text. Neither it nor anything in it holds a secret. */
export type Report = (findings: readonly Finding[], skipped: readonly Skipped[], summary: ReportSummary) => string;

/** What makes a scan fail: what is to be believed, and nobody said to leave alone. */
export function counts({ band, suppressed }: Finding): boolean {
  return band !== 'low' && suppressed === null;
}

/** How many of what was left out, by its reason. */
export function skippedCounts(skipped: readonly Skipped[]): readonly (readonly [reason: string, count: number])[] {
  const numbers = new Map<string, number>();
  for (const { reason } of skipped) numbers.set(reason, (numbers.get(reason) ?? 0) + 1);
  return [...numbers].sort(([a], [b]) => (a < b ? -1 : 1));
}

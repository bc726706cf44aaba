import type { Finding, Skipped } from '../domain/finding.js';

/** What was looked at. */
export interface ReportSummary {
  readonly files: number;
  readonly bytes: number;
  readonly rules: number;
  readonly seconds: number;
}

/** One form of what a scan found: whole, as text. Neither it nor anything in it holds a secret. */
export type Report = (findings: readonly Finding[], skipped: readonly Skipped[], summary: ReportSummary) => string;

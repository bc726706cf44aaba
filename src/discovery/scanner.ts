/**
 * The front door of the scanner, which runs without the service: it loads neither Nest nor the database.
 */
export { type CompiledRules, compileRules, planRules, type RulePlan } from './domain/rule-set.js';
export type { Candidate, Hits } from './domain/candidate.js';
export type { Band, Clue, Finding, Location, RegistryAnswer, Skipped, Suppression } from './domain/finding.js';
export { canonicalSecret, innerDigest, isGuessable, lastFourOf } from './domain/fingerprint.js';
export type { Rule } from './domain/rule.js';
export type { Matches } from './domain/matcher.js';
export { innerDigestOf, namesIn } from './scan/asking.js';
export { Engine, type Range } from './scan/engine.js';
export { ScanError } from './scan/errors.js';
export { scan, type ScanOptions, type ScanResult, type ScanSummary, type Subject } from './scan/scan.js';
export { revisionOf } from './scan/revision.js';
export { catalogue } from './reports/catalogue.js';
export { REPORTS } from './reports/index.js';
export { counts, type Report, type ReportSummary } from './reports/report.js';
export { type Surface, textFor } from './reports/text.js';
export {
  type Baseline,
  baselineOf,
  baselineText,
  emptyBaseline,
  MOST_BASELINE_BYTES,
  readBaseline,
  withBaseline,
} from './baseline/baseline.js';
export type { GitleaksReport } from './baseline/gitleaks-report.js';
export type { AllowSettings } from './suppressions/index.js';
export { stateFolder } from './history/state-file.js';

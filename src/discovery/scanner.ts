/**
 * The front door of the scanner, which runs without the service: it loads neither Nest nor the database.
 */
export { compileRules, type CompiledRules } from './domain/rule-set.js';
export type { Candidate, Hits } from './domain/candidate.js';
export type { Band, Clue, Finding, Location, Skipped, Suppression } from './domain/finding.js';
export type { Rule } from './domain/rule.js';
export type { Matches } from './domain/matcher.js';
export { Engine, type Range } from './scan/engine.js';

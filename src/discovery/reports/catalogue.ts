import { RULES } from '../rules/index.js';
import { STRUCTURED_RULES } from '../structures/index.js';
import type { ReportedRule } from './report.js';

/** All that can be found by what comes with the program, by id: of rules that share one, the first. */
export const CATALOGUE: readonly ReportedRule[] = [
  ...new Map(
    [...STRUCTURED_RULES, ...RULES].map(({ id, vendor, name, kind, page }) => [id, { id, vendor, name, kind, page }]),
  ).values(),
].sort((a, b) => (a.id < b.id ? -1 : 1));

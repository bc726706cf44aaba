import { RULES } from '../rules/index.js';
import { STRUCTURED_RULES } from '../structures/index.js';
import type { ReportedRule } from './report.js';

/** All that can be found by what comes with the program, in the order of the ids: of rules that share one, the last. */
export function catalogue(): readonly ReportedRule[] {
  const rules = [...STRUCTURED_RULES, ...RULES].map(({ id, vendor, name, kind, page }) => ({
    id,
    vendor,
    name,
    kind,
    page,
  }));
  return [...new Map(rules.map((rule) => [rule.id, rule])).values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

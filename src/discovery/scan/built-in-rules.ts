import { type CompiledRules, compileRules, planRules, type RulePlan } from '../domain/rule-set.js';
import { RULES } from '../rules/index.js';
import { builtFile } from './built-files.js';

/** Where the build puts what follows from the rules. */
export const PLAN_FILE = 'rules.json';

/** A plan as the build writes it down. */
type WrittenPlan = Omit<RulePlan, 'tables'> & {
  readonly tables: Omit<RulePlan['tables'], 'bytes'> & { bytes: string };
};

/** The rules that come with the program, with the plan of the build where this is what was built. */
export function builtInRules(): CompiledRules {
  // The sources run as they are in tests, whatever was built of them before.
  const written = import.meta.url.endsWith('.ts') ? undefined : builtFile(PLAN_FILE);
  return compileRules(RULES, written && readPlan(written));
}

/** What the build writes down. */
export function writtenPlan(): string {
  const { tables, ...plan } = planRules(RULES);
  return JSON.stringify({ ...plan, tables: { ...tables, bytes: Buffer.from(tables.bytes).toString('base64') } });
}

function readPlan(written: Buffer): RulePlan | undefined {
  const { tables, ...plan } = JSON.parse(written.toString('latin1')) as WrittenPlan;
  if (plan.ids.length !== RULES.length || plan.ids.some((id, index) => id !== RULES[index]!.id)) return undefined;
  return { ...plan, tables: { ...tables, bytes: Buffer.from(tables.bytes, 'base64') } };
}

import { type CompiledRules, compileRules, planRules, type RulePlan } from '../domain/rule-set.js';
import { knowEntropies } from '../rules/family.js';
import { RULES } from '../rules/index.js';
import { builtFile } from './built-files.js';

/** Where the build puts what follows from the rules. */
export const PLAN_FILE = 'rules.plan';

/** The first line of the file; then come the anchors, a line a keyword, and the bytes of the tables. */
interface Head extends Omit<RulePlan, 'anchors' | 'tables'> {
  readonly entropies: readonly (readonly [id: string, bits: number])[];
  readonly tables: Omit<RulePlan['tables'], 'bytes'>;
  readonly anchorsBytes: number;
}

let known: RulePlan | undefined;

/** The rules that come with the program, with the plan of the build where this is what was built. */
export function builtInRules(): CompiledRules {
  return compileRules(RULES, (known ??= planOfBuild() ?? planRules(RULES)));
}

/** What the build writes down. */
export function writtenPlan(): Buffer {
  const { tables, anchors, ...plan } = planRules(RULES);
  const { bytes, ...places } = tables;
  const lines = Buffer.from(anchors.join('\n'), 'latin1');
  const head: Head = {
    ...plan,
    entropies: RULES.flatMap(({ id, entropy }) => (entropy === undefined ? [] : [[id, entropy] as const])),
    tables: places,
    anchorsBytes: lines.length,
  };
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`, 'latin1'), lines, bytes]);
}

/** The sources run as they are in tests, whatever was built of them before. */
function planOfBuild(): RulePlan | undefined {
  const written = import.meta.url.endsWith('.ts') ? undefined : builtFile(PLAN_FILE);
  return written && readPlan(written);
}

function readPlan(written: Buffer): RulePlan | undefined {
  const end = written.indexOf(0x0a) + 1;
  const { tables, anchorsBytes, entropies, ...plan } = JSON.parse(written.toString('latin1', 0, end)) as Head;
  if (plan.ids.length !== RULES.length || plan.ids.some((id, index) => id !== RULES[index]!.id)) return undefined;
  knowEntropies(new Map(entropies));
  const anchors = written.toString('latin1', end, end + anchorsBytes).split('\n');
  return { ...plan, anchors, tables: { ...tables, bytes: written.subarray(end + anchorsBytes) } };
}

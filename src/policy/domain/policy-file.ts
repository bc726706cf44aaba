import { isMap, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { z } from 'zod';
import { HOUR_SECONDS, PLAIN_TEXT, ROLES } from '../../kernel/index.js';
import { type Condition, parseCondition } from './condition.js';
import { PolicyError } from './errors.js';

const MAX_TEXT = 262_144;
const MAX_MISTAKES = 50;

const GRANTEES = [...ROLES, 'workload'] as const;
const word = z.string().regex(/^[a-z][a-z0-9-]{0,47}$/, 'must be a word of small letters, digits and hyphens');
const words = z.string().trim().min(1).max(200).regex(PLAIN_TEXT, 'must be one line of plain text');
const seconds = (max: number) => z.int().min(1).max(max);

const stepUp = z.strictObject({
  acr: z.enum(['loa1c', 'loa2', 'loa3', 'loa4'], { error: 'must be loa1c, loa2, loa3 or loa4' }),
  freshSeconds: seconds(12 * HOUR_SECONDS),
  bound: z.boolean(),
});
const approval = z.strictObject({
  approvers: z
    .array(z.enum([...ROLES, 'custodian-of-resource'], { error: 'must be a role, or custodian-of-resource' }))
    .min(1),
  openSeconds: seconds(30 * 24 * HOUR_SECONDS),
});
const rule = z.strictObject({
  name: word,
  because: words,
  actions: z.array(z.string()).min(1),
  when: z.string().min(1),
  effect: z.enum(['deny', 'step-up', 'approve'], {
    error: 'must be deny, step-up or approve: a rule never allows what the actions do not',
  }),
  stepUp: stepUp.optional(),
  approval: approval.optional(),
  words: words.optional(),
});
const shape = z.strictObject({
  policy: word,
  groups: z.record(word, z.array(z.enum(GRANTEES, { error: 'must be a role, or workload' })).min(1)).default({}),
  actions: z.record(
    z.string().regex(/^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/, 'must be an action like identity.retire'),
    z.strictObject({ grantees: z.array(z.string()).min(1), stepUp: stepUp.optional(), words }),
  ),
  rules: z.array(rule).default([]),
});

type Shape = z.output<typeof shape>;
export type RuleFile = Omit<Shape['rules'][number], 'when'> & { readonly when: Condition };
/** A policy as it is written, its conditions parsed. */
export type PolicyFile = Omit<Shape, 'rules'> & { readonly rules: readonly RuleFile[] };

/** One thing that is wrong with a policy, and where. */
export interface PolicyMistake {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

type Path = readonly PropertyKey[];
type Complain = (path: Path, message: string) => void;

/**
 * Reads a policy strictly: a word that is not known is refused, never passed over.
 *
 * @param known every action there is; undefined takes those that the text names
 * @throws PolicyError `policy_invalid` with `details.mistakes`, up to 50 of them
 */
export function parsePolicy(text: string, known: ReadonlySet<string> | undefined): PolicyFile {
  const lines = new LineCounter();
  const mistakes: PolicyMistake[] = [];
  if (text.length > MAX_TEXT) throw invalid([{ line: 1, message: `It may have at most ${MAX_TEXT} characters.` }]);
  const document = parseDocument(text, { lineCounter: lines, strict: true, uniqueKeys: true, schema: 'core' });
  for (const { pos, message } of [...document.errors, ...document.warnings])
    mistakes.push({ line: lines.linePos(pos[0]).line, message: message.split('\n', 1)[0]! });
  visit(document, {
    Alias: (_key, { range }) =>
      void mistakes.push({ line: lineAt(range, lines), message: 'Write it out, or use groups.' }),
  });
  if (mistakes.length > 0) throw invalid(mistakes);
  const complain: Complain = (path, message) => {
    const line = lineOf(document.contents, path, lines);
    mistakes.push({ line, message: `${path.map(String).join('.')}: ${message}` });
  };
  const parsed = shape.safeParse(document.toJS());
  if (!parsed.success) {
    for (const issue of parsed.error.issues) complain(placeOf(issue), messageOf(issue));
    throw invalid(mistakes);
  }
  checkActions(parsed.data, known, complain);
  const rules = parsed.data.rules.map((one, at) => ruleFrom(one, at, parsed.data, complain));
  if (mistakes.length > 0) throw invalid(mistakes);
  return { ...parsed.data, rules };
}

function lineAt(range: Node['range'], lines: LineCounter): number {
  return lines.linePos(range?.[0] ?? 0).line;
}

/** A key that cannot be one is complained of in the words of its own rule. */
function messageOf(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
}

/** A word too many is complained of where it stands. */
function placeOf(issue: z.core.$ZodIssue): Path {
  return issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]!] : issue.path;
}

function checkActions({ actions, groups }: Shape, known: ReadonlySet<string> | undefined, complain: Complain): void {
  for (const [name, action] of Object.entries(actions)) {
    if (known && !known.has(name)) complain(['actions', name], 'there is no such action');
    action.grantees.forEach((grantee, at) => {
      if (!Object.hasOwn(groups, grantee) && !(GRANTEES as readonly string[]).includes(grantee))
        complain(['actions', name, 'grantees', at], `${grantee} is neither a role nor a group`);
    });
    const forWorkloads = action.grantees.every((grantee) => (groups[grantee] ?? [grantee]).includes('workload'));
    if (action.stepUp && forWorkloads) complain(['actions', name, 'stepUp'], 'workloads cannot step up');
  }
  for (const group of Object.keys(groups))
    if ((GRANTEES as readonly string[]).includes(group)) complain(['groups', group], 'a role has that name');
  for (const action of known ?? [])
    if (!Object.hasOwn(actions, action)) complain(['actions'], `nothing is said about ${action}`);
}

function ruleFrom(one: Shape['rules'][number], at: number, { actions, rules }: Shape, complain: Complain): RuleFile {
  if (rules.findIndex(({ name }) => name === one.name) !== at) complain(['rules', at, 'name'], 'two rules have it');
  one.actions.forEach((action, place) => {
    if (!Object.hasOwn(actions, action)) complain(['rules', at, 'actions', place], 'there is no such action');
  });
  if ((one.effect === 'step-up') !== (one.stepUp !== undefined))
    complain(['rules', at, 'stepUp'], 'belongs to the effect step-up, and to no other');
  if ((one.effect === 'approve') !== (one.approval !== undefined))
    complain(['rules', at, 'approval'], 'belongs to the effect approve, and to no other');
  const when = parseCondition(one.when);
  if (typeof when !== 'string') return { ...one, when };
  complain(['rules', at, 'when'], when);
  return { ...one, when: () => false } as unknown as RuleFile;
}

/** The line of a place, or of what holds it where it is missing. */
function lineOf(root: unknown, path: Path, lines: LineCounter): number {
  let node = root as Node | null;
  let offset = node?.range?.[0] ?? 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (!pair) break;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value as Node | null;
      continue;
    }
    const item = (node as { get?: (key: unknown, keep: boolean) => Node | undefined } | null)?.get?.(step, true);
    if (!item) break;
    offset = item.range?.[0] ?? offset;
    node = item;
  }
  return lines.linePos(offset).line;
}

function invalid(found: readonly PolicyMistake[]): PolicyError {
  const mistakes = [...found].sort((one, other) => one.line - other.line).slice(0, MAX_MISTAKES);
  const told = mistakes.map(({ line, message }) => `  line ${line}: ${message}`).join('\n');
  return new PolicyError('policy_invalid', `The policy cannot be used:\n${told}`, { details: { mistakes } });
}

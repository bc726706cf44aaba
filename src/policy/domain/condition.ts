import { type ASTNode, Environment, type ParseResult } from '@marcbachmann/cel-js';
import type { PolicyInput } from './input.js';

/** What a condition may call: nothing that takes longer than the sizes of expression and input multiplied. */
const CALLS = new Set([
  ...['has', 'size', 'int', 'string', 'bool', 'all', 'exists', 'exists_one'],
  ...['startsWith', 'endsWith', 'contains', 'lowerAscii', 'upperAscii'],
]);
const MAX_CONDITION = 1000;

const environment = new Environment({
  unlistedVariablesAreDyn: false,
  limits: { maxAstNodes: 150, maxDepth: 16, maxListElements: 50, maxMapEntries: 10, maxCallArguments: 4 },
})
  .registerVariable('subject', {
    schema: {
      kind: 'string',
      id: 'string',
      roles: 'list<string>',
      acr: 'string',
      amr: 'list<string>',
      reach: 'string',
      scopes: 'list<string>',
      signedInSeconds: 'int',
      breakGlass: 'bool',
    },
  })
  .registerVariable('action', { schema: { name: 'string' } })
  .registerVariable('resource', { schema: { kind: 'string', id: 'string', path: 'map<string, string>' } })
  .registerVariable('context', {
    schema: {
      hour: 'int',
      weekday: 'int',
      authorizationDetailTypes: 'list<string>',
      consented: 'bool',
      provedAcr: 'string',
    },
  });

/** What a condition can see. */
export type ConditionView = Readonly<Record<'subject' | 'action' | 'resource' | 'context', object>>;

/** A parsed, type-checked condition over `subject`, `action`, `resource` and `context` that says yes or no. */
export type Condition = ParseResult;

/**
 * Parses and type-checks a condition (CEL, github.com/google/cel-spec).
 *
 * @returns the condition, or why it is none, in one line
 */
export function parseCondition(text: string): Condition | string {
  if (text.length > MAX_CONDITION) return `it may have at most ${MAX_CONDITION} characters`;
  try {
    const condition = environment.parse(text);
    const forbidden = callsIn(condition.ast).find((name) => !CALLS.has(name));
    if (forbidden !== undefined) return `${forbidden} cannot be used in a condition`;
    const { valid, type, error } = condition.check();
    if (!valid) return firstLine(error);
    return type === 'bool' ? condition : `it gives ${type ?? 'something else'}, not true or false`;
  } catch (error) {
    return firstLine(error);
  }
}

/** @returns `error` where it could not be evaluated, or gave neither true nor false; that is never a yes (P13) */
export function holds(condition: Condition, view: ConditionView): boolean | 'error' {
  try {
    const answer: unknown = condition(view);
    return typeof answer === 'boolean' ? answer : 'error';
  } catch {
    return 'error';
  }
}

const WEEKDAYS = 7n;
const MS_PER_HOUR = 3_600_000;
const MS_PER_DAY = 24 * MS_PER_HOUR;
/** 1 January 1970 was a Thursday, the fourth day of ISO 8601's week. */
const EPOCH_WEEKDAY = 3n;

/** The input as CEL sees it: whole numbers are `int`, what is absent is empty. */
export function viewOf({ subject, action, resource, context, evidence }: PolicyInput): ConditionView {
  const person = subject.kind === 'person' ? subject : undefined;
  const id = resource['id'] ?? '';
  return {
    subject: {
      kind: subject.kind,
      id: 'id' in subject ? subject.id : '',
      roles: person?.roles ?? [],
      acr: person?.acr ?? '',
      amr: person?.amr ?? [],
      reach: person?.reach ?? '',
      scopes: subject.kind === 'workload' ? (subject.scopes ?? []) : [],
      signedInSeconds: BigInt(person ? Math.floor((context.at - person.authenticatedAt) / 1000) : 0),
      breakGlass: person?.breakGlass !== undefined,
    },
    action: { name: action },
    resource: { kind: id.includes('_') ? id.slice(0, id.indexOf('_')) : '', id, path: resource },
    context: {
      hour: BigInt(Math.floor((context.at % MS_PER_DAY) / MS_PER_HOUR)),
      weekday: ((BigInt(Math.floor(context.at / MS_PER_DAY)) + EPOCH_WEEKDAY) % WEEKDAYS) + 1n,
      authorizationDetailTypes: context.authorizationDetailTypes,
      consented: evidence.consent !== undefined,
      provedAcr: evidence.stepUp?.acr ?? '',
    },
  };
}

function callsIn({ op, args }: ASTNode): string[] {
  const called = op === 'call' || op === 'rcall' ? [args[0]] : [];
  return [...called, ...childrenOf(args).flatMap(callsIn)];
}

function childrenOf(value: unknown): ASTNode[] {
  if (Array.isArray(value)) return value.flatMap(childrenOf);
  return typeof value === 'object' && value !== null && 'op' in value ? [value as ASTNode] : [];
}

function firstLine(error: unknown): string {
  return error instanceof Error ? error.message.split('\n', 1)[0]!.slice(0, 200) : 'it cannot be read';
}

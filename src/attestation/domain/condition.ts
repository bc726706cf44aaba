import { type ASTNode, Environment, type ParseResult } from '@marcbachmann/cel-js';
import type { Json } from '../../kernel/index.js';
import { AttestationError } from './errors.js';
import type { JsonObject } from './strict-json.js';

export const MAX_CONDITION = 2000;

/**
 * What a condition may call. Left out: `matches`, for a regular expression over an attacker's text can run for hours,
 * and whatever builds larger values than it was given (`map`, `join`, `cel.bind`), so that time and memory are bounded
 * by the size of the expression times the size of a token.
 */
const FUNCTIONS = new Set([
  ...['has', 'size', 'int', 'string', 'bool'],
  ...['startsWith', 'endsWith', 'contains', 'lowerAscii', 'upperAscii', 'trim', 'split', 'substring', 'indexOf'],
]);
/** What may be called for each element of a list: nothing that reads a whole text to its end. */
const FUNCTIONS_IN_A_WALK = new Set(['has', 'size', 'startsWith', 'endsWith']);
/** They walk over a list; one inside another would walk over it for each of its elements. */
const MACROS = new Set(['all', 'exists', 'exists_one', 'filter']);

const environment = new Environment({
  unlistedVariablesAreDyn: false,
  limits: { maxAstNodes: 150, maxDepth: 16, maxListElements: 50, maxMapEntries: 10, maxCallArguments: 4 },
}).registerVariable('claims', 'map<string, dyn>');

/** A parsed condition: CEL over one variable, `claims`, that says yes or no. */
export type Condition = ParseResult;

/**
 * Parses and type-checks a condition (CEL, github.com/google/cel-spec).
 *
 * @throws AttestationError `condition_invalid` with where and why
 */
export function parseCondition(text: string): Condition {
  if (text.length > MAX_CONDITION)
    throw new AttestationError('condition_invalid', 'Write the condition in at most 2,000 characters.');
  let condition: Condition;
  try {
    condition = environment.parse(text);
  } catch (error) {
    throw invalid(firstLine(error), error);
  }
  refuseCostly(condition.ast, false);
  const { valid, type, error } = condition.check();
  if (!valid) throw invalid(firstLine(error), error);
  if (type !== 'bool') throw invalid(`it gives ${type ?? 'something else'}, not true or false`);
  return condition;
}

/**
 * Asks a condition about a token.
 *
 * @returns `error` when it could not be evaluated, for example because a claim is missing; that is never a yes (P13)
 */
export function evaluateCondition(condition: Condition, claims: JsonObject): 'true' | 'false' | 'error' {
  try {
    const answer: unknown = condition({ claims: celValue(claims) });
    if (typeof answer !== 'boolean') return 'error';
    return answer ? 'true' : 'false';
  } catch {
    return 'error';
  }
}

function refuseCostly(node: ASTNode, insideMacro: boolean): void {
  const called = node.op === 'call' || node.op === 'rcall' ? node.args[0] : undefined;
  if (called !== undefined && !FUNCTIONS.has(called) && !MACROS.has(called))
    throw invalid(`${called} cannot be used here; compare whole values, or use startsWith, endsWith and contains`);
  const macro = called !== undefined && MACROS.has(called);
  if (called !== undefined && insideMacro && !FUNCTIONS_IN_A_WALK.has(called))
    throw invalid(`${called} cannot stand inside a walk over a list; compare, or use startsWith and endsWith there`);
  if (insideMacro && node.op === '+') throw invalid('values cannot be added up inside a walk over a list');
  for (const child of childrenOf(node.args)) refuseCostly(child, insideMacro || macro);
}

function childrenOf(value: unknown): ASTNode[] {
  if (Array.isArray(value)) return value.flatMap(childrenOf);
  return typeof value === 'object' && value !== null && 'op' in value ? [value as ASTNode] : [];
}

/** JSON as CEL sees it: whole numbers are `int`, so that `claims.run_attempt == 1` compares what it says. */
function celValue(value: Json): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(celValue);
  return Object.fromEntries(Object.entries(value as JsonObject).map(([name, member]) => [name, celValue(member)]));
}

function firstLine(error: unknown): string {
  return error instanceof Error ? error.message.split('\n', 1)[0]!.slice(0, 200) : 'it cannot be read';
}

function invalid(why: string, cause?: unknown): AttestationError {
  return new AttestationError('condition_invalid', `Correct the condition: ${why}.`, { cause });
}

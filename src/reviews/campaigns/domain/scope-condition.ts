import { type ASTNode, Environment, type ParseResult } from '@marcbachmann/cel-js';
import { ReviewsError } from '../../domain/errors.js';

/** What a condition may call: nothing that takes longer than the sizes of expression and input multiplied. */
const CALLS = new Set([
  ...['has', 'size', 'int', 'string', 'bool', 'all', 'exists', 'exists_one'],
  ...['startsWith', 'endsWith', 'contains', 'lowerAscii', 'upperAscii'],
]);

const environment = new Environment({
  unlistedVariablesAreDyn: false,
  limits: { maxAstNodes: 150, maxDepth: 16, maxListElements: 50, maxMapEntries: 10, maxCallArguments: 4 },
}).registerVariable('identity', {
  schema: {
    name: 'string',
    kind: 'string',
    environment: 'string',
    teamId: 'string',
    purpose: 'string',
    criticality: 'string',
    dataClasses: 'list<string>',
    privileged: 'bool',
    createdAt: 'string',
  },
});

/** An identity as a condition sees it; `createdAt` is RFC 3339 in UTC, which sorts as text. */
export interface ConditionView {
  readonly name: string;
  readonly kind: string;
  readonly environment: string;
  readonly teamId: string;
  readonly purpose: string;
  readonly criticality: string;
  readonly dataClasses: readonly string[];
  readonly privileged: boolean;
  readonly createdAt: string;
}

/**
 * Reads a scope's condition (CEL, github.com/google/cel-spec).
 *
 * @returns whether an identity is in scope; one that it cannot be said of is, for nothing is left out unseen
 * @throws ReviewsError `condition_invalid` with where and why
 */
export function scopeCondition(text: string): (identity: ConditionView) => boolean {
  const condition = parsed(text);
  const forbidden = callsIn(condition.ast).find((name) => !CALLS.has(name));
  if (forbidden !== undefined) throw invalid(`${forbidden} cannot be used in it`);
  const { valid, type, error } = condition.check();
  if (!valid) throw invalid(firstLine(error), error);
  if (type !== 'bool') throw invalid(`it gives ${type ?? 'something else'}, not true or false`);
  return (identity) => {
    try {
      return condition({ identity }) !== false;
    } catch {
      return true;
    }
  };
}

function parsed(text: string): ParseResult {
  try {
    return environment.parse(text);
  } catch (error) {
    throw invalid(firstLine(error), error);
  }
}

function invalid(why: string, cause?: unknown): ReviewsError {
  return new ReviewsError('condition_invalid', `Correct the condition over \`identity\`: ${why}.`, { cause });
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

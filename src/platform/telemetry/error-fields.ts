import { MusterError } from '../../kernel/index.js';
import type { LogFields } from './log-fields.js';

const MAX_DEPTH = 4;
const MAX_FRAMES = 12;
const FRAME = /^ +at .+$/gm;

/**
 * An error as the log may show it: its class, its code and where it was thrown, with its causes.
 *
 * Messages of our own refusals are public by contract and are kept. Any other message is not: PostgreSQL quotes values,
 * parsers quote their input, and both may be secrets or personal data.
 */
export function errorFields(thrown: unknown, depth = 0): LogFields {
  if (typeof thrown === 'string') return { detail: word(thrown) };
  if (!(thrown instanceof Error)) return { error: typeof thrown };
  const { code, constraint, table } = (driverErrorOf(thrown) ?? thrown) as {
    code?: unknown;
    constraint?: unknown;
    table?: unknown;
  };
  return {
    error: thrown.constructor.name,
    code: word(code),
    constraint: word(constraint),
    table: word(table),
    detail: thrown instanceof MusterError ? thrown.message : undefined,
    frames: (thrown.stack ?? '')
      .match(FRAME)
      ?.slice(0, MAX_FRAMES)
      .map((frame) => frame.trim()),
    cause: thrown.cause === undefined || depth >= MAX_DEPTH ? undefined : errorFields(thrown.cause, depth + 1),
  };
}

/** TypeORM wraps what the driver threw; the SQLSTATE stands there. */
function driverErrorOf(error: Error): object | undefined {
  const { driverError } = error as { driverError?: unknown };
  return typeof driverError === 'object' && driverError !== null ? driverError : undefined;
}

/** Codes, ids and names of things are single words; whatever is longer may be anything. */
function word(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w.:-]{1,100}$/.test(value) ? value : undefined;
}

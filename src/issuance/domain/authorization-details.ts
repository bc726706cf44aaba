import { canonicalJson, type Json, PLAIN_TEXT } from '../../kernel/index.js';
import { TokenError } from './token-errors.js';

/** One thing that a token is asked for, in the words of whoever will honour it (RFC 9396 §2). */
export interface AuthorizationDetail {
  readonly type: string;
  readonly [field: string]: Json;
}

const MAX_BYTES = 8192;
const MAX_DETAILS = 10;
const MAX_DEPTH = 8;
const TYPE = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/;
/** Fields whose form RFC 9396 §2.2 fixes. */
const LISTS = ['locations', 'actions', 'datatypes', 'privileges'];

/**
 * Reads the parameter `authorization_details`: what somebody will be shown and agree to, so it must read as it is written.
 *
 * @param text attacker-controlled, as far as the caller is
 * @returns the details, which have one canonical form (RFC 8785) and are never empty
 * @throws TokenError `invalid_authorization_details` (RFC 9396 §5)
 */
export function parseAuthorizationDetails(text: string): readonly AuthorizationDetail[] {
  if (Buffer.byteLength(text) > MAX_BYTES) throw invalid(`Send at most ${MAX_BYTES} bytes.`);
  const value = jsonOf(text);
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_DETAILS)
    throw invalid(`Send a JSON array of 1 to ${MAX_DETAILS} objects.`);
  for (const detail of value as unknown[]) checkDetail(detail);
  const details = value as AuthorizationDetail[];
  if (Buffer.byteLength(canonicalOf(details)) > MAX_BYTES) throw invalid(`Send at most ${MAX_BYTES} bytes.`);
  return details;
}

function checkDetail(detail: unknown): void {
  if (typeof detail !== 'object' || detail === null || Array.isArray(detail)) throw invalid('Each is a JSON object.');
  const { type, identifier, ...rest } = detail as Record<string, unknown>;
  if (typeof type !== 'string' || !TYPE.test(type)) throw invalid('Each has a type: a word of at most 128 characters.');
  if (identifier !== undefined && typeof identifier !== 'string') throw invalid('An identifier is a string.');
  for (const name of LISTS) {
    const list = rest[name];
    if (list !== undefined && !(Array.isArray(list) && list.every((one) => typeof one === 'string')))
      throw invalid(`The field ${name} is a list of strings.`);
  }
  checkPlain(detail, 1);
}

/** Whoever agrees must see what is there: no control characters, and none that change the order of what is read. */
function checkPlain(value: unknown, depth: number): void {
  if (depth > MAX_DEPTH) throw invalid(`Nest at most ${MAX_DEPTH} deep.`);
  if (typeof value === 'string' && !PLAIN_TEXT.test(value)) throw invalid('Texts are without control characters.');
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    checkPlain(name, depth);
    checkPlain(member, depth + 1);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text, (key, value: unknown) => {
      if (key === '__proto__') throw new SyntaxError('forbidden key');
      return value;
    });
  } catch {
    throw invalid('It is not JSON.');
  }
}

function canonicalOf(details: readonly AuthorizationDetail[]): string {
  try {
    return canonicalJson(details);
  } catch {
    throw invalid('Its numbers must be finite and its texts valid Unicode.');
  }
}

function invalid(why: string): TokenError {
  return new TokenError('invalid_authorization_details', `authorization_details cannot be used: ${why}`);
}

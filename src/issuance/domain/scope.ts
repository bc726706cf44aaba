import type { Id } from '../../kernel/index.js';
import { TokenError } from './token-errors.js';

/** One role or scope that an identity holds at a target, as issuance needs to know it. */
export interface HeldGrant {
  readonly id: Id<'grant'>;
  readonly target: string;
  readonly scope: string;
}

const MAX_TOKENS = 64;
/** RFC 6749 §3.3. */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * The grants a token may carry for one target: those asked for, all of which must be held, or all that are held there
 * when none is named. A token never says more than the grants behind it (P17): a grant whose words are no scope token,
 * with a space in them for example, would read as several, so it never stands in one.
 *
 * @param requested space-separated scope tokens (RFC 6749 §3.3), or undefined
 * @throws TokenError `invalid_target` (RFC 8707 §2) when nothing is held there, `invalid_scope`
 */
export function narrow(
  held: readonly HeldGrant[],
  target: string,
  requested: string | undefined,
): readonly HeldGrant[] {
  const there = held.filter((grant) => grant.target === target && SCOPE_TOKEN.test(grant.scope));
  if (there.length === 0) throw new TokenError('invalid_target', 'This identity holds no grant for that target.');
  if (requested === undefined) return there;
  const asked = [...new Set(requested.split(' '))];
  if (asked.length > MAX_TOKENS || !asked.every((scope) => SCOPE_TOKEN.test(scope)))
    throw new TokenError('invalid_scope', 'Scopes are printable words with one space between them (RFC 6749 §3.3).');
  const given = there.filter((grant) => asked.includes(grant.scope));
  if (!asked.every((scope) => given.some((grant) => grant.scope === scope)))
    throw new TokenError('invalid_scope', 'This identity holds no grant for one of the scopes asked for.');
  return given;
}

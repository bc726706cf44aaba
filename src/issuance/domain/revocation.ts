import { REVOCATION_REASONS, type RevocationReason } from '../../crypto/index.js';
import { secondsBetween } from '../../kernel/index.js';

/** A list is good for ten minutes at most, so that a relying party that stops hearing from us stops trusting. */
export const CRL_LIFE_SECONDS = 600;
const REFRESH_SECONDS = 40;
/** A signature takes milliseconds: one that is not there after this long was lost with its process. */
const SIGNING_SECONDS = 5;

/** What is known of an authority's latest list, and of what was revoked since. */
export interface ListState {
  /** When the latest list that was recorded began; null when there is none. */
  readonly begunAt: Date | null;
  readonly signed: boolean;
  /** Whether a revocation is recorded that the latest list does not carry. */
  readonly behind: boolean;
}

/**
 * Whether a new list is due: at once when something was revoked, and before the latest is a minute old in any case. One
 * from the future, left by a clock that was put back, is as good as none.
 */
export function isListDue({ begunAt, signed, behind }: ListState, at: Date): boolean {
  if (begunAt === null || behind) return true;
  return Math.abs(secondsBetween(begunAt, at)) >= (signed ? REFRESH_SECONDS : SIGNING_SECONDS);
}

/**
 * The reason code of a list's entry (RFC 5280 §5.3.1) where the words of whoever revoked are one of its own, like
 * `key-compromise`; otherwise none is given. People's words stay in the ledger and the log: lists are public.
 */
export function reasonCodeOf(words: string): RevocationReason {
  const name = words.replace(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase());
  return Object.hasOwn(REVOCATION_REASONS, name) ? (name as RevocationReason) : 'unspecified';
}

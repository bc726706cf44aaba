import { REVOCATION_REASONS, type RevocationReason } from '../../crypto/index.js';

/** A list is good for ten minutes at most, so that a relying party that stops hearing from us stops trusting. */
export const CRL_LIFE_SECONDS = 600;
const REFRESH_SECONDS = 40;

/** What is known of an authority's latest list, and of what was revoked since. */
export interface ListState {
  /** When the latest list that was signed began; null when there is none. */
  readonly publishedAt: Date | null;
  /** Whether a revocation is recorded that the latest list does not carry. */
  readonly behind: boolean;
}

/** Whether a new list is due: at once when something was revoked, and before the latest is a minute old in any case. */
export function isListDue(state: ListState, at: Date): boolean {
  if (state.publishedAt === null || state.behind) return true;
  return at.getTime() - state.publishedAt.getTime() >= REFRESH_SECONDS * 1000;
}

/**
 * The reason code of a list's entry (RFC 5280 §5.3.1) where the words of whoever revoked are one of its own, like
 * `key-compromise`; otherwise none is given. People's words stay in the ledger and the log: lists are public.
 */
export function reasonCodeOf(words: string): RevocationReason {
  const name = words.replace(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase());
  return Object.hasOwn(REVOCATION_REASONS, name) ? (name as RevocationReason) : 'unspecified';
}

/** Why a certificate is revoked, in the words of RFC 5280 §5.3.1, with the number each has there. */
export const REVOCATION_REASONS = {
  unspecified: 0,
  'key-compromise': 1,
  'affiliation-changed': 3,
  superseded: 4,
  'cessation-of-operation': 5,
  'privilege-withdrawn': 9,
} as const;

export type RevocationReason = keyof typeof REVOCATION_REASONS;

/** A list is good for ten minutes at most, so that a relying party that stops hearing from us stops trusting. */
export const CRL_LIFE_SECONDS = 600;
const REFRESH_SECONDS = 40;

/** What is known of an authority's latest list, and of what was revoked since. */
export interface ListState {
  /** When the latest list that was signed began; null when there is none. */
  readonly publishedAt: Date | null;
  /** Revocations recorded that the latest list does not carry. */
  readonly unlisted: number;
}

/** Whether a new list is due: at once when something was revoked, and before the latest is a minute old in any case. */
export function isListDue(state: ListState, at: Date): boolean {
  if (state.publishedAt === null || state.unlisted > 0) return true;
  return at.getTime() - state.publishedAt.getTime() >= REFRESH_SECONDS * 1000;
}

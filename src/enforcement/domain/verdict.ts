import type { AuthorizationDetail } from './authorization-detail.js';

/** Every reason for which a caller is refused. */
export type RefusalCode =
  | 'certificate_missing'
  | 'certificate_invalid'
  | 'revoked'
  | 'identity_refused'
  | 'feed_missing'
  | 'feed_stale'
  | 'token_required'
  | 'token_invalid'
  | 'token_not_bound'
  | 'scope_missing'
  | 'detail_required'
  | 'detail_mismatch'
  | 'token_used';

/** Who is calling, as their certificate (and token, where one was shown) proves. */
export interface Caller {
  readonly spiffeId: string;
  /** Lower-case hexadecimal, as in the ledger. */
  readonly serialNumber: string;
  /** Known where a token was shown: certificates do not bear it. */
  readonly identityId?: string;
  /** The scopes of the token that was shown. */
  readonly scopes?: readonly string[];
  readonly token?: CallerToken;
}

/** What the token that was shown says beyond its scopes. */
export interface CallerToken {
  /** Its `jti`. */
  readonly id: string;
  /** What it is for (RFC 9396); empty where for whatever its scopes allow. */
  readonly authorizationDetails: readonly AuthorizationDetail[];
  /** The approval by which somebody agreed to exactly that. */
  readonly approvalId: string | undefined;
}

export type Verdict =
  | { readonly effect: 'allow'; readonly caller: Caller }
  /** `reason` says what to do next and may be shown to the caller. */
  | { readonly effect: 'refuse'; readonly code: RefusalCode; readonly reason: string };

export type Refused = Extract<Verdict, { effect: 'refuse' }>;

export function refused(code: RefusalCode, reason: string): Refused {
  return { effect: 'refuse', code, reason };
}

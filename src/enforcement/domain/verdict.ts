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
  | 'scope_missing';

/** Who is calling, as their certificate (and token, where one was shown) proves. */
export interface Caller {
  readonly spiffeId: string;
  /** Lower-case hexadecimal, as in the ledger. */
  readonly serialNumber: string;
  /** Known where a token was shown: certificates do not bear it. */
  readonly identityId?: string;
  /** The scopes of the token that was shown. */
  readonly scopes?: readonly string[];
}

export type Verdict =
  | { readonly effect: 'allow'; readonly caller: Caller }
  /** `reason` says what to do next and may be shown to the caller. */
  | { readonly effect: 'refuse'; readonly code: RefusalCode; readonly reason: string };

export type Refused = Extract<Verdict, { effect: 'refuse' }>;

export function refused(code: RefusalCode, reason: string): Refused {
  return { effect: 'refuse', code, reason };
}

/** One thing that a token was asked for (RFC 9396 §2), exactly as somebody agreed to it. */
export interface AuthorizationDetail {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** What somebody must have agreed to before a request is let through. */
export interface RequiredDetail {
  readonly type: string;
  /**
   * Whether this very request is what was agreed to: compare the amount, the account, whatever counts. When left out,
   * the type alone counts.
   */
  readonly matches?: (detail: AuthorizationDetail) => boolean;
  /**
   * Whether the token lets one request through and no second; true when left out. Each process remembers for itself:
   * where several serve, remember `caller.token.id` together.
   */
  readonly once?: boolean;
}

/** What a call to the outside is for, and what that allows at most. A call without a purpose here is not made. */
export const EGRESS_PURPOSES = {
  /** OpenID Connect discovery of a provider. */
  'oidc-issuer': { methods: ['GET'], maxBytes: 262_144, timeoutMs: 5_000 },
  /** The keys of a provider. */
  jwks: { methods: ['GET'], maxBytes: 1_048_576, timeoutMs: 5_000 },
  /** The provider that people sign in by: discovery, keys, and codes for tokens. */
  'sign-in-provider': { methods: ['GET', 'POST'], maxBytes: 262_144, timeoutMs: 10_000 },
  /** A place that rotated secrets are delivered to: a cluster, a vault, a CI system. */
  sink: { methods: ['GET', 'PATCH', 'POST', 'PUT'], maxBytes: 1_048_576, timeoutMs: 15_000 },
  /** The API of a system that is looked at for accounts and credentials nobody registered. */
  source: { methods: ['GET', 'POST'], maxBytes: 16_777_216, timeoutMs: 30_000 },
  /** The API of a system where identities have accounts, to look at them and to rotate their credentials. */
  target: { methods: ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'], maxBytes: 8_388_608, timeoutMs: 15_000 },
  /** Somebody's endpoint for our events. */
  webhook: { methods: ['POST'], maxBytes: 16_384, timeoutMs: 10_000 },
} as const satisfies Readonly<Record<string, EgressLimits>>;

export interface EgressLimits {
  readonly methods: readonly string[];
  /** Of the answer's body. */
  readonly maxBytes: number;
  /** From resolving the name to the last byte. */
  readonly timeoutMs: number;
}

export type EgressPurpose = keyof typeof EGRESS_PURPOSES;

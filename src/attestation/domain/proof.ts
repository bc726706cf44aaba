import type { Id, Json } from '../../kernel/index.js';

/** What a caller offers to prove an identity with. */
export interface Evidence {
  readonly kind: 'oidc' | 'join-token';
  /** The attacker's own text until it is proved. */
  readonly token: string;
  /** The identity the caller wants to be, by id or SPIFFE id; needed only where its token could prove several. */
  readonly identity?: string | undefined;
}

/** Where an attestation came from, for the table of refusals. */
export interface Shown {
  readonly address: string;
  readonly requestId: string;
}

interface ProofOf {
  /** The identity that the evidence proves. Whether it may have a credential now is for its standing to say. */
  readonly identityId: Id<'identity'>;
  /** SHA-256 that names the token for good; see `tokenDigest`. */
  readonly tokenDigest: Buffer;
  /** From here on the token cannot be accepted, whatever the settings; until then its use is remembered. */
  readonly expiresAt: Date;
  /** The longest lifetime a credential may have by this trust; null when the trust sets none. */
  readonly maxTtlSeconds: number | null;
  /** The receipt (ATT-4): the exact claims, what they were matched against, and the decision. May hold personal data. */
  readonly claims: Json;
  readonly shown: Shown;
}

export interface OidcProof extends ProofOf {
  readonly kind: 'oidc';
  readonly trustId: Id<'trust'>;
  readonly trustVersion: number;
  readonly providerId: Id<'provider'>;
  readonly providerVersion: number;
  readonly joinTokenId: null;
}

export interface JoinTokenProof extends ProofOf {
  readonly kind: 'join-token';
  readonly joinTokenId: Id<'joinToken'>;
  readonly trustId: null;
  readonly trustVersion: null;
}

/** That a caller is a certain identity, before it is used up. */
export type Proof = OidcProof | JoinTokenProof;

import type { Decision, Id, Json } from '../../kernel/index.js';

/**
 * What produced a credential (ATT-4): the exact claims, the trust and its version, and the decision. A token, and a
 * renewed certificate, come of the certificate that was shown.
 */
export interface Receipt {
  readonly id: Id<'receipt'>;
  readonly credentialId: Id<'certificate'> | Id<'token'>;
  readonly identityId: Id<'identity'>;
  readonly source: ReceiptSource;
  /** As they were proved; people may be named in them, so they are stored sealed. */
  readonly claims: Json;
  readonly decision: ReceiptDecision;
  readonly createdAt: Date;
}

export type ReceiptSource =
  | { readonly kind: 'oidc'; readonly id: Id<'trust'>; readonly version: number }
  | { readonly kind: 'join-token'; readonly id: Id<'joinToken'>; readonly version: null }
  | { readonly kind: 'certificate'; readonly id: Id<'certificate'>; readonly version: null };

/** Everything that decided on the credential, and what it came to. */
export interface ReceiptDecision {
  readonly policy: Pick<Decision, 'effect' | 'reasons' | 'policy'>;
  readonly profile: string;
  readonly profileVersion: number;
  readonly identityVersion: number;
  /** The reasons standing gave, most important first. */
  readonly standing: readonly string[];
  /** The longest lifetime the trust allowed; null when it set none. It binds renewals too. */
  readonly trustSeconds: number | null;
  readonly ttlSeconds: number;
}

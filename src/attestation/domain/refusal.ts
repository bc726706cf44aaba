import type { Id } from '../../kernel/index.js';

/** Why an attestation proved nothing. Stable words: analysts filter by them, callers never see them. */
export const REASONS = [
  'algorithm_none',
  'algorithm_not_allowed',
  'algorithm_symmetric',
  'algorithm_unknown',
  'ambiguous',
  'audience_mismatch',
  'claim_malformed',
  'claim_missing',
  'claims_malformed',
  'condition_error',
  'condition_false',
  'critical_header',
  'duplicate_member',
  'encoding_malformed',
  'header_malformed',
  'identity_mismatch',
  'identity_unknown',
  'issuer_unknown',
  'join_token_expired',
  'join_token_malformed',
  'join_token_unknown',
  'jwks_unavailable',
  'key_in_header',
  'key_unfit',
  'kid_missing',
  'kid_unknown',
  'pin_mismatch',
  'provider_changed',
  'provider_paused',
  'signature_invalid',
  'subject_unknown',
  'suppressed',
  'token_expired',
  'token_from_future',
  'token_malformed',
  'token_not_yet_valid',
  'token_replayed',
  'token_too_large',
  'token_too_old',
  'trust_changed',
  'type_refused',
] as const;

export type Reason = (typeof REASONS)[number];

/** What was known of the attestation by the time it was refused. Everything in it may be the attacker's own words. */
export interface RefusalContext {
  readonly issuer?: string;
  readonly providerId?: Id<'provider'>;
  readonly trustId?: Id<'trust'>;
  readonly identityId?: Id<'identity'>;
}

/**
 * An attestation that proves nothing, with the reason. It stays inside the module: callers get `attestation_refused`,
 * the table of refusals gets this.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly reason: Reason,
    readonly context: RefusalContext = {},
    cause?: unknown,
  ) {
    super(`The attestation was refused: ${reason}.`, cause === undefined ? undefined : { cause });
  }

  /** The same refusal, with what is known of it by now. What was known before stays. */
  within(context: RefusalContext): Refusal {
    return new Refusal(this.reason, { ...context, ...this.context }, this.cause);
  }
}

import { errorsOf } from '../../kernel/index.js';

/**
 * Every way this module answers no.
 *
 * `attestation_refused` is the one answer to everybody who has not proved which identity they are, whatever the reason
 * was (ATT-2): the reason goes to the table of refusals, so that nobody can ask their way to a token that works.
 */
export class AttestationError extends errorsOf('AttestationError', {
  attestation_refused: 'unauthenticated',
  audience_invalid: 'invalid',
  ca_certificates_invalid: 'invalid',
  condition_invalid: 'invalid',
  consent_required: 'invalid',
  identity_retired: 'conflict',
  issuer_invalid: 'invalid',
  issuer_taken: 'conflict',
  jwks_uri_invalid: 'invalid',
  pin_invalid: 'invalid',
  pin_missing: 'invalid',
  provider_in_use: 'conflict',
  provider_name_taken: 'conflict',
  provider_not_found: 'not-found',
  subject_invalid: 'invalid',
  subject_too_wide: 'invalid',
  trust_not_found: 'not-found',
}) {}

/** The one refusal of a caller who has proved nothing: the same code and words for every reason. */
export function refusedAttestation(cause: unknown): AttestationError {
  return new AttestationError(
    'attestation_refused',
    'This attestation proves no identity here. Ask who runs Muster to look up the reason by the request id.',
    { cause },
  );
}

/** Nothing is prepared for an identity that will never be issued anything again. */
export function refuseRetired(status: string): void {
  if (status === 'retired')
    throw new AttestationError('identity_retired', 'This identity is retired for good. Register a new one.');
}

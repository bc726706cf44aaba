import { errorsOf } from '../../kernel/index.js';

/**
 * Every way this room answers no. What a target says by itself is never repeated: its code decides, its words may quote
 * what is nobody's to read.
 */
export class TargetError extends errorsOf('TargetError', {
  access_refused: 'conflict',
  account_in_use: 'conflict',
  account_invalid: 'invalid',
  account_full: 'conflict',
  account_not_found: 'not-found',
  account_open: 'conflict',
  account_reserved: 'forbidden',
  account_taken: 'conflict',
  account_unknown: 'conflict',
  ca_certificates_invalid: 'invalid',
  consent_required: 'invalid',
  granted_on: 'conflict',
  identity_not_found: 'not-found',
  not_lasting: 'conflict',
  not_permitted: 'conflict',
  not_provable: 'conflict',
  not_supported: 'conflict',
  object_unknown: 'conflict',
  owner_not_live: 'conflict',
  scope_not_understood: 'invalid',
  secret_invalid: 'invalid',
  target_busy: 'unavailable',
  target_disabled: 'conflict',
  target_failed: 'unavailable',
  target_in_use: 'conflict',
  target_name_taken: 'conflict',
  target_not_found: 'not-found',
  target_unreachable: 'unavailable',
  target_untrusted: 'conflict',
  url_invalid: 'invalid',
}) {}

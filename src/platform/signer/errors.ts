import { errorsOf } from '../../kernel/index.js';

/** Ways the signer refuses or cannot be reached. `signer_failed` is a fault of its own, told in its log. */
export class SignerError extends errorsOf('SignerError', {
  checkpoint_refused: 'conflict',
  intent_refused: 'forbidden',
  intent_unknown: 'not-found',
  key_unknown: 'not-found',
  seal_broken: 'unavailable',
  sealed: 'unavailable',
  signer_failed: 'unavailable',
  signer_request_invalid: 'unavailable',
  signer_timeout: 'unavailable',
  signer_unavailable: 'unavailable',
  unseal_file_exposed: 'forbidden',
  unseal_file_misplaced: 'forbidden',
  unseal_rate_limited: 'rate-limited',
  unseal_secret_missing: 'not-found',
  unseal_secret_weak: 'invalid',
  unseal_secret_wrong: 'forbidden',
}) {}

export type SignerErrorCode = keyof typeof SignerError.kinds;

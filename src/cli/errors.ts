import { errorsOf } from '../kernel/index.js';

/** Ways a command fails by itself; each says what to do next. */
export class CliError extends errorsOf('CliError', {
  command_failed: 'unavailable',
  command_not_found: 'invalid',
  file_unreadable: 'invalid',
  not_found: 'not-found',
  nothing_decided: 'invalid',
  not_signed_in: 'unauthenticated',
  option_missing: 'invalid',
  service_refused: 'forbidden',
  service_unreachable: 'unavailable',
  option_invalid: 'invalid',
  sign_in_refused: 'forbidden',
  step_failed: 'unavailable',
  step_up_expired: 'unauthenticated',
  token_not_found: 'invalid',
  verification_failed: 'invalid',
}) {}

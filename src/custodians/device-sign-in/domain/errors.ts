import { errorsOf } from '../../../kernel/index.js';

/**
 * Every way in which signing in a device is refused. Codes of RFC 6749 §5.2 and RFC 8628 §3.5 are theirs, word for word;
 * the others are for the browser.
 */
export class DeviceSignInError extends errorsOf('DeviceSignInError', {
  access_denied: 'forbidden',
  authorization_pending: 'invalid',
  device_decided: 'conflict',
  device_unknown: 'not-found',
  expired_token: 'invalid',
  invalid_client: 'unauthenticated',
  invalid_grant: 'invalid',
  invalid_request: 'invalid',
  redirect_invalid: 'invalid',
  server_error: 'unavailable',
  slow_down: 'invalid',
  unsupported_grant_type: 'invalid',
  user_codes_tried: 'rate-limited',
}) {}

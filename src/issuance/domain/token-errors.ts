import { errorsOf } from '../../kernel/index.js';

/**
 * How the token endpoint refuses, in the words of RFC 6749 §5.2, RFC 8707 §2, RFC 9396 §5 and, for what waits for a human,
 * RFC 8628 §3.5. Waiting is no refusal, so it is no record.
 */
export class TokenError extends errorsOf('TokenError', {
  access_denied: 'forbidden',
  authorization_pending: 'conflict',
  invalid_authorization_details: 'invalid',
  invalid_client: 'unauthenticated',
  invalid_grant: 'conflict',
  invalid_request: 'invalid',
  invalid_scope: 'invalid',
  invalid_target: 'invalid',
  server_error: 'unavailable',
  unauthorized_client: 'invalid',
  unsupported_grant_type: 'invalid',
}) {}

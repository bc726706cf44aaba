import { errorsOf } from '../../kernel/index.js';

/** How the token endpoint refuses, in the words of RFC 6749 §5.2 and RFC 8707 §2. */
export class TokenError extends errorsOf('TokenError', {
  invalid_client: 'unauthenticated',
  invalid_request: 'invalid',
  invalid_scope: 'invalid',
  invalid_target: 'invalid',
  server_error: 'unavailable',
  unauthorized_client: 'invalid',
  unsupported_grant_type: 'invalid',
}) {}

import { errorsOf } from '../../kernel/index.js';

/** Ways a call to the outside fails. Messages name the host and never the path, a header or what was answered. */
export class EgressError extends errorsOf('EgressError', {
  egress_address_refused: 'invalid',
  egress_purpose_refused: 'forbidden',
  egress_redirect_refused: 'unavailable',
  egress_response_invalid: 'unavailable',
  egress_timeout: 'unavailable',
  egress_tls_failed: 'unavailable',
  egress_too_large: 'unavailable',
  egress_unreachable: 'unavailable',
  egress_url_refused: 'invalid',
}) {}

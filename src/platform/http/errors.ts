import { errorsOf } from '../../kernel/index.js';

/** Ways a request fails before any module has looked at it. */
export class RequestError extends errorsOf('RequestError', {
  approval_required: 'forbidden',
  body_malformed: 'invalid',
  body_too_large: 'too-large',
  certificate_required: 'unauthenticated',
  credential_invalid: 'unauthenticated',
  credential_required: 'unauthenticated',
  cursor_invalid: 'invalid',
  forbidden: 'forbidden',
  already_delivered: 'conflict',
  idempotency_in_progress: 'conflict',
  idempotency_key_invalid: 'invalid',
  idempotency_key_reused: 'conflict',
  if_match_invalid: 'invalid',
  internal: 'unavailable',
  listener_wrong: 'not-found',
  media_type_unsupported: 'invalid',
  method_not_allowed: 'invalid',
  origin_refused: 'forbidden',
  precondition_required: 'precondition-failed',
  rate_limited: 'rate-limited',
  request_invalid: 'invalid',
  route_not_found: 'not-found',
  step_up_required: 'step-up-required',
  version_conflict: 'precondition-failed',
}) {}

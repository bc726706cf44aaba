import { errorsOf } from '../../kernel/index.js';

/** Every way this room refuses. */
export class ApprovalsError extends errorsOf('ApprovalsError', {
  approval_closed: 'conflict',
  approval_expired: 'gone',
  approval_not_found: 'not-found',
  not_eligible: 'forbidden',
  not_the_requester: 'forbidden',
  own_approval: 'forbidden',
  own_request: 'forbidden',
}) {}

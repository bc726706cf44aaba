import { errorsOf } from '../../kernel/index.js';

/** Every way this room refuses. */
export class ApprovalsError extends errorsOf('ApprovalsError', {
  already_delegated: 'conflict',
  approval_closed: 'conflict',
  approval_denied: 'forbidden',
  approval_expired: 'gone',
  approval_not_found: 'not-found',
  approval_required: 'forbidden',
  approval_used: 'conflict',
  delegate_not_live: 'conflict',
  delegation_ended: 'conflict',
  delegation_not_found: 'not-found',
  delegation_to_self: 'invalid',
  delegation_too_long: 'invalid',
  not_eligible: 'forbidden',
  not_the_requester: 'forbidden',
  not_your_delegation: 'forbidden',
  own_approval: 'forbidden',
  own_request: 'forbidden',
  too_many_open: 'rate-limited',
}) {}

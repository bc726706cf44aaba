import { errorsOf } from '../../kernel/index.js';

/** Every way this room refuses. */
export class CustodyError extends errorsOf('CustodyError', {
  administrator_signed_in: 'conflict',
  authority_lost: 'forbidden',
  email_invalid: 'invalid',
  email_taken: 'conflict',
  last_administrator: 'conflict',
  manager_not_live: 'conflict',
  member_not_live: 'conflict',
  no_administrator: 'not-found',
  own_departure: 'forbidden',
  own_manager: 'invalid',
  own_roles: 'forbidden',
  person_departed: 'conflict',
  person_not_found: 'not-found',
  session_not_found: 'not-found',
  setup_completed: 'gone',
  setup_pending: 'conflict',
  setup_token_refused: 'unauthenticated',
  sign_in_refused: 'unauthenticated',
  team_in_use: 'conflict',
  team_name_taken: 'conflict',
  team_not_found: 'not-found',
}) {}

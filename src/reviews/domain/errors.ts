import { errorsOf } from '../../kernel/index.js';

/** Every way this room refuses. */
export class ReviewsError extends errorsOf('ReviewsError', {
  campaign_not_found: 'not-found',
  campaign_not_open: 'conflict',
  condition_invalid: 'invalid',
  decided_already: 'conflict',
  decisions_changed: 'conflict',
  due_too_early: 'invalid',
  evidence_unread: 'conflict',
  grants_unknown: 'invalid',
  item_not_found: 'not-found',
  management_is_owner: 'invalid',
  not_the_owner: 'forbidden',
  not_yours: 'forbidden',
  nothing_staged: 'conflict',
  own_request: 'forbidden',
  person_barred: 'conflict',
  person_not_live: 'conflict',
  scope_empty: 'conflict',
  to_self: 'invalid',
  words_needed: 'invalid',
}) {}

import { errorsOf } from '../../../kernel/index.js';

/** Every way breaking the glass is refused. */
export class BreakGlassError extends errorsOf('BreakGlassError', {
  already_open: 'conflict',
  break_glass_not_found: 'not-found',
  not_a_person: 'forbidden',
  not_open: 'conflict',
  not_yours: 'forbidden',
  own_review: 'forbidden',
  review_overdue: 'forbidden',
  reviewed_already: 'conflict',
  still_open: 'conflict',
}) {}

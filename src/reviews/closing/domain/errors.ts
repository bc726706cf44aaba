import { errorsOf } from '../../../kernel/index.js';

/** Every way in which a review refuses to be looked at again, acknowledged or closed. */
export class ClosingError extends errorsOf('ClosingError', {
  acknowledgement_stale: 'conflict',
  does_not_tie_out: 'conflict',
  figures_changed: 'conflict',
  not_acknowledged: 'conflict',
  not_management: 'forbidden',
  not_the_closer: 'forbidden',
  not_the_resolver: 'forbidden',
  not_the_second_reviewer: 'forbidden',
  not_disagreed: 'conflict',
  own_decision: 'forbidden',
  own_review: 'forbidden',
  review_not_open: 'conflict',
  sample_not_found: 'not-found',
  sample_resolved: 'conflict',
  sample_settled: 'conflict',
}) {}

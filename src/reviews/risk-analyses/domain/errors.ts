import { errorsOf } from '../../../kernel/index.js';

/** Every way in which risk analyses and what rests on them refuse. */
export class FoundationError extends errorsOf('FoundationError', {
  analysis_approved: 'conflict',
  analysis_in_use: 'conflict',
  analysis_not_found: 'not-found',
  analysis_replaced: 'conflict',
  analysis_withdrawn: 'conflict',
  expiry_invalid: 'invalid',
  not_the_author: 'forbidden',
  own_analysis: 'forbidden',
  risk_analysis_expired: 'conflict',
  risk_analysis_needed: 'conflict',
  too_seldom: 'invalid',
}) {}

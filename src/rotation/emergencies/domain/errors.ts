import { errorsOf } from '../../../kernel/index.js';

/** Every way in which emergencies refuse. */
export class EmergencyError extends errorsOf('EmergencyError', {
  emergency_not_found: 'not-found',
  nothing_touched: 'conflict',
  scope_too_large: 'invalid',
}) {}

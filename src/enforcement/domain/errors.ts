import { errorsOf } from '../../kernel/index.js';

/** Ways the library itself fails. That somebody is refused is never an error: it is a verdict. */
export class EnforcementError extends errorsOf('EnforcementError', {
  feed_line_malformed: 'unavailable',
  options_invalid: 'invalid',
  service_refused: 'forbidden',
  service_unreachable: 'unavailable',
  snapshot_malformed: 'unavailable',
}) {}

import { errorsOf } from '../../../kernel/index.js';

/** Every way in which calendars refuse. */
export class CalendarError extends errorsOf('CalendarError', {
  calendar_invalid: 'invalid',
  calendar_too_large: 'invalid',
  zone_unknown: 'invalid',
  calendar_in_use: 'conflict',
  calendar_name_taken: 'conflict',
  calendar_not_found: 'not-found',
}) {}

import { errorsOf } from '../../../kernel/index.js';

/** Every way in which schedules refuse; what they rest on refuses with its own. */
export class SchedulesError extends errorsOf('SchedulesError', {
  due_after_next: 'invalid',
  schedule_name_taken: 'conflict',
  schedule_not_found: 'not-found',
}) {}

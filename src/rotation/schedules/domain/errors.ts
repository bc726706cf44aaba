import { errorsOf } from '../../../kernel/index.js';

/** Every way in which schedules refuse. */
export class ScheduleError extends errorsOf('ScheduleError', {
  cron_invalid: 'invalid',
  schedule_invalid: 'invalid',
}) {}

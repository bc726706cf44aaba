import { errorsOf } from '../../../kernel/index.js';

/** Every way in which something refuses to be excepted. */
export class ExceptionError extends errorsOf('ExceptionError', {
  end_invalid: 'invalid',
  excepted_already: 'conflict',
  exception_ended: 'conflict',
  exception_not_found: 'not-found',
  not_yours_to_end: 'forbidden',
  nothing_to_except: 'conflict',
}) {}

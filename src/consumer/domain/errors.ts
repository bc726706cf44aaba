import { errorsOf } from '../../kernel/index.js';

/** Ways the library itself fails; what the service refuses is a ServiceRefusal, as it said it. */
export class ConsumerError extends errorsOf('ConsumerError', {
  answer_unreadable: 'unavailable',
  closed: 'conflict',
  options_invalid: 'invalid',
}) {}

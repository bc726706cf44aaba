import { errorsOf } from '../../kernel/index.js';

/** Why a letter did not leave. */
export class MailError extends errorsOf('MailError', {
  mail_off: 'unavailable',
  /** For good: this letter to this address will never be taken. */
  mail_refused: 'invalid',
  /** For now. */
  mail_unreachable: 'unavailable',
}) {}

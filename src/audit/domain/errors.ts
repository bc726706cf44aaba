import { errorsOf } from '../../kernel/index.js';

/** Ways the log refuses. `record_malformed` is a mistake of the calling module, never of the caller behind it. */
export class AuditError extends errorsOf('AuditError', {
  checkpoint_not_found: 'not-found',
  export_not_sequenced: 'unavailable',
  export_range_invalid: 'invalid',
  export_too_large: 'too-large',
  log_altered: 'unavailable',
  log_empty: 'not-found',
  proof_range_invalid: 'invalid',
  record_malformed: 'unavailable',
  record_not_found: 'not-found',
}) {}

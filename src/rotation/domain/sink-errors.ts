import { errorsOf } from '../../kernel/index.js';

/**
 * Every way a place to deliver to answers no. What a place says by itself is never repeated: its status decides, its words may
 * quote what is nobody's to read.
 */
export class SinkError extends errorsOf('SinkError', {
  access_invalid: 'invalid',
  access_refused: 'conflict',
  changed_elsewhere: 'conflict',
  consent_required: 'invalid',
  delivery_unseen: 'unavailable',
  folder_not_allowed: 'conflict',
  place_invalid: 'invalid',
  place_occupied: 'conflict',
  place_unknown: 'conflict',
  sink_busy: 'unavailable',
  sink_exists: 'conflict',
  sink_not_found: 'not-found',
  sink_unreachable: 'unavailable',
  secret_unfit: 'conflict',
}) {}

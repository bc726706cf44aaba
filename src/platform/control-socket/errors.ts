import { errorsOf } from '../../kernel/index.js';

/** Ways the local socket refuses. */
export class ControlSocketError extends errorsOf('ControlSocketError', {
  control_request_malformed: 'invalid',
  control_request_unknown: 'not-found',
  control_socket_in_use: 'conflict',
}) {}

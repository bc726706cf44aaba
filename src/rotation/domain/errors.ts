import { errorsOf } from '../../kernel/index.js';

/** Every way in which what rotates, its runs and its consumers are answered no. */
export class RotationError extends errorsOf('RotationError', {
  account_not_registered: 'conflict',
  account_rotates: 'conflict',
  accounts_unfit: 'invalid',
  consumer_not_found: 'not-found',
  identity_not_active: 'conflict',
  new_refused: 'conflict',
  not_delivered: 'conflict',
  not_its_consumer: 'forbidden',
  not_rotated_yet: 'conflict',
  not_stuck: 'conflict',
  no_secret: 'conflict',
  nothing_to_override: 'conflict',
  old_still_works: 'conflict',
  past_cancelling: 'conflict',
  rotation_name_taken: 'conflict',
  rotation_not_found: 'not-found',
  rotation_paused: 'conflict',
  run_live: 'conflict',
  run_not_found: 'not-found',
  run_over: 'conflict',
  version_unknown: 'conflict',
}) {}

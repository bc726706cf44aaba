import { errorsOf } from '../../kernel/index.js';

/** Every way in which the database keeps the service from starting. */
export class DatabaseError extends errorsOf('DatabaseError', {
  cluster_broken: 'unavailable',
  credentials_lost: 'unavailable',
  data_directory_in_use: 'conflict',
  platform_unsupported: 'unavailable',
  role_too_mighty: 'forbidden',
  schema_behind: 'unavailable',
  schema_foreign: 'conflict',
  start_failed: 'unavailable',
}) {}

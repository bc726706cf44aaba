import { errorsOf } from '../../kernel/index.js';

/** Every way in which the database keeps the service from starting. */
export class DatabaseError extends errorsOf('DatabaseError', {
  cluster_broken: 'unavailable',
  credentials_lost: 'unavailable',
  data_directory_in_use: 'conflict',
  database_too_old: 'unavailable',
  database_unreachable: 'unavailable',
  installation_damaged: 'unavailable',
  platform_unsupported: 'unavailable',
  public_url_changed: 'conflict',
  public_url_held: 'conflict',
  role_too_mighty: 'forbidden',
  schema_behind: 'unavailable',
  schema_foreign: 'conflict',
  start_failed: 'unavailable',
  trust_domain_changed: 'conflict',
}) {}

import { errorsOf } from '../../../kernel/index.js';

/** Every way in which findings, what identities are called elsewhere, and sources are answered no. */
export class DiscoveryError extends errorsOf('DiscoveryError', {
  alias_malformed: 'invalid',
  alias_not_found: 'not-found',
  alias_taken: 'conflict',
  dismissal_too_long: 'invalid',
  finding_not_found: 'not-found',
  finding_over: 'conflict',
  identity_retired: 'conflict',
  nothing_to_adopt: 'conflict',
  not_one_kind: 'conflict',
  not_merged: 'conflict',
  person_left: 'conflict',
  run_live: 'conflict',
  run_not_found: 'not-found',
  source_kind_unknown: 'invalid',
  source_name_taken: 'conflict',
  source_not_found: 'not-found',
  source_settings_malformed: 'invalid',
  two_secrets: 'conflict',
}) {}

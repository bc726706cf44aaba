import { errorsOf } from '../../kernel/index.js';

/** Why a scan does not take place; what only keeps single files from being read is counted as skipped. */
export class ScanError extends errorsOf('ScanError', {
  allow_file_malformed: 'invalid',
  baseline_malformed: 'invalid',
  baseline_missing: 'invalid',
  git_failed: 'unavailable',
  image_malformed: 'invalid',
  no_repository: 'invalid',
  path_not_found: 'invalid',
  revision_unknown: 'invalid',
  rules_malformed: 'invalid',
}) {}

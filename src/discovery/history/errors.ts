import { errorsOf } from '../../kernel/index.js';

/** Every way the reading of a repository's history refuses as a whole. Single objects that cannot be read are reported as skipped. */
export class HistoryError extends errorsOf('HistoryError', {
  not_a_repository: 'not-found',
  unsupported_repository: 'invalid',
  git_failed: 'unavailable',
}) {}

/** A file of the store that is not what its format says. Caught by whoever reads it, who goes on without it. */
export class CorruptStore extends Error {
  override readonly name = 'CorruptStore';
}

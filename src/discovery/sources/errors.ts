import { errorsOf } from '../../kernel/index.js';

/** Why a source could not be looked at. It keeps what it knew, and says so: a source that failed never reads as clean. */
export class SourceError extends errorsOf('SourceError', {
  /** Its export or answer is not what its vendor documents. */
  source_malformed: 'invalid',
  /** It let nobody in, or not as far as it must be read. */
  source_refused: 'forbidden',
  /** Its address, path or account is not there. */
  source_missing: 'not-found',
  /** It could not be reached, or did not answer in time. */
  source_unreachable: 'unavailable',
  /** It says more than is taken from one source. */
  source_too_large: 'too-large',
  /** The run was told to end. */
  source_stopped: 'unavailable',
}) {}

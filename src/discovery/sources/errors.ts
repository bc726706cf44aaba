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
  /** Whoever looked at it died each time. */
  source_fatal: 'unavailable',
  /** The run was told to end. */
  source_stopped: 'unavailable',
  /** It does not prove its name. */
  source_untrusted: 'unavailable',
  /** It answered with something that nobody foresaw. */
  source_failed: 'unavailable',
  /** Where it is, or what is read there, is not said as a source of its kind is. */
  settings_invalid: 'invalid',
  /** What opens it is not what opens a source of its kind. */
  access_invalid: 'invalid',
  /** It lies on a network of one's own, or without encryption, and nobody consented to that. */
  consent_required: 'invalid',
  /** The operator has not opened this folder for reading. */
  folder_not_allowed: 'forbidden',
  source_not_found: 'not-found',
  source_name_taken: 'conflict',
  /** It is looked at now. */
  source_running: 'conflict',
  source_disabled: 'conflict',
  owner_not_live: 'conflict',
}) {}

/** @throws SourceError `source_stopped` */
export function unlessStopped(signal: AbortSignal): void {
  if (signal.aborted) throw new SourceError('source_stopped', 'It was told to stop: run it again.');
}

import { EgressError, type EgressResponse } from '../../platform/index.js';
import { SourceError, unlessStopped } from './errors.js';
import type { Asked, Tools } from './kind.js';

/**
 * Asks, and hears whatever is answered with whatever status.
 *
 * @throws SourceError `source_stopped`, `source_unreachable`, `source_untrusted`, `source_too_large`, `source_failed`; EgressError
 *   `egress_address_refused` and what else the caller's own words were refused for
 */
export async function heard(tools: Tools, asked: Asked, signal: AbortSignal): Promise<EgressResponse> {
  unlessStopped(signal);
  try {
    return await tools.ask(asked);
  } catch (error) {
    throw asSourceError(error);
  }
}

const CODES: Readonly<Record<string, readonly [SourceError['code'], string]>> = {
  egress_timeout: ['source_unreachable', 'The source is too slow now: run it again later.'],
  egress_unreachable: ['source_unreachable', 'The source cannot be reached: see that it runs, then run it again.'],
  egress_tls_failed: ['source_untrusted', 'The source does not prove its name: see its certificate.'],
  egress_too_large: ['source_too_large', 'The source answers with more than is taken from one.'],
};

export function asSourceError(error: unknown): unknown {
  if (!(error instanceof EgressError)) return error;
  const known = Object.hasOwn(CODES, error.code) ? CODES[error.code] : undefined;
  if (known) return new SourceError(known[0], known[1], { cause: error.code });
  return error.kind === 'unavailable'
    ? new SourceError('source_failed', 'The source answered with something else than it documents.', {
        cause: error.code,
      })
    : error;
}

/** What a status says where it says no. */
export function refusalOf(status: number): SourceError {
  if (status === 401 || status === 403)
    return new SourceError(
      'source_refused',
      'The source does not let Muster look: give it an access that may read there.',
    );
  if (status === 404)
    return new SourceError(
      'source_missing',
      'There is no such thing, or its access may not see it: check the settings.',
    );
  if (status === 429 || status >= 500)
    return new SourceError('source_unreachable', 'The source cannot answer now: run it again later.');
  return new SourceError('source_failed', `The source refused with status ${status}: check the settings.`);
}

/** @throws SourceError `source_malformed` */
export function jsonOf({ body }: EgressResponse): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    throw new SourceError(
      'source_malformed',
      'The source answered with no JSON: check that its URL is that of an API.',
    );
  }
}

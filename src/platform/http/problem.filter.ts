import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorKind, MusterError } from '../../kernel/index.js';
import { isPassing, tookTooLong } from '../database/passing.js';
import { RequestError } from './errors.js';
import { FailureLog } from './ports.js';

const STATUS: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  'step-up-required': 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  gone: 410,
  'precondition-failed': 412,
  'too-large': 413,
  'unsupported-media': 415,
  'rate-limited': 429,
  unavailable: 503,
};

/** A refusal as the caller sees it: problem details (RFC 9457) with a stable `code` and the request's id. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly requestId: string;
  readonly [detail: string]: unknown;
}

/** The only place that knows how a refusal becomes a status code. The cause is logged, never returned. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly failures: FailureLog) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = asRefusal(thrown);
    if (error.code === 'internal' || error.cause !== undefined) this.failures.failed(request.id, error.code, thrown);
    if (reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    const problem = problemOf(error, request.id);
    if (problem.status === 401 && !reply.hasHeader('www-authenticate'))
      void reply.header('www-authenticate', challengeOf(error));
    const retryAfter = error.details?.['retryAfterSeconds'];
    if (typeof retryAfter === 'number') void reply.header('retry-after', String(retryAfter));
    void reply.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }
}

/** What would be accepted (RFC 6750 §3); of a proof that is too weak or too old, which would not be (RFC 9470 §3). */
function challengeOf({ kind, details }: MusterError): string {
  if (kind !== 'step-up-required') return 'Bearer';
  const wanted = { acr_values: details?.['acrValues'], max_age: details?.['maxAgeSeconds'] };
  const named = Object.entries(wanted).filter(([, value]) => value !== undefined);
  return [
    'Bearer error="insufficient_user_authentication"',
    'error_description="A fresh, stronger proof of presence is needed"',
    ...named.map(([name, value]) => `${name}="${String(value)}"`),
  ].join(', ');
}

export function problemOf(error: MusterError, requestId: string): Problem {
  const status = error.code === 'internal' ? 500 : STATUS[error.kind];
  return {
    ...error.details,
    type: `urn:muster:problem:${error.code}`,
    title: error.code.replaceAll('_', ' '),
    status: error.code === 'precondition_required' ? 428 : status,
    code: error.code,
    detail: error.message,
    requestId,
  };
}

const FASTIFY_CODES: Readonly<Record<string, () => RequestError>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => new RequestError('body_too_large', 'Send a smaller body.'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () =>
    new RequestError('media_type_unsupported', 'Send application/json, or the media type this route names.'),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => new RequestError('body_malformed', 'The body is empty but declared as JSON.'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    new RequestError('body_malformed', 'Content-Length does not match the body.'),
  FST_ERR_BAD_URL: () => new RequestError('request_invalid', 'The path is not a valid URL.'),
  FST_ERR_MAX_PARAM_LENGTH: () => new RequestError('request_invalid', 'A part of the path is too long.'),
};

const RETRY_AFTER_SECONDS = 5;

/** Turns whatever was thrown into a refusal with a code; what nobody foresaw becomes `internal`. */
export function asRefusal(thrown: unknown): MusterError {
  if (thrown instanceof MusterError) return thrown;
  const code = (thrown as { code?: unknown } | null)?.code;
  const known = typeof code === 'string' ? FASTIFY_CODES[code] : undefined;
  if (known) return known();
  const status =
    thrown instanceof HttpException ? thrown.getStatus() : (thrown as { statusCode?: unknown } | null)?.statusCode;
  if (status === 404)
    return new RequestError('route_not_found', 'There is nothing here; see /openapi.json for what there is.');
  if (status === 413) return new RequestError('body_too_large', 'Send a smaller body.');
  if (status === 415)
    return new RequestError('media_type_unsupported', 'Send application/json, or the media type this route names.');
  if (status === 400)
    return new RequestError('body_malformed', 'The request could not be read as its media type says.');
  if (tookTooLong(thrown))
    return new RequestError('took_too_long', 'This took too long and was given up: ask for less, or send it later.', {
      details: { retryAfterSeconds: RETRY_AFTER_SECONDS },
      cause: thrown,
    });
  if (isPassing(thrown))
    return new RequestError('unavailable_now', 'The database cannot take this just now. Send it again shortly.', {
      details: { retryAfterSeconds: RETRY_AFTER_SECONDS },
      cause: thrown,
    });
  return new RequestError('internal', 'Something failed here. Ask your operator, naming the request id.', {
    cause: thrown,
  });
}

import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorKind, MusterError } from '../kernel/index.js';
import { FailureLog } from '../platform/index.js';
import { TokenError } from './domain/token-errors.js';

const REALM = 'Bearer realm="muster"';
/** A refusal from elsewhere in the words of the token endpoint. */
const WORD: Partial<Record<ErrorKind, TokenError['code']>> = {
  invalid: 'invalid_request',
  'too-large': 'invalid_request',
  'unsupported-media': 'invalid_request',
  conflict: 'invalid_request',
  unauthenticated: 'invalid_client',
  forbidden: 'unauthorized_client',
};

/** The token endpoint refuses as OAuth says (RFC 6749 §5.2), whoever refused: guard, schema or use case. */
@Catch()
export class OAuthErrorFilter implements ExceptionFilter {
  constructor(private readonly failures: FailureLog) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const refusal = asTokenError(thrown);
    if (refusal.cause !== undefined) this.failures.failed(request.id, refusal.code, thrown);
    const status = STATUS[refusal.code];
    if (status === 401) void reply.header('www-authenticate', REALM);
    void reply
      .status(status)
      .headers({ 'cache-control': 'no-store', pragma: 'no-cache' })
      .type('application/json')
      .send(
        JSON.stringify({ error: refusal.code, error_description: descriptionOf(refusal.message), ...refusal.details }),
      );
  }
}

const STATUS: Readonly<Record<TokenError['code'], number>> = {
  access_denied: 400,
  authorization_pending: 400,
  invalid_authorization_details: 400,
  invalid_client: 401,
  invalid_grant: 400,
  invalid_request: 400,
  invalid_scope: 400,
  invalid_target: 400,
  server_error: 503,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
};

/** Beside OAuth's word, `code` tells which of our own refusals it was: the reason that a proved caller is owed. */
function asTokenError(thrown: unknown): TokenError {
  if (thrown instanceof TokenError) return thrown;
  if (!(thrown instanceof MusterError))
    return new TokenError('server_error', 'Something failed here. Try again.', { cause: thrown });
  const cause = thrown.cause === undefined ? {} : { cause: thrown.cause };
  return new TokenError(WORD[thrown.kind] ?? 'server_error', thrown.message, {
    ...cause,
    details: { code: thrown.code, ...thrown.details },
  });
}

/** RFC 6749 §5.2: printable ASCII without quotation mark and backslash. */
function descriptionOf(message: string): string {
  return message.replace(/["\\]/g, "'").replace(/[^\x20-\x7e]/g, '?');
}

import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorKind, MusterError } from '../../kernel/index.js';
import { FailureLog } from '../../platform/index.js';
import { DeviceSignInError } from './domain/errors.js';

/** A refusal from elsewhere, guard or schema, in the words of these endpoints. */
const WORD: Partial<Record<ErrorKind, DeviceSignInError['code']>> = {
  invalid: 'invalid_request',
  'not-found': 'invalid_request',
  'too-large': 'invalid_request',
  'unsupported-media': 'invalid_request',
  'rate-limited': 'slow_down',
};

/** Devices are refused as OAuth says (RFC 6749 §5.2, RFC 8628 §3.5): a 400 with its word, 401 for a wrong client. */
@Catch()
export class OAuthRefusalsFilter implements ExceptionFilter {
  constructor(private readonly failures: FailureLog) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const refusal = inOAuthWords(thrown);
    if (refusal.code === 'server_error') this.failures.failed(request.id, refusal.code, thrown);
    if (refusal.code === 'invalid_client') void reply.header('www-authenticate', 'Bearer realm="muster"');
    const retryAfter = refusal.details?.['retryAfterSeconds'];
    if (typeof retryAfter === 'number') void reply.header('retry-after', String(retryAfter));
    void reply
      .status(statusOf(refusal, thrown))
      .headers({ 'cache-control': 'no-store', pragma: 'no-cache' })
      .type('application/json')
      .send(
        JSON.stringify({ ...refusal.details, error: refusal.code, error_description: descriptionOf(refusal.message) }),
      );
  }
}

function inOAuthWords(thrown: unknown): DeviceSignInError {
  if (thrown instanceof DeviceSignInError) return thrown;
  if (!(thrown instanceof MusterError))
    return new DeviceSignInError('server_error', 'Something failed here. Try again.', { cause: thrown });
  const details = { code: thrown.code, ...thrown.details };
  return new DeviceSignInError(WORD[thrown.kind] ?? 'server_error', thrown.message, { details, cause: thrown.cause });
}

/** What is not there at all, such as these routes on the other listener, stays a 404. */
function statusOf({ code }: DeviceSignInError, thrown: unknown): number {
  if (code === 'invalid_client') return 401;
  if (thrown instanceof MusterError && thrown.kind === 'not-found') return 404;
  return code === 'server_error' ? 503 : 400;
}

/** RFC 6749 §5.2: printable ASCII without quotation mark and backslash. */
function descriptionOf(message: string): string {
  return message.replace(/["\\]/g, "'").replace(/[^\x20-\x7e]/g, '?');
}

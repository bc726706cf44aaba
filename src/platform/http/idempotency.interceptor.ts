import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { catchError, from, mergeMap, Observable } from 'rxjs';
import { principalName } from '../../kernel/index.js';
import { beforeCommit } from '../database/before-commit.js';
import { bodyDigest } from './body-parsers.js';
import { RequestError } from './errors.js';
import { IdempotencyKeys, type KeyedRequest } from './idempotency-keys.js';
import { type MusterRequest, ROUTE, type RouteSpec } from './route.js';

const KEY = /^[\x21-\x7e]{1,128}$/;

/**
 * Makes a request with an `Idempotency-Key` take effect once: a repeat gets the stored answer, or 409 where the answer
 * carried a secret and so was never stored (architecture, decision 9). That it took effect is marked in the use
 * case's own transaction, so a crash between effect and answer never makes a repeat act twice.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly keys: IdempotencyKeys,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<MusterRequest>();
    const keyed = keyedRequest(request);
    if (!keyed) return next.handle();
    const route = this.reflector.get<RouteSpec>(ROUTE, context.getHandler());
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const stored = await this.keys.claim(keyed);
    if (stored) {
      void reply.status(stored.status).header('idempotency-replayed', 'true');
      return from([stored.answer]);
    }
    return within(keyed, this.keys, next).pipe(
      mergeMap(async (answer: unknown) => {
        await this.keys.settle(keyed, reply.statusCode, answer, route.secret === true);
        return answer;
      }),
      catchError(async (error: unknown) => {
        await this.keys.release(keyed);
        throw error;
      }),
    );
  }
}

function within(keyed: KeyedRequest, keys: IdempotencyKeys, next: CallHandler): Observable<unknown> {
  return new Observable((subscriber) =>
    beforeCommit.run(
      (tx) => keys.markEffect(tx, keyed),
      () => next.handle().subscribe(subscriber),
    ),
  );
}

function keyedRequest(request: MusterRequest): KeyedRequest | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined || request.method === 'GET' || request.method === 'HEAD') return undefined;
  if (typeof key !== 'string' || !KEY.test(key))
    throw new RequestError('idempotency_key_invalid', 'Idempotency-Key must be 1 to 128 visible ASCII characters.');
  const digest = bodyDigest(request);
  return { caller: callerOf(request, digest), route: routeOf(request), key, bodyDigest: digest };
}

function callerOf(request: MusterRequest, digest: Buffer): string {
  const { principal } = request.actor!;
  const name = principalName(principal);
  return principal.kind === 'anonymous' ? `${name}:${digest.toString('hex')}` : name;
}

function routeOf(request: FastifyRequest): string {
  const match = request.headers['if-match'];
  return `${request.method} ${request.url}${match === undefined ? '' : ` ${match.slice(0, 64)}`}`;
}

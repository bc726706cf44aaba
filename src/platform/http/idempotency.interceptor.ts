import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { catchError, from, mergeMap, Observable } from 'rxjs';
import { beforeCommit } from '../database/before-commit.js';
import { IdempotencyKeys, type KeyedRequest } from './idempotency-keys.js';
import { keyedRequest } from './keyed-request.js';
import { type MusterRequest, ROUTE, type RouteSpec } from './route.js';

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
    const keyed = keyedRequest(request, request.actor!.principal);
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

import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isMutual } from '../http/index.js';
import { Log } from './log.js';
import { Metrics } from './metrics.js';
import { requestContext } from './request-context.js';

/** Probes and scrapes: measured, not logged. */
const QUIET = /^\/(health\/|metrics$)/;

/** Measures and logs every answered request, by its route's pattern. */
@Injectable()
export class RequestTelemetry {
  constructor(
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  /** Adds hooks to the server, before it is ready. */
  install(fastify: FastifyInstance): void {
    const within = (request: FastifyRequest, _reply: unknown, done: () => void) =>
      requestContext.run({ requestId: request.id }, done);
    fastify.addHook('onRequest', within);
    fastify.addHook('preValidation', within); // reading the body has left the context of the request
    fastify.addHook('onResponse', (request, reply, done) => {
      this.answered(request, reply.statusCode, reply.elapsedTime / 1000);
      done();
    });
  }

  private answered(request: FastifyRequest, status: number, seconds: number): void {
    const route = request.routeOptions.url ?? 'unknown';
    const listener = isMutual(request.raw.socket) ? 'mutual' : 'open';
    this.metrics.requestAnswered({ method: request.method, route, status, listener, seconds });
    if (QUIET.test(route) && status < 500) return;
    const rounded = Math.round(seconds * 1e6) / 1e6;
    this.log.info('request answered', {
      requestId: request.id,
      method: request.method,
      route,
      status,
      listener,
      seconds: rounded,
    });
  }
}

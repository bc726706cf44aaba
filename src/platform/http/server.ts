import { randomBytes } from 'node:crypto';
import type { Type, DynamicModule, LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { idFrom } from '../../kernel/index.js';
import { installBodyParsers } from './body-parsers.js';
import { Listeners } from './listeners.js';
import { asRefusal, problemOf } from './problem.filter.js';

/** The Nest application with the two listeners that will serve it; nothing listens yet. */
export interface HttpServer {
  readonly app: NestFastifyApplication;
  readonly listeners: Listeners;
}

const MAX_PARAM_LENGTH = 256;

/** Builds the application over both listeners, with request ids, strict bodies and safe headers on every answer. */
export async function createHttpServer(
  module: Type | DynamicModule,
  options: { readonly bodyLimitBytes: number; readonly logger: LoggerService | false },
): Promise<HttpServer> {
  let listeners: Listeners | undefined;
  const adapterOptions = {
    bodyLimit: options.bodyLimitBytes,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    trustProxy: false,
    frameworkErrors: refuse,
    genReqId: () => idFrom('request', Date.now(), randomBytes(10)),
    serverFactory: (handler: ConstructorParameters<typeof Listeners>[0]) => {
      listeners = new Listeners(handler);
      return listeners.open;
    },
  };
  const adapter = new FastifyAdapter(adapterOptions as ConstructorParameters<typeof FastifyAdapter>[0]);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    logger: options.logger,
    abortOnError: false,
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  installBodyParsers(fastify);
  fastify.addHook('onRequest', async (request, reply) => {
    void reply.headers(headersFor(request));
  });
  await app.init();
  await fastify.ready();
  return { app, listeners: listeners! };
}

function headersFor(request: FastifyRequest): Record<string, string> {
  return {
    'x-request-id': request.id,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    'strict-transport-security': 'max-age=63072000',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
  };
}

/** What fails before any route is found, so outside Nest's filter: a path that is no URL, or has too long a part. */
function refuse(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOf(asRefusal(error), request.id);
  void reply.headers(headersFor(request));
  void reply.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

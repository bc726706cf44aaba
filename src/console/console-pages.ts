import { randomBytes } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isMutual } from '../platform/index.js';
import { type ConsoleFile, packingFor, readConsoleFiles } from './console-files.js';
import { contentSecurityPolicy, PERMISSIONS_POLICY } from './content-security.js';

/** Paths that belong to the API: the console never answers for them, whether they exist or not. */
const OF_THE_API = /^\/(v1|\.well-known|health|metrics|openapi\.json)(\/|$)/;
/** A path whose last part has a suffix names a file, not a page. */
const FILE = /\.[a-z0-9]+$/i;
const NONCE = '__NONCE__';
const NONCE_BYTES = 18;
const NOT_BUILT = `<!doctype html><html lang="en"><title>Muster</title>
<h1>The console is not built</h1><p>Run <code>npm run build</code>, then start the service again. The API works without it.</p></html>`;

/**
 * Answers for the pages and files of the console on the listener that asks for no certificate. They are public and the
 * same for everybody: whatever is to be seen in them comes from the API, which asks who is there.
 */
@Injectable()
export class ConsolePages implements OnModuleInit {
  private readonly files = readConsoleFiles();

  constructor(private readonly host: HttpAdapterHost<FastifyAdapter>) {}

  onModuleInit(): void {
    // No server where only the OpenAPI document is made.
    const fastify = this.host.httpAdapter?.getInstance<FastifyInstance | undefined>();
    fastify?.addHook?.('onRequest', async (request, reply) => this.answer(request, reply));
  }

  private async answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
    const path = request.url.split('?', 1)[0]!;
    if (OF_THE_API.test(path) || isMutual(request.raw.socket)) return undefined;
    const file = path === '/index.html' ? undefined : this.files.get(path);
    if (file) return sendFile(file, request, reply);
    return FILE.test(path) ? undefined : this.sendPage(reply);
  }

  private sendPage(reply: FastifyReply): FastifyReply {
    const nonce = randomBytes(NONCE_BYTES).toString('base64');
    const page = this.files.get('/index.html')?.bytes.identity.toString('utf8') ?? NOT_BUILT;
    return reply
      .status(this.files.size > 0 ? 200 : 503)
      .headers({
        'content-security-policy': contentSecurityPolicy(nonce),
        'permissions-policy': PERMISSIONS_POLICY,
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      })
      .type('text/html; charset=utf-8')
      .send(page.replaceAll(NONCE, nonce));
  }
}

function sendFile(file: ConsoleFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  void reply.headers({
    etag: file.etag,
    vary: 'accept-encoding',
    'cache-control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    'cross-origin-resource-policy': 'same-origin',
  });
  if (request.headers['if-none-match'] === file.etag) return reply.status(304).send();
  const packing = packingFor(file, request.headers['accept-encoding']);
  if (packing !== 'identity') void reply.header('content-encoding', packing);
  return reply.type(file.type).send(file.bytes[packing]);
}

import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RequestError } from './errors.js';

const digests = new WeakMap<FastifyRequest, Buffer>();
const EMPTY = createHash('sha256').digest();

/** SHA-256 of the body exactly as it was sent. */
export function bodyDigest(request: FastifyRequest): Buffer {
  return digests.get(request) ?? EMPTY;
}

/** Reads JSON and forms strictly: valid UTF-8, no prototype keys, no repeated form fields (RFC 6749 §3.2). */
export function installBodyParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  const options = { parseAs: 'buffer' as const };
  fastify.addContentTypeParser('application/json', options, (request, body, done) => {
    digests.set(request, sha256(body as Buffer));
    try {
      done(null, parseJson(text(body as Buffer)));
    } catch (error) {
      done(error as Error);
    }
  });
  fastify.addContentTypeParser('application/x-www-form-urlencoded', options, (request, body, done) => {
    digests.set(request, sha256(body as Buffer));
    try {
      done(null, parseForm(text(body as Buffer)));
    } catch (error) {
      done(error as Error);
    }
  });
}

function sha256(body: Buffer): Buffer {
  return createHash('sha256').update(body).digest();
}

function text(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch (cause) {
    throw new RequestError('body_malformed', 'The body must be valid UTF-8.', { cause });
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body, (key, value: unknown) => {
      if (key === '__proto__') throw new SyntaxError('forbidden key');
      return value;
    });
  } catch {
    throw new RequestError('body_malformed', 'The body is not valid JSON.');
  }
}

function parseForm(body: string): Record<string, string> {
  const form: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of new URLSearchParams(body)) {
    if (name in form) throw new RequestError('body_malformed', 'A form field is repeated (RFC 6749 §3.2).');
    form[name] = value;
  }
  return { ...form };
}

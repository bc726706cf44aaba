import type { FastifyRequest } from 'fastify';
import { type Principal, principalName } from '../../kernel/index.js';
import { bodyDigest } from './body-parsers.js';
import { RequestError } from './errors.js';
import type { KeyedRequest } from './idempotency-keys.js';

const KEY = /^[\x21-\x7e]{1,128}$/;

/** What a request with an `Idempotency-Key` is remembered by; undefined for one without, or one that only reads. */
export function keyedRequest(request: FastifyRequest, caller: Principal): KeyedRequest | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined || request.method === 'GET' || request.method === 'HEAD') return undefined;
  if (typeof key !== 'string' || !KEY.test(key))
    throw new RequestError('idempotency_key_invalid', 'Idempotency-Key must be 1 to 128 visible ASCII characters.');
  const digest = bodyDigest(request);
  return { caller: callerOf(caller, digest), route: routeOf(request), key, bodyDigest: digest };
}

function callerOf(principal: Principal, digest: Buffer): string {
  const name = principalName(principal);
  return principal.kind === 'anonymous' ? `${name}:${digest.toString('hex')}` : name;
}

function routeOf(request: FastifyRequest): string {
  const match = request.headers['if-match'];
  return `${request.method} ${request.url}${match === undefined ? '' : ` ${match.slice(0, 64)}`}`;
}

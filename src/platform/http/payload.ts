import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { canonicalJson, type Json } from '../../kernel/index.js';
import { RequestError } from './errors.js';

/** A request as it takes effect: what a bound proof and a consent are made for. */
export interface Payload {
  readonly method: string;
  /** As it was sent, without the query. */
  readonly path: string;
  readonly query: Json;
  readonly ifMatch: string | null;
  /** As it was parsed; null where none was sent. */
  readonly body: Json;
}

/** Stands where a secret was. */
export const WITHHELD = 'withheld';

export function payloadOf(request: FastifyRequest): Payload {
  return {
    method: request.method,
    path: request.url.split('?', 1)[0]!,
    query: { ...(request.query as Record<string, Json> | undefined) },
    ifMatch: request.headers['if-match'] ?? null,
    body: (request.body ?? null) as Json,
  };
}

/**
 * SHA-256 over the payload as canonical JSON (RFC 8785): one changed character gives another.
 *
 * @throws RequestError `body_malformed` for what has no canonical form: a lone surrogate, or too deep a nesting
 */
export function payloadDigest(payload: Payload): Buffer {
  try {
    return createHash('sha256')
      .update(canonicalJson({ ...payload }))
      .digest();
  } catch (cause) {
    throw new RequestError('body_malformed', 'The body must be valid Unicode and not nested so deeply.', { cause });
  }
}

/** The payload as it is shown to people: without the secrets in its body. */
export function shownPayload(payload: Payload, secretFields: readonly (readonly string[])[]): Payload {
  return { ...payload, body: secretFields.reduce(withhold, payload.body) };
}

function withhold(value: Json, [name, ...rest]: readonly string[]): Json {
  if (name === undefined) return value === null ? null : WITHHELD;
  if (Array.isArray(value)) return value.map((item: Json) => withhold(item, [name, ...rest]));
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return value;
  const members = value as Readonly<Record<string, Json>>;
  return { ...members, [name]: withhold(members[name]!, rest) };
}

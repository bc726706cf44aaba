import { createHash } from 'node:crypto';
import { type Algorithm, isAlgorithm } from './algorithm.js';
import { Refusal } from './refusal.js';
import { type JsonObject, strictJsonObject } from './strict-json.js';

/** Longer than any token of the known providers (GitHub's are about 2 kB, GitLab's and Kubernetes' shorter). */
export const MAX_TOKEN_BYTES = 16 * 1024;
const MAX_KID = 256;

/** A token as it was sent, taken apart. Nothing in it is proved until its signature is. */
export interface Jws {
  readonly algorithm: Algorithm;
  readonly kid: string;
  readonly claims: JsonObject;
  /** What the signature is over: the first two parts and the dot between them (RFC 7515 §5.2). */
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/**
 * Takes a compact JWS apart and checks its header before anything is believed of it (RFC 7515 §5.2, RFC 8725 §3).
 *
 * @param token the attacker's text
 * @throws Refusal with the reason; the algorithms `none` and HMAC have reasons of their own, for both are attacks
 */
export function parseJws(token: string): Jws {
  if (token.length > MAX_TOKEN_BYTES) throw new Refusal('token_too_large');
  const parts = token.split('.');
  const [header, payload, signature] = parts;
  if (parts.length !== 3 || !header || !payload || signature === undefined) throw new Refusal('token_malformed');
  const head = readHeader(strictJsonObject(decode(header), 'header_malformed'));
  if (signature === '') throw new Refusal('token_malformed');
  return {
    ...head,
    claims: strictJsonObject(decode(payload), 'claims_malformed'),
    signed: Buffer.from(`${header}.${payload}`, 'latin1'),
    signature: decode(signature),
  };
}

/**
 * What names a token for good: the digest of its signed part.
 *
 * The signature stays out of it. A thief cannot change a signed byte, but can give an ECDSA signature its other value
 * of s (both verify), and a token with another name would be a token that was never used.
 */
export function tokenDigest(jws: Jws): Buffer {
  return createHash('sha256').update(jws.signed).digest();
}

/** base64url without padding, in the one spelling that the bytes have (RFC 7515 §2, RFC 4648 §3.5). */
function decode(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) throw new Refusal('encoding_malformed');
  return bytes;
}

function readHeader(header: JsonObject): { algorithm: Algorithm; kid: string } {
  const { alg, kid, typ } = header;
  if (typeof alg !== 'string') throw new Refusal('header_malformed');
  if (/^none$/i.test(alg)) throw new Refusal('algorithm_none');
  if (/^hs\d/i.test(alg)) throw new Refusal('algorithm_symmetric');
  if (!isAlgorithm(alg)) throw new Refusal('algorithm_unknown');
  if ('crit' in header) throw new Refusal('critical_header');
  if ('jwk' in header || 'jku' in header || 'x5u' in header) throw new Refusal('key_in_header');
  if (typ !== undefined && (typeof typ !== 'string' || !/^(application\/)?jwt$/i.test(typ)))
    throw new Refusal('type_refused');
  if (kid === undefined) throw new Refusal('kid_missing');
  if (typeof kid !== 'string' || kid === '' || kid.length > MAX_KID) throw new Refusal('header_malformed');
  return { algorithm: alg, kid };
}

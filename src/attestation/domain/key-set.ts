import { constants, createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';
import { type Algorithm, keyShapeOf } from './algorithm.js';
import { Refusal } from './refusal.js';

/** A provider's JWKS is a few kilobytes; what is larger was not made to be read. */
export const MAX_JWKS_BYTES = 256 * 1024;
const MAX_KEYS = 100;
const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 8192;

/** One public key of a provider. */
export interface VerificationKey {
  readonly kid: string;
  /** The only algorithm the key may be used with, when the provider said so. */
  readonly alg: string | undefined;
  readonly kty: string;
  readonly crv: string | undefined;
  readonly key: KeyObject;
}

/** The keys of one provider by their `kid`. */
export type KeySet = ReadonlyMap<string, VerificationKey>;

/**
 * Reads a JSON Web Key Set (RFC 7517 §5) and keeps the keys that could verify a signature.
 *
 * Left out without a word, as §5 asks for members one cannot use: keys without `kid`, for encryption, of another type,
 * symmetric or private, RSA below 2048 or above 8192 bits, and every key whose `kid` stands twice.
 *
 * @returns undefined when the text is not a key set at all
 */
export function parseKeySet(body: Buffer): KeySet | undefined {
  if (body.length > MAX_JWKS_BYTES) return undefined;
  const keys = membersOf(body);
  if (keys === undefined || keys.length > MAX_KEYS) return undefined;
  const found = new Map<string, VerificationKey>();
  const doubled = new Set<string>();
  for (const key of keys.map(readKey)) {
    if (!key) continue;
    if (found.has(key.kid)) doubled.add(key.kid);
    found.set(key.kid, key);
  }
  for (const kid of doubled) found.delete(kid);
  return found;
}

function membersOf(body: Buffer): unknown[] | undefined {
  try {
    const set = JSON.parse(body.toString('utf8')) as { keys?: unknown } | null;
    return Array.isArray(set?.keys) ? set.keys : undefined;
  } catch {
    return undefined;
  }
}

function readKey(value: unknown): VerificationKey | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const jwk = value as JsonWebKey & { kid?: unknown; use?: unknown; alg?: unknown; key_ops?: unknown };
  if (typeof jwk.kid !== 'string' || jwk.kid === '' || jwk.d !== undefined || jwk.k !== undefined) return undefined;
  if (jwk.use !== undefined && jwk.use !== 'sig') return undefined;
  if (jwk.alg !== undefined && typeof jwk.alg !== 'string') return undefined;
  if (jwk.key_ops !== undefined && !(Array.isArray(jwk.key_ops) && jwk.key_ops.includes('verify'))) return undefined;
  const { kty, crv, n, e, x, y } = jwk;
  const key = importKey({ kty, crv, n, e, x, y });
  if (!key || !isStrong(key)) return undefined;
  return { kid: jwk.kid, alg: jwk.alg, kty: String(kty), crv: typeof crv === 'string' ? crv : undefined, key };
}

function importKey(jwk: JsonWebKey): KeyObject | undefined {
  try {
    const defined = Object.fromEntries(Object.entries(jwk).filter(([, member]) => member !== undefined));
    return createPublicKey({ key: defined, format: 'jwk' });
  } catch {
    return undefined;
  }
}

function isStrong(key: KeyObject): boolean {
  if (key.asymmetricKeyType !== 'rsa') return true;
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  return modulusLength >= MIN_RSA_BITS && modulusLength <= MAX_RSA_BITS && publicExponent >= 3n;
}

/**
 * Verifies a signature with a key that must be made for that algorithm (RFC 8725 §3.1): the header never chooses how a
 * key is used.
 *
 * @throws Refusal `key_unfit` when key and algorithm do not belong together, `signature_invalid`
 */
export function verifySignature(key: VerificationKey, algorithm: Algorithm, signed: Buffer, signature: Buffer): void {
  const shape = keyShapeOf(algorithm);
  const fits = key.kty === shape.kty && (shape.kty === 'RSA' || key.crv === shape.crv);
  if (!fits || (key.alg !== undefined && key.alg !== algorithm)) throw new Refusal('key_unfit');
  if (!holds(key.key, algorithm, signed, signature)) throw new Refusal('signature_invalid');
}

function holds(key: KeyObject, algorithm: Algorithm, signed: Buffer, signature: Buffer): boolean {
  const digest = `sha${algorithm.slice(2)}`;
  switch (algorithm) {
    case 'EdDSA':
      return verify(null, signed, key, signature);
    case 'ES256':
    case 'ES384':
      return verify(digest, signed, { key, dsaEncoding: 'ieee-p1363' }, signature);
    case 'PS256':
    case 'PS384':
    case 'PS512': {
      const padding = constants.RSA_PKCS1_PSS_PADDING;
      if (signature.length !== bytesOf(key)) return false;
      return verify(digest, signed, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }, signature);
    }
    case 'RS256':
    case 'RS384':
    case 'RS512':
      return verify(digest, signed, key, signature);
  }
}

/** The length of the modulus in bytes, and of every signature by it (RFC 8017 §8.1.2): OpenSSL takes one without its leading noughts. */
function bytesOf(key: KeyObject): number {
  return Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
}

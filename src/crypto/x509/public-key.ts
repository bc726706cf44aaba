import { createHash } from 'node:crypto';
import { type Der, Members, readDer } from '../der/reader.js';
import { TAG } from '../der/tags.js';
import { bitStringOctets, integerBytes, oidText } from '../der/values.js';
import { CryptoError, reading } from '../errors.js';

const EC_PUBLIC_KEY = '1.2.840.10045.2.1';
const ED25519 = '1.3.101.112';
const RSA_ENCRYPTION = '1.2.840.113549.1.1.1';

const CURVES: Readonly<Record<string, { readonly kind: 'p256' | 'p384'; readonly coordinateBytes: number }>> = {
  '1.2.840.10045.3.1.7': { kind: 'p256', coordinateBytes: 32 },
  '1.3.132.0.34': { kind: 'p384', coordinateBytes: 48 },
};

const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 4096;
const MIN_RSA_EXPONENT = 65_537;
const MAX_RSA_EXPONENT_OCTETS = 4;

export type KeyKind = 'p256' | 'p384' | 'ed25519' | 'rsa';

/** A public key that our policy accepts. */
export interface PublicKey {
  readonly kind: KeyKind;
  /** Size of an RSA modulus, of the curve otherwise. */
  readonly bits: number;
  /** SubjectPublicKeyInfo, DER. */
  readonly spkiDer: Buffer;
  /** SHA-256 of `spkiDer`. */
  readonly spkiSha256: Buffer;
  /** SHA-1 of the key's bit string: the usual subject key identifier (RFC 5280 §4.2.1.2, method 1). */
  readonly keyId: Buffer;
}

/**
 * Reads a SubjectPublicKeyInfo that we would sign or trust: P-256 or P-384 by name and uncompressed, Ed25519, RSA of
 * 2048 to 4096 bits, in whole octets, with an odd exponent of 65537 or more. Says nothing about whether an EC point
 * lies on its curve: `node:crypto` refuses those when the key is first used.
 *
 * @throws CryptoError `key_malformed`, `key_type_refused`, `key_too_small`, `key_too_large`
 */
export function parsePublicKey(spki: Der | Buffer): PublicKey {
  return reading('key_malformed', 'The public key', () => {
    const value = Buffer.isBuffer(spki) ? readDer(spki) : spki;
    const members = Members.of(value);
    const algorithm = Members.of(members.next(TAG.sequence));
    const key = bitStringOctets(members.next(TAG.bitString));
    members.end();
    const { kind, bits } = keyKind(algorithm, key);
    return {
      kind,
      bits,
      spkiDer: value.bytes,
      spkiSha256: createHash('sha256').update(value.bytes).digest(),
      keyId: createHash('sha1').update(key).digest(),
    };
  });
}

function keyKind(algorithm: Members, key: Buffer): { kind: KeyKind; bits: number } {
  const oid = oidText(algorithm.next(TAG.oid));
  const parameters = algorithm.peek();
  if (oid === EC_PUBLIC_KEY) return ellipticKey(algorithm, key);
  if (oid === ED25519) {
    if (parameters || key.length !== 32) throw malformedKey('An Ed25519 key is 32 bytes without parameters.');
    return { kind: 'ed25519', bits: 256 };
  }
  if (oid === RSA_ENCRYPTION) {
    if (parameters?.tag !== TAG.null || parameters.content.length > 0 || algorithm.left !== 1)
      throw malformedKey('An RSA key has NULL parameters (RFC 3279 §2.3.1).');
    return { kind: 'rsa', bits: rsaBits(key) };
  }
  throw refusedType();
}

/** RFC 5480 §2.1.1: curves by name only; explicit parameters would let the caller bring a curve of their own. */
function ellipticKey(algorithm: Members, key: Buffer): { kind: KeyKind; bits: number } {
  const parameters = algorithm.next();
  algorithm.end();
  const curve = parameters.tag === TAG.oid ? CURVES[oidText(parameters)] : undefined;
  if (!curve) throw refusedType();
  if (key[0] !== 0x04 || key.length !== 1 + 2 * curve.coordinateBytes)
    throw malformedKey('An elliptic-curve key is an uncompressed point of its curve.');
  return { kind: curve.kind, bits: curve.coordinateBytes * 8 };
}

function rsaBits(key: Buffer): number {
  const members = Members.of(readDer(key));
  const modulus = magnitude(integerBytes(members.next(TAG.integer)));
  const exponent = magnitude(integerBytes(members.next(TAG.integer)));
  members.end();
  const bits = modulus.length * 8 - (Math.clz32(modulus[0]!) - 24);
  if (bits < MIN_RSA_BITS)
    throw new CryptoError('key_too_small', `Use an RSA key of ${MIN_RSA_BITS} bits or more, or P-256.`);
  if (bits > MAX_RSA_BITS)
    throw new CryptoError('key_too_large', `Use an RSA key of at most ${MAX_RSA_BITS} bits, or P-256.`);
  if (bits % 8 !== 0 || modulus.at(-1)! % 2 === 0)
    throw malformedKey('An RSA modulus is odd and its size a multiple of 8 bits.');
  if (exponent.length > MAX_RSA_EXPONENT_OCTETS)
    throw new CryptoError('key_too_large', 'Use the RSA exponent 65537: a larger one only costs time.');
  const value = exponent.readUIntBE(0, exponent.length);
  if (value < MIN_RSA_EXPONENT || value % 2 === 0)
    throw new CryptoError('key_too_small', `Use the RSA exponent ${MIN_RSA_EXPONENT}.`);
  return bits;
}

function magnitude(integer: Buffer): Buffer {
  if (integer[0]! >= 0x80) throw malformedKey('An RSA key has a negative number in it.');
  return integer[0] === 0 && integer.length > 1 ? integer.subarray(1) : integer;
}

function malformedKey(message: string): CryptoError {
  return new CryptoError('key_malformed', message);
}

function refusedType(): CryptoError {
  return new CryptoError('key_type_refused', 'Use a P-256, P-384, Ed25519 or RSA (2048 to 4096 bits) key.');
}

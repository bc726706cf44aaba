import { verify } from 'node:crypto';
import { type Der, malformed, Members } from '../der/reader.js';
import { TAG } from '../der/tags.js';
import { oidText } from '../der/values.js';
import { NULL, oid, sequence } from '../der/writer.js';
import type { KeyKind, PublicKey } from './public-key.js';

/** Signature algorithms we accept: SHA-256 or better, and Ed25519. */
const ALGORITHMS = {
  '1.2.840.10045.4.3.2': { name: 'ecdsa-sha256', family: 'ec', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { name: 'ecdsa-sha384', family: 'ec', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { name: 'ecdsa-sha512', family: 'ec', hash: 'sha512' },
  '1.3.101.112': { name: 'ed25519', family: 'ed25519', hash: null },
  '1.2.840.113549.1.1.11': { name: 'rsa-sha256', family: 'rsa', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { name: 'rsa-sha384', family: 'rsa', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { name: 'rsa-sha512', family: 'rsa', hash: 'sha512' },
} as const;

type Algorithm = (typeof ALGORITHMS)[keyof typeof ALGORITHMS];
export type SignatureAlgorithmName = Algorithm['name'];
export type SignatureAlgorithm = Algorithm;

/** What our own authorities sign with. */
export type IssuingAlgorithm = 'ecdsa-sha256' | 'ecdsa-sha384' | 'ed25519';

/**
 * Reads an AlgorithmIdentifier; undefined where it is one that we do not accept (SHA-1, RSA-PSS, and so on).
 *
 * @throws CryptoError `der_malformed`
 */
export function parseSignatureAlgorithm(identifier: Der): SignatureAlgorithm | undefined {
  const members = Members.of(identifier);
  const dotted = oidText(members.next(TAG.oid));
  const parameters = members.rest();
  if (!Object.hasOwn(ALGORITHMS, dotted)) return undefined;
  const algorithm = ALGORITHMS[dotted as keyof typeof ALGORITHMS];
  const expected = algorithm.family === 'rsa' ? NULL : Buffer.alloc(0);
  if (!Buffer.concat(parameters.map((value) => value.bytes)).equals(expected))
    throw malformed('a signature algorithm has the wrong parameters');
  return algorithm;
}

/** The AlgorithmIdentifier of an algorithm, DER. */
export function encodeSignatureAlgorithm(name: IssuingAlgorithm): Buffer {
  const entry = Object.entries(ALGORITHMS).find(([, algorithm]) => algorithm.name === name)!;
  return sequence(oid(entry[0]));
}

/** The hash `node:crypto` is to sign with; null for Ed25519, which hashes by itself. */
export function hashOf(name: IssuingAlgorithm): 'sha256' | 'sha384' | null {
  return name === 'ed25519' ? null : name === 'ecdsa-sha384' ? 'sha384' : 'sha256';
}

/** The algorithm an authority of ours signs with, by its key. */
export function issuingAlgorithm(kind: Exclude<KeyKind, 'rsa'>): IssuingAlgorithm {
  return ({ p256: 'ecdsa-sha256', p384: 'ecdsa-sha384', ed25519: 'ed25519' } as const)[kind];
}

/** Whether a key of that kind can make signatures of that algorithm. */
export function fits(algorithm: SignatureAlgorithm, kind: KeyKind): boolean {
  return algorithm.family === (kind === 'p256' || kind === 'p384' ? 'ec' : kind);
}

/** Whether the signature over the bytes is the key's. A key that OpenSSL refuses verifies nothing. */
export function verifies(key: PublicKey, algorithm: SignatureAlgorithm, signed: Buffer, signature: Buffer): boolean {
  if (!fits(algorithm, key.kind)) return false;
  try {
    return verify(algorithm.hash, signed, { key: key.spkiDer, format: 'der', type: 'spki' }, signature);
  } catch {
    return false;
  }
}

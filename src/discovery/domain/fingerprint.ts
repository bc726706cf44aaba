import { createHash, createHmac } from 'node:crypto';
import { entropyOf } from './entropy.js';
import { pemLines } from './pem-lines.js';
import type { SecretKind } from './rule.js';
import { wordiness } from './wordiness.js';

/** Kinds that programs make by chance and people recognise by their end. */
const BY_CHANCE: readonly SecretKind[] = [
  'access-key',
  'api-key',
  'client-secret',
  'session',
  'signing-secret',
  'token',
];
const LONG = 20;
const BITS = 3;
/** Of these nobody guesses one. */
const BEYOND_GUESSING: readonly SecretKind[] = ['certificate', 'key-store', 'private-key'];
/** More of it than this in words was chosen by a person. */
const WORDY = 0.6;

/**
 * The one form of a secret, however it was written: without quotes and white space around it, a PEM block with real ends of lines
 * and without indentation.
 */
export function canonicalSecret(text: string): string {
  const trimmed = text.replace(/^[\s"'`]+/, '').replace(/(?<![\s"'`])[\s"'`]+$/, '');
  if (!trimmed.startsWith('-----BEGIN ')) return trimmed.replaceAll('\r\n', '\n');
  return pemLines(trimmed);
}

/** The inner digest of a keyed fingerprint: made where the secret is, neither stored nor logged. */
export function innerDigest(canonical: string): Buffer {
  return createHash('sha256').update(canonical).digest();
}

/** `HMAC-SHA-256(key, SHA-256(canonical secret))`, as the inventory's registered keys have it; in hex. */
export function fingerprintOf(key: Uint8Array, inner: Buffer): string {
  return createHmac('sha256', key).update(inner).digest('hex');
}

/** The last four characters of what a program made by chance; null for what four characters give away more of. */
export function lastFourOf(kind: SecretKind, canonical: string): string | null {
  if (!BY_CHANCE.includes(kind) || canonical.length < LONG || entropyOf(canonical) < BITS) return null;
  return canonical.slice(-4);
}

/** Whether whoever has its digest could find it by trying: it is short, or a person chose it. */
export function isGuessable(kind: SecretKind, canonical: string): boolean {
  if (BEYOND_GUESSING.includes(kind)) return false;
  return canonical.length < LONG || entropyOf(canonical) < BITS || wordiness(canonical) > WORDY;
}

/**
 * The inner digest under the key of its fingerprint, for what lies in a file between two scans, or the way back: the same call does
 * both. Whoever has the key alone can take it off.
 *
 * @param fingerprint of the same secret, by the same key
 */
export function masked(key: Uint8Array, fingerprint: string, digest: Buffer): Buffer {
  const mask = createHmac('sha256', key).update('mask').update(fingerprint).digest();
  return Buffer.from(digest.map((byte, index) => byte ^ mask[index]!));
}

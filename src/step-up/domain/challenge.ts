import { createHash } from 'node:crypto';
import type { StepUp } from './step-up.js';

/**
 * What the authenticator signs: SHA-256 over a fresh nonce, the digest of the request and the name of this very asking,
 * so that the signature says yes to nothing else (WebAuthn Level 3 §13.4.3: random, and at least 16 bytes).
 *
 * @param nonce 32 random bytes
 */
export function challengeFor({ id, payloadDigest }: Pick<StepUp, 'id' | 'payloadDigest'>, nonce: Buffer): Buffer {
  if (nonce.length !== 32) throw new RangeError('A nonce has 32 bytes.');
  return createHash('sha256').update(nonce).update(payloadDigest).update(id).digest();
}

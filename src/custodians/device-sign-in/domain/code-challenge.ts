import { createHash, timingSafeEqual } from 'node:crypto';

/** RFC 7636 §4.1. */
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;
/** SHA-256 in base64url without padding (§4.2); `plain` is not offered. */
export const CODE_CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

/** Whether whoever shows this verifier made the challenge (RFC 7636 §4.6, S256). */
export function verifies(verifier: string, challenge: string): boolean {
  if (!VERIFIER.test(verifier)) return false;
  const made = createHash('sha256').update(verifier, 'ascii').digest();
  const asked = Buffer.from(challenge, 'base64url');
  return made.length === asked.length && timingSafeEqual(made, asked);
}

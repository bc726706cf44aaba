import { createHmac } from 'node:crypto';
import { canonicalJson, type Json } from '../../kernel/index.js';

/** A salt is never shared between two records, so that equal images cannot be recognised by their commitments. */
export const SALT_BYTES = 32;

/** What changed: both images exactly as stored, an absent one `null`, as one canonical text (RFC 8785). */
export function imagesText(before: Json | null, after: Json | null): string {
  return canonicalJson([before, after]);
}

/**
 * Binds a leaf to its images without showing them: `base64url(HMAC-SHA-256(salt, images))` (decision 1).
 *
 * Without the salt it says nothing about the images; with it anyone can recompute it.
 *
 * @param salt 32 random bytes of this record alone
 */
export function commitmentTo(images: string, salt: Uint8Array): string {
  if (salt.length !== SALT_BYTES) throw new RangeError(`A salt has ${SALT_BYTES} bytes.`);
  return createHmac('sha256', salt).update(images, 'utf8').digest('base64url');
}

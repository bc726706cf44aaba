import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What a server keeps of a role's password, closed: where passwords are seen it is opened and tried, and nowhere else. */
export interface SealedVerifier {
  readonly role: string;
  /** Where it stands, for people. */
  readonly where: string;
  /** Base64url. */
  readonly sealed: string;
}

/**
 * Closes a verifier. The same one is closed the same way each time, so that nothing seems new where nothing is.
 *
 * @param key 32 bytes that the service alone has
 */
export function sealVerifier(key: Uint8Array, text: string): string {
  const nonce = createHmac('sha256', key).update(`verifier ${text}`).digest().subarray(0, NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const closed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), closed]).toString('base64url');
}

/** @returns undefined for what another key closed, or nobody did */
export function openVerifier(key: Uint8Array, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length <= NONCE_BYTES + TAG_BYTES) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

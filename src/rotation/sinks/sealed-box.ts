import { createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';
import { hsalsa, xsalsa20poly1305 } from '@noble/ciphers/salsa';
import { blake2b } from '@noble/hashes/blake2.js';

/** The head of a SubjectPublicKeyInfo of X25519 (RFC 8410 §4); the 32 bytes of the key follow it. */
const X25519_SPKI = Buffer.from('302a300506032b656e032100', 'hex');
/** "expand 32-byte k", as Salsa20's four words. */
const SIGMA = new Uint32Array(new Uint8Array(Buffer.from('expand 32-byte k')).buffer);

/**
 * Seals a text so that only the holder of a key reads it, and nobody knows by whom it was sealed: libsodium's `crypto_box_seal`
 * (X25519, XSalsa20-Poly1305, the nonce by BLAKE2b of both public keys), with a key of its own that nobody keeps.
 *
 * @param recipient the public key, 32 bytes
 */
export function sealFor(recipient: Buffer, text: string): Buffer {
  const own = generateKeyPairSync('x25519');
  const ownPublic = own.publicKey.export({ type: 'spki', format: 'der' }).subarray(X25519_SPKI.length);
  const publicKey = createPublicKey({ key: Buffer.concat([X25519_SPKI, recipient]), format: 'der', type: 'spki' });
  const shared = diffieHellman({ privateKey: own.privateKey, publicKey });
  const nonce = blake2b(Buffer.concat([ownPublic, recipient]), { dkLen: 24 });
  return Buffer.concat([ownPublic, xsalsa20poly1305(boxKey(shared), nonce).encrypt(Buffer.from(text))]);
}

/** `crypto_box_beforenm`: HSalsa20 of what was agreed on, with a nonce of zeros. */
export function boxKey(shared: Buffer): Uint8Array {
  const key = new Uint32Array(8);
  hsalsa(SIGMA, new Uint32Array(new Uint8Array(shared).buffer), new Uint32Array(4), key);
  return new Uint8Array(key.buffer);
}

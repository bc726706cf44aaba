import { createCipheriv, createDecipheriv, createHash, hkdfSync, type ScryptOptions, scrypt } from 'node:crypto';
import { canonicalJson } from '../kernel/index.js';

/** Where a sealed value stands. It opens there and nowhere else, so a copied cell is worthless in another row or field. */
export interface Place {
  readonly table: string;
  readonly row: string;
  readonly field: string;
}

/** A 256-bit AES key and the public name by which an envelope says that it was used. */
export interface SealingKey {
  /** 8 bytes; tells keys apart, reveals nothing of them. */
  readonly id: Buffer;
  readonly bytes: Buffer;
}

const VERSION = 1;
const ID_BYTES = 8;
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + ID_BYTES + NONCE_BYTES;

/** Gives a key its name: the first 8 bytes of a hash that is separated from every other use of the key. */
export function sealingKey(bytes: Buffer): SealingKey {
  const id = createHash('sha256').update('muster/key-id/1').update(deriveKey(bytes, 'key-id')).digest();
  return { id: id.subarray(0, ID_BYTES), bytes };
}

/**
 * Seals a value to its place with AES-256-GCM (NIST SP 800-38D).
 *
 * The envelope is `version (1) · key id (8) · nonce (12) · ciphertext · tag (16)`; version, key id, table, row and field
 * are authenticated with it.
 *
 * @param nonce 96 random bits, never used twice with one key: one key seals at most 2^32 values (SP 800-38D §8.3)
 */
export function sealAt(key: SealingKey, place: Place, plaintext: Uint8Array, nonce: Uint8Array): Buffer {
  if (nonce.length !== NONCE_BYTES) throw new RangeError(`A nonce has ${NONCE_BYTES} bytes.`);
  const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associatedData(key, place));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([Buffer.of(VERSION), key.id, nonce, ciphertext, cipher.getAuthTag()]);
}

/**
 * Opens what {@link sealAt} sealed.
 *
 * @returns the value, or undefined when the envelope was changed, was moved, or belongs to another key: the three are
 *   not told apart
 */
export function openAt(key: SealingKey, place: Place, sealed: Uint8Array): Buffer | undefined {
  const envelope = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  if (envelope.length < HEADER_BYTES + TAG_BYTES || envelope[0] !== VERSION) return undefined;
  if (!envelope.subarray(1, 1 + ID_BYTES).equals(key.id)) return undefined;
  const nonce = envelope.subarray(1 + ID_BYTES, HEADER_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key.bytes, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(associatedData(key, place));
  decipher.setAuthTag(envelope.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(envelope.subarray(HEADER_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** Canonical JSON, so that no two places share an encoding. */
function associatedData(key: SealingKey, place: Place): Buffer {
  return Buffer.from(canonicalJson([VERSION, key.id.toString('hex'), place.table, place.row, place.field]));
}

/**
 * A 256-bit key for one purpose from a 256-bit key (HKDF-SHA-256, RFC 5869, without salt). Purposes never share a key:
 * whoever learns one learns nothing of the others.
 */
export function deriveKey(key: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `muster/${purpose}/1`, 32));
}

/** Cost of turning the unseal secret into a key (RFC 7914 §2). */
export interface ScryptCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** 128 MiB of memory and about a third of a second for each guess. */
export const SCRYPT_COST: ScryptCost = { N: 2 ** 17, r: 8, p: 1 };

/** Stretches a secret to a 256-bit key with scrypt (RFC 7914), off the main thread. */
export function stretch(secret: string, salt: Uint8Array, cost: ScryptCost): Promise<Buffer> {
  const options: ScryptOptions = { ...cost, maxmem: 256 * cost.N * cost.r };
  return new Promise((resolve, reject) => {
    scrypt(secret.normalize('NFC'), salt, 32, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

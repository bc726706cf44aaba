import { createHmac, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { deriveKey, NONCE_BYTES, openAt, type Place, sealAt, type SealingKey, sealingKey } from '../../crypto/index.js';
import { KeystoreError } from './errors.js';

interface ServiceKeys {
  readonly sealing: SealingKey;
  readonly fingerprint: SealingKey;
  readonly blindIndex: Buffer;
}

const PERSON_KEYS = { table: 'muster.person_keys', field: 'key' } as const;

/**
 * Seals and opens what the service itself must read: its TLS key, personal fields, webhooks' secrets.
 *
 * It holds the service key from unsealing until the process ends, in memory alone. Authorities', token and log keys are
 * sealed under the signer's key and cannot be opened here. While sealed, every method throws KeystoreError `sealed`.
 */
@Injectable()
export class Keystore {
  private keys: ServiceKeys | undefined;

  /** Whether the service key is there. */
  get unsealed(): boolean {
    return this.keys !== undefined;
  }

  /** Takes the service key (32 bytes) from the signer. */
  unlock(serviceKey: Buffer): void {
    this.keys = {
      sealing: sealingKey(deriveKey(serviceKey, 'sealing')),
      fingerprint: sealingKey(deriveKey(serviceKey, 'fingerprint')),
      blindIndex: deriveKey(serviceKey, 'blind-index'),
    };
  }

  /** Seals a value to its row and field; the envelope opens nowhere else. */
  seal(place: Place, plaintext: Buffer): Buffer {
    return sealAt(this.service().sealing, place, plaintext, randomBytes(NONCE_BYTES));
  }

  /** Opens a sealed value. Throws `seal_broken` when it was changed, moved, or sealed under another key. */
  open(place: Place, sealed: Buffer): Buffer {
    return whole(openAt(this.service().sealing, place, sealed), place);
  }

  /**
   * The keyed fingerprint of another system's credential, to recognise it by without keeping it:
   * `HMAC-SHA-256(key, SHA-256(canonical(secret)))`. Only high-entropy credentials are fingerprinted.
   *
   * @param innerDigest the inner SHA-256, 32 bytes, made where the secret is
   */
  fingerprint(innerDigest: Buffer): { keyId: string; value: Buffer } {
    if (innerDigest.length !== 32) throw new RangeError('An inner digest has 32 bytes (SHA-256).');
    const { id, bytes } = this.service().fingerprint;
    return { keyId: id.toString('hex'), value: createHmac('sha256', bytes).update(innerDigest).digest() };
  }

  /** Which key fingerprints are made with now. */
  get fingerprintKeyId(): string {
    return this.service().fingerprint.id.toString('hex');
  }

  /**
   * A keyed digest of a value that is stored sealed, so that equal values can still be found and kept unique.
   *
   * @param purpose what is looked up, for example `person.email`; the same value differs between purposes
   * @param value already normalised by the caller
   */
  blindIndex(purpose: string, value: string): Buffer {
    return createHmac('sha256', deriveKey(this.service().blindIndex, purpose)).update(value).digest();
  }

  /** A new key for one person, sealed for `muster.person_keys`. To destroy that row is to forget the person. */
  newPersonKey(personId: string): Buffer {
    return this.seal({ ...PERSON_KEYS, row: personId }, randomBytes(32));
  }

  /**
   * Encrypts a personal field under the person's own key.
   *
   * @returns base64url text: it is what columns and audit images hold
   */
  sealPersonal(sealedPersonKey: Buffer, personId: string, field: string, text: string): string {
    const key = this.personKey(sealedPersonKey, personId);
    return sealAt(key, personal(personId, field), Buffer.from(text), randomBytes(NONCE_BYTES)).toString('base64url');
  }

  /** Decrypts a personal field. Throws `seal_broken` when key or text belong to another person or field. */
  openPersonal(sealedPersonKey: Buffer, personId: string, field: string, sealedText: string): string {
    const place = personal(personId, field);
    const key = this.personKey(sealedPersonKey, personId);
    return whole(openAt(key, place, Buffer.from(sealedText, 'base64url')), place).toString('utf8');
  }

  private personKey(sealedPersonKey: Buffer, personId: string): SealingKey {
    return sealingKey(this.open({ ...PERSON_KEYS, row: personId }, sealedPersonKey));
  }

  private service(): ServiceKeys {
    if (!this.keys)
      throw new KeystoreError('sealed', 'The service is sealed. Run `muster unseal` on its machine, then try again.');
    return this.keys;
  }
}

function personal(personId: string, field: string): Place {
  return { table: 'person', row: personId, field };
}

function whole(opened: Buffer | undefined, place: Place): Buffer {
  if (opened) return opened;
  throw new KeystoreError('seal_broken', 'A stored value is damaged. Restore it from a backup.', {
    cause: `${place.table}:${place.row}:${place.field}`,
  });
}

import { randomBytes } from 'node:crypto';
import { NONCE_BYTES, openAt, type Place, sealAt, type SealingKey, sealingKey } from '../../crypto/index.js';
import { Refusal } from './refusal.js';

/**
 * Seals and opens private keys under the signer's key, which never leaves this process.
 *
 * What it seals is stored by the service, which can open none of it. While locked, both methods refuse with `sealed`.
 */
export class Vault {
  private key: SealingKey | undefined;

  get unlocked(): boolean {
    return this.key !== undefined;
  }

  /** @param signerKey 32 bytes */
  unlock(signerKey: Buffer): void {
    this.key = sealingKey(signerKey);
  }

  seal(place: Place, plaintext: Buffer): Buffer {
    return sealAt(this.unlockedKey(), place, plaintext, randomBytes(NONCE_BYTES));
  }

  /** Refuses with `seal_broken` when the value was changed, moved, or sealed under another key. */
  open(place: Place, sealed: Buffer): Buffer {
    const opened = openAt(this.unlockedKey(), place, sealed);
    if (!opened) throw new Refusal('seal_broken', 'A stored key is damaged. Restore it from a backup.');
    return opened;
  }

  private unlockedKey(): SealingKey {
    if (!this.key)
      throw new Refusal('sealed', 'The service is sealed. Run `muster unseal` on its machine, then try again.');
    return this.key;
  }
}

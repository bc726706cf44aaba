import { Injectable } from '@nestjs/common';
import { Keystore } from '../keystore/keystore.js';
import { Signer } from './signer.js';

/** Opens the signer and, with the key it gives, the keystore of this process. */
@Injectable()
export class Unsealing {
  /** Settles when the service is unsealed for the first time. */
  readonly done: Promise<void>;
  private finish!: () => void;

  constructor(
    private readonly signer: Signer,
    private readonly keystore: Keystore,
  ) {
    this.done = new Promise((resolve) => (this.finish = resolve));
  }

  /** Whether both hold their keys now; false again while a signer that died has not been given the secret. */
  get unsealed(): boolean {
    return this.keystore.unsealed && this.signer.unsealed();
  }

  /**
   * Unseals with the secret given, else with the one in the unseal file.
   *
   * @returns warnings for the operator, to be logged at each start
   * @throws SignerError as {@link Signer.unseal}
   */
  async unseal(secret?: string): Promise<readonly string[]> {
    const warnings = await this.signer.unseal(secret);
    if (!this.keystore.unsealed) this.keystore.unlock(await this.signer.serviceKey());
    this.finish();
    return warnings;
  }
}

import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type NoteKey, noteKey } from '../crypto/index.js';
import { Signer } from '../platform/index.js';

/** The name and public key of this installation's log. */
@Injectable()
export class LogIdentity {
  private known: NoteKey | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly signer: Signer,
  ) {}

  /**
   * The key that signs checkpoints; its name is the log's origin for ever: `<trust domain>/<installation id>`.
   *
   * @returns undefined as long as the installation has not been founded
   * @throws SignerError while the signer is sealed or cannot be reached
   */
  async key(): Promise<NoteKey | undefined> {
    if (this.known) return this.known;
    const [row] = await this.dataSource.query<{ id: string; trust_domain: string }[]>(
      'SELECT id, trust_domain FROM muster.installation',
    );
    if (!row) return undefined;
    this.known = noteKey(`${row.trust_domain}/${row.id}`, await this.signer.logPublicKey());
    return this.known;
  }
}

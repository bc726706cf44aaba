import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { Keystore, type Tx } from '../../platform/index.js';

/** Who people are at the provider. A subject may be an address, so only a keyed digest of it is kept. */
@Injectable()
export class LinksRepository {
  constructor(private readonly keystore: Keystore) {}

  async find(tx: Tx, issuer: string, subject: string): Promise<Id<'person'> | undefined> {
    const rows = await tx.query<{ id: Id<'person'> }>(
      'SELECT person_id AS id FROM muster.single_sign_on_links WHERE issuer = $1 AND subject_index = $2',
      [issuer, this.indexOf(issuer, subject)],
    );
    return rows[0]?.id;
  }

  /** @returns false when the person, or the subject, is linked already */
  async insert(tx: Tx, personId: Id<'person'>, issuer: string, subject: string, at: Date): Promise<boolean> {
    const inserted = await tx.execute(
      `INSERT INTO muster.single_sign_on_links (person_id, issuer, subject_index, linked_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING`,
      [personId, issuer, this.indexOf(issuer, subject), at],
    );
    return inserted === 1;
  }

  async deleteAll(tx: Tx, personId: Id<'person'>): Promise<void> {
    await tx.execute('DELETE FROM muster.single_sign_on_links WHERE person_id = $1', [personId]);
  }

  private indexOf(issuer: string, subject: string): Buffer {
    return this.keystore.blindIndex('single-sign-on.subject', `${issuer} ${subject}`);
  }
}

import { Pool } from 'pg';
import type { KeystoreRow } from '../../platform/index.js';

/** The signer's own eyes on the database, with its own role: it can read what it must check, and write nothing. */
export class SignerDatabase {
  private readonly pool: Pool;

  constructor(connectionString: string) {
    this.pool = new Pool({
      connectionString,
      max: 4,
      application_name: 'muster-signer',
      statement_timeout: 10_000,
      connectionTimeoutMillis: 10_000,
    });
    this.pool.on('error', () => undefined); // an idle connection died; the next query opens another
  }

  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<readonly Row[]> {
    return (await this.pool.query(sql, [...parameters])).rows as Row[];
  }

  keystoreRows(): Promise<readonly KeystoreRow[]> {
    return this.query<KeystoreRow>('SELECT id, kind, salt, params, verifier, sealed FROM muster.keystore');
  }

  /** The signed note of the largest tree that was published. */
  async latestCheckpoint(): Promise<string | undefined> {
    const sql = 'SELECT note FROM audit.checkpoints ORDER BY size DESC LIMIT 1';
    return (await this.query<{ note: string }>(sql))[0]?.note;
  }
}

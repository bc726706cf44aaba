import { withClient } from '../database/connection.js';
import type { KeystoreRow } from '../signer/messages.js';

const INSERT = `
  INSERT INTO muster.keystore (id, kind, salt, params, verifier, sealed)
  VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING`;

/**
 * Stores the rows of a new keystore, all or none: where another process was faster, its rows stand.
 *
 * @param appUrl the application role's URL: this happens before the rest of the service is up
 */
export async function foundKeystore(appUrl: string, rows: readonly KeystoreRow[]): Promise<void> {
  const rootFirst = [...rows].sort((one, other) => Number(other.kind === 'root') - Number(one.kind === 'root'));
  await withClient(appUrl, async (client) => {
    await client.query('BEGIN');
    for (const { id, kind, salt, params, verifier, sealed } of rootFirst) {
      const { rowCount } = await client.query(INSERT, [id, kind, salt, params, verifier, sealed]);
      if (kind === 'root' && rowCount === 0) break;
    }
    await client.query('COMMIT');
  });
}

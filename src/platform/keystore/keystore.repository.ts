import { Injectable } from '@nestjs/common';
import type { Tx } from '../database/tx.js';
import { Keystore } from './keystore.js';

const TABLE = 'muster.keystore';

/** Values of the service's own that live in `muster.keystore`, sealed to their row. */
@Injectable()
export class KeystoreRepository {
  constructor(private readonly keystore: Keystore) {}

  /** Throws KeystoreError `sealed`, `seal_broken`. */
  async find(tx: Tx, id: string): Promise<Buffer | undefined> {
    const [row] = await tx.query<{ sealed: Buffer }>(`SELECT sealed FROM ${TABLE} WHERE id = $1`, [id]);
    return row && this.keystore.open(placeOf(id), row.sealed);
  }

  /** @returns whether the value was stored; false when another process has stored one under that id */
  async add(tx: Tx, id: string, kind: 'tls-key', value: Buffer): Promise<boolean> {
    const sql = `INSERT INTO ${TABLE} (id, kind, sealed) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING`;
    return (await tx.execute(sql, [id, kind, this.keystore.seal(placeOf(id), value)])) === 1;
  }
}

function placeOf(id: string) {
  return { table: TABLE, row: id, field: 'sealed' };
}

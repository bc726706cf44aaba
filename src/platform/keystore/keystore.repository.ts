import { Injectable } from '@nestjs/common';
import type { Tx } from '../database/tx.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import type { KeystoreRow } from '../signer/messages.js';

const INSERT = `
  INSERT INTO muster.keystore (id, kind, salt, params, verifier, sealed)
  VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING`;

/** The rows of `muster.keystore`: ciphertext, and how to tell whether an unseal secret is the right one. */
@Injectable()
export class KeystoreRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Stores the rows of a new keystore, all or none: where another process was faster, its rows stand. */
  async found(rows: readonly KeystoreRow[]): Promise<void> {
    const [root, ...others] = [...rows].sort(
      (one, other) => Number(other.kind === 'root') - Number(one.kind === 'root'),
    );
    await this.unitOfWork.run(async (tx) => {
      if (!root || !(await insert(tx, root))) return;
      for (const row of others) await insert(tx, row);
    });
  }

  /** A value that this service sealed, for example its TLS key; its place is (`muster.keystore`, id, `sealed`). */
  async findSealed(tx: Tx, id: string): Promise<Buffer | undefined> {
    const [row] = await tx.query<{ sealed: Buffer }>('SELECT sealed FROM muster.keystore WHERE id = $1', [id]);
    return row?.sealed;
  }

  /** @returns whether the value was stored; false when another process has stored one under that id */
  addSealed(tx: Tx, id: string, kind: 'tls-key', sealed: Buffer): Promise<boolean> {
    return insert(tx, { id, kind, sealed, salt: null, params: null, verifier: null });
  }
}

async function insert(tx: Tx, row: Omit<KeystoreRow, 'kind'> & { readonly kind: string }): Promise<boolean> {
  const params = row.params === null ? null : JSON.stringify(row.params);
  return (await tx.execute(INSERT, [row.id, row.kind, row.salt, params, row.verifier, row.sealed])) === 1;
}

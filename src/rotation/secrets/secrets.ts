import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { Keystore, Prepared, type Tx } from '../../platform/index.js';

const SECRET_BYTES = 32;

/** One version of what a rotation made. Its secret is open in memory alone; null once it is destroyed. */
export interface MadeSecret {
  readonly rotationId: Id<'rotation'>;
  readonly version: number;
  readonly account: string;
  /** How the target tells it apart; null where it does not, or not yet. */
  readonly keyId: string | null;
  readonly secret: string | null;
  /** When it was seen to work; null for what is only proposed. */
  readonly provedAt: Date | null;
  readonly expiresAt: Date | null;
}

/** The secrets that rotations make: sealed to their row and version, and destroyed once they are dead. */
@Injectable()
export class RotationSecrets {
  constructor(private readonly keystore: Keystore) {}

  /** Stores the secret that is to work, before anything is made; the one that is stored already stays. */
  async propose(tx: Tx, rotationId: Id<'rotation'>, version: number, account: string, at: Date): Promise<MadeSecret> {
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    const sealed = this.keystore.seal(placeOf(rotationId, version), Buffer.from(secret));
    await tx.execute(PROPOSE, [rotationId, version, account, sealed, at]);
    return (await this.find(tx, rotationId, version))!;
  }

  async find(tx: Tx, rotationId: Id<'rotation'>, version: number): Promise<MadeSecret | undefined> {
    const [row] = await tx.query<SecretRow>(FIND, [rotationId, version]);
    return row && this.opened(rotationId, version, row);
  }

  /** A row that was read beside others. */
  opened(rotationId: Id<'rotation'>, version: number, row: SecretRow): MadeSecret {
    const { secret_sealed: sealed } = row;
    return {
      ...{ rotationId, version, account: row.account, keyId: row.key_id, provedAt: row.proved_at },
      secret: sealed && this.keystore.open(placeOf(rotationId, version), sealed).toString('utf8'),
      expiresAt: row.expires_at,
    };
  }

  /** Stores it as the target made it, once it was seen to work. */
  async proved(
    tx: Tx,
    { rotationId, version }: MadeSecret,
    made: { readonly keyId: string | null; readonly secret: string; readonly expiresAt: Date | null },
    at: Date,
  ): Promise<void> {
    const sealed = this.keystore.seal(placeOf(rotationId, version), Buffer.from(made.secret));
    await tx.execute(PROVED, [rotationId, version, made.keyId, sealed, made.expiresAt, at]);
  }

  /** Leaves nothing of it that could be opened. */
  async destroy(tx: Tx, rotationId: Id<'rotation'>, version: number, at: Date): Promise<void> {
    await tx.execute(DESTROY, [rotationId, version, at]);
  }
}

const PROPOSE = new Prepared(
  `INSERT INTO muster.rotation_secrets (rotation_id, version, account, secret_sealed, proposed_at) VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT ON CONSTRAINT rotation_secrets_pk DO NOTHING`,
);
const FIND = new Prepared(
  `SELECT s.account, s.key_id, s.secret_sealed, s.proved_at, s.expires_at FROM muster.rotation_secrets s
   WHERE s.rotation_id = $1 AND s.version = $2`,
);
const PROVED = new Prepared(
  `UPDATE muster.rotation_secrets SET key_id = $3, secret_sealed = $4, expires_at = $5, proved_at = $6
   WHERE rotation_id = $1 AND version = $2 AND destroyed_at IS NULL`,
);
const DESTROY = new Prepared(
  `UPDATE muster.rotation_secrets SET secret_sealed = NULL, destroyed_at = $3
   WHERE rotation_id = $1 AND version = $2 AND destroyed_at IS NULL`,
);

export interface SecretRow {
  readonly account: string;
  readonly key_id: string | null;
  readonly secret_sealed: Buffer | null;
  readonly proved_at: Date | null;
  readonly expires_at: Date | null;
}

function placeOf(rotationId: Id<'rotation'>, version: number) {
  return { table: 'muster.rotation_secrets', row: `${rotationId}:${version}`, field: 'secret_sealed' };
}

import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import type { Tx } from '../../platform/index.js';

/** What a credential record holds (WebAuthn Level 3 §4): nothing of it is secret. */
export interface NewPasskey {
  readonly credentialId: Buffer;
  /** COSE_Key. */
  readonly publicKey: Buffer;
  readonly signCount: number;
  readonly backupEligible: boolean;
  readonly transports: readonly string[];
}

export interface Passkey extends NewPasskey {
  readonly authenticatorId: Id<'authenticator'>;
  readonly personId: Id<'person'>;
}

@Injectable()
export class PasskeysRepository {
  async insert(tx: Tx, id: Id<'authenticator'>, passkey: NewPasskey): Promise<void> {
    await tx.execute(
      `INSERT INTO muster.passkeys (authenticator_id, credential_id, public_key, sign_count, backup_eligible, transports)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, passkey.credentialId, passkey.publicKey, passkey.signCount, passkey.backupEligible, passkey.transports],
    );
  }

  async listOf(tx: Tx, personId: Id<'person'>): Promise<Passkey[]> {
    return this.select(tx, 'WHERE a.person_id = $1 ORDER BY a.id', personId);
  }

  async find(tx: Tx, credentialId: Buffer): Promise<Passkey | undefined> {
    return (await this.select(tx, 'WHERE k.credential_id = $1', credentialId))[0];
  }

  /** Two answers of one passkey at the same moment are judged one after the other, each by the counter before it. */
  async lock(tx: Tx, credentialId: Buffer): Promise<Passkey | undefined> {
    return (await this.select(tx, 'WHERE k.credential_id = $1 FOR UPDATE OF k', credentialId))[0];
  }

  /** Notes that a passkey signed: no record (decision 2). */
  async noteUse(tx: Tx, id: Id<'authenticator'>, signCount: number, at: Date): Promise<void> {
    await tx.execute('UPDATE muster.passkeys SET sign_count = $2 WHERE authenticator_id = $1', [id, signCount]);
    await tx.execute('UPDATE muster.authenticators SET last_used_at = $2 WHERE id = $1', [id, at]);
  }

  /** Notes that a passkey looked copied. */
  async suspect(tx: Tx, id: Id<'authenticator'>, at: Date): Promise<void> {
    await tx.execute('UPDATE muster.passkeys SET suspected_at = $2 WHERE authenticator_id = $1', [id, at]);
  }

  private async select(tx: Tx, where: string, parameter: unknown): Promise<Passkey[]> {
    const rows = await tx.query<PasskeyRow>(
      `SELECT k.authenticator_id, a.person_id, k.credential_id, k.public_key, k.sign_count, k.backup_eligible,
         k.transports FROM muster.passkeys k JOIN muster.authenticators a ON a.id = k.authenticator_id ${where}`,
      [parameter],
    );
    return rows.map(passkeyOf);
  }
}

interface PasskeyRow {
  readonly authenticator_id: Id<'authenticator'>;
  readonly person_id: Id<'person'>;
  readonly credential_id: Buffer;
  readonly public_key: Buffer;
  /** bigint comes as text. */
  readonly sign_count: string;
  readonly backup_eligible: boolean;
  readonly transports: string[];
}

function passkeyOf(row: PasskeyRow): Passkey {
  return {
    authenticatorId: row.authenticator_id,
    personId: row.person_id,
    credentialId: row.credential_id,
    publicKey: row.public_key,
    signCount: Number(row.sign_count),
    backupEligible: row.backup_eligible,
    transports: row.transports,
  };
}

import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import type { Tx } from '../../platform/index.js';
import type { Authenticator, AuthenticatorKind } from '../domain/authenticator.js';

@Injectable()
export class AuthenticatorsRepository {
  async insert(tx: Tx, authenticator: Authenticator): Promise<void> {
    await tx.execute(
      `INSERT INTO muster.authenticators (id, person_id, kind, name_sealed, version, created_at, confirmed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        authenticator.id,
        authenticator.personId,
        authenticator.kind,
        authenticator.nameSealed,
        authenticator.version,
        authenticator.createdAt,
        authenticator.confirmedAt,
      ],
    );
  }

  async save(tx: Tx, { id, nameSealed, version, confirmedAt }: Authenticator): Promise<void> {
    await tx.execute(
      'UPDATE muster.authenticators SET name_sealed = $2, version = $3, confirmed_at = $4 WHERE id = $1',
      [id, nameSealed, version, confirmedAt],
    );
  }

  /** A person's authenticators in order of id. Where the person's row is locked, nobody else adds one. */
  async listOf(tx: Tx, personId: Id<'person'>): Promise<Authenticator[]> {
    const rows = await tx.query<AuthenticatorRow>(
      `SELECT a.id, a.person_id, a.kind, a.name_sealed, a.version, a.created_at, a.confirmed_at, a.last_used_at,
         k.backup_eligible,
         CASE WHEN a.kind = 'recovery-codes' THEN (
           SELECT count(*)::integer FROM muster.recovery_codes c WHERE c.authenticator_id = a.id AND c.spent_at IS NULL)
         END AS codes_left
       FROM muster.authenticators a LEFT JOIN muster.passkeys k ON k.authenticator_id = a.id
       WHERE a.person_id = $1 ORDER BY a.id`,
      [personId],
    );
    return rows.map(authenticatorOf);
  }

  /** With their secrets, counters and codes. */
  async delete(tx: Tx, ids: readonly Id<'authenticator'>[]): Promise<void> {
    await tx.execute('DELETE FROM muster.authenticators WHERE id = ANY ($1)', [ids]);
  }

  /** Takes away everything that somebody could sign in with, and says what it was. */
  async deleteAll(tx: Tx, personId: Id<'person'>): Promise<Authenticator[]> {
    const all = await this.listOf(tx, personId);
    await this.delete(
      tx,
      all.map(({ id }) => id),
    );
    return all;
  }
}

interface AuthenticatorRow {
  readonly id: Id<'authenticator'>;
  readonly person_id: Id<'person'>;
  readonly kind: AuthenticatorKind;
  readonly name_sealed: string;
  readonly version: number;
  readonly created_at: Date;
  readonly confirmed_at: Date | null;
  readonly last_used_at: Date | null;
  readonly backup_eligible: boolean | null;
  readonly codes_left: number | null;
}

function authenticatorOf(row: AuthenticatorRow): Authenticator {
  return {
    id: row.id,
    personId: row.person_id,
    kind: row.kind,
    nameSealed: row.name_sealed,
    version: row.version,
    createdAt: row.created_at,
    confirmedAt: row.confirmed_at,
    lastUsedAt: row.last_used_at,
    backupEligible: row.backup_eligible,
    codesLeft: row.codes_left,
  };
}

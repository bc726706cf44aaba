import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';
import type { Notice } from './domain/reminders.js';
import type { SignInPurpose, SignInToken } from './domain/sign-in-token.js';

/** One-time sign-in tokens, and whether Muster has been set up. */
@Injectable()
export class SignInRepository {
  async insert(tx: Tx, token: SignInToken, tokenHash: Buffer): Promise<void> {
    await tx.execute(
      `INSERT INTO muster.sign_in_tokens (id, token_hash, purpose, person_id, made_by, made_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [token.id, tokenHash, token.purpose, token.personId, token.madeBy, token.madeAt, token.expiresAt],
    );
  }

  async find(tx: Tx, tokenHash: Buffer): Promise<SignInToken | undefined> {
    return (await this.select(tx, 'WHERE token_hash = $1', tokenHash))[0];
  }

  async lock(tx: Tx, tokenHash: Buffer): Promise<SignInToken | undefined> {
    return (await this.select(tx, 'WHERE token_hash = $1 FOR UPDATE', tokenHash))[0];
  }

  /** Whom the server's machine, another administrator or a recovery code let in since an instant, and whose passkey looked copied; newest first. */
  async listNotices(tx: Tx, since: Date): Promise<Notice[]> {
    return tx.query<Notice>(
      `SELECT CASE purpose WHEN 'reset' THEN 'authenticators-reset' ELSE 'sign-in-printed' END AS kind,
         person_id AS "personId", made_at AS at, made_by AS by, spent_at AS "spentAt"
       FROM muster.sign_in_tokens WHERE purpose IN ('admin-sign-in', 'reset') AND made_at >= $1
       UNION ALL
       SELECT 'recovery-code-used', person_id, started_at, NULL, started_at
       FROM muster.sessions WHERE began_by = 'recovery-code' AND started_at >= $1
       UNION ALL
       SELECT 'passkey-copied', a.person_id, k.suspected_at, NULL, NULL
       FROM muster.passkeys k JOIN muster.authenticators a ON a.id = k.authenticator_id WHERE k.suspected_at >= $1
       ORDER BY at DESC LIMIT 50`,
      [since],
    );
  }

  async spend(tx: Tx, id: Id<'invitation'>, at: Date): Promise<void> {
    await tx.execute('UPDATE muster.sign_in_tokens SET spent_at = $2 WHERE id = $1', [id, at]);
  }

  /** Withdraws what a person could still spend. */
  async endAll(tx: Tx, personId: Id<'person'>, at: Date): Promise<readonly Id<'invitation'>[]> {
    const rows = await tx.query<{ id: Id<'invitation'> }>(
      `UPDATE muster.sign_in_tokens SET ended_at = $2
        WHERE person_id = $1 AND spent_at IS NULL AND ended_at IS NULL RETURNING id`,
      [personId, at],
    );
    return rows.map(({ id }) => id).sort();
  }

  async endSetupTokens(tx: Tx, at: Date): Promise<void> {
    await tx.execute(
      `UPDATE muster.sign_in_tokens SET ended_at = $1 WHERE purpose = 'setup' AND spent_at IS NULL AND ended_at IS NULL`,
      [at],
    );
  }

  async findSetup(tx: Tx): Promise<{ readonly completedAt: Date | null }> {
    return (await tx.query<{ completedAt: Date | null }>(SETUP))[0]!;
  }

  async lockSetup(tx: Tx): Promise<{ readonly completedAt: Date | null }> {
    return (await tx.query<{ completedAt: Date | null }>(`${SETUP} FOR UPDATE`))[0]!;
  }

  async completeSetup(tx: Tx, at: Date): Promise<void> {
    await tx.execute('UPDATE muster.setup SET completed_at = $1', [at]);
  }

  private async select(tx: Tx, where: string, parameter: unknown): Promise<SignInToken[]> {
    const rows = await tx.query<SignInTokenRow>(`SELECT ${COLUMNS} FROM muster.sign_in_tokens ${where}`, [parameter]);
    return rows.map(signInTokenOf);
  }
}

const SETUP = 'SELECT completed_at AS "completedAt" FROM muster.setup';
const COLUMNS = 'id, purpose, person_id, made_by, made_at, expires_at, spent_at, ended_at';

interface SignInTokenRow {
  readonly id: Id<'invitation'>;
  readonly purpose: SignInPurpose;
  readonly person_id: Id<'person'> | null;
  readonly made_by: string;
  readonly made_at: Date;
  readonly expires_at: Date;
  readonly spent_at: Date | null;
  readonly ended_at: Date | null;
}

function signInTokenOf(row: SignInTokenRow): SignInToken {
  return {
    id: row.id,
    purpose: row.purpose,
    personId: row.person_id,
    madeBy: row.made_by,
    madeAt: row.made_at,
    expiresAt: row.expires_at,
    spentAt: row.spent_at,
    endedAt: row.ended_at,
  };
}

import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import type { Tx } from '../../platform/index.js';

/** A person's code generator, as it is asked for a code. */
export interface TotpSecret {
  readonly authenticatorId: Id<'authenticator'>;
  readonly secretSealed: Buffer;
  /** The last step of which a code was taken. */
  readonly lastStep: number;
  /** In a row, the attempt under way counted. */
  readonly failures: number;
}

@Injectable()
export class TotpRepository {
  async insert(tx: Tx, id: Id<'authenticator'>, secretSealed: Buffer): Promise<void> {
    await tx.execute('INSERT INTO muster.totp_secrets (authenticator_id, secret_sealed) VALUES ($1, $2)', [
      id,
      secretSealed,
    ]);
  }

  /**
   * Counts an attempt as failed before it is judged, so that a thousand at once get no more guesses than one after the
   * other.
   *
   * @param pending whether a secret that was not confirmed yet is meant
   * @returns undefined where there is none, or where it is locked
   */
  async countAttempt(tx: Tx, personId: Id<'person'>, at: Date, pending = false): Promise<TotpSecret | undefined> {
    const rows = await tx.query<TotpRow>(
      `UPDATE muster.totp_secrets t SET failures = failures + 1
         FROM muster.authenticators a
        WHERE a.id = t.authenticator_id AND a.person_id = $1 AND (a.confirmed_at IS NULL) = $3
          AND (t.locked_until IS NULL OR t.locked_until <= $2)
       RETURNING t.authenticator_id, t.secret_sealed, t.last_step, t.failures`,
      [personId, at, pending],
    );
    return rows.map(secretOf)[0];
  }

  async lockUntil(tx: Tx, id: Id<'authenticator'>, until: Date): Promise<void> {
    await tx.execute('UPDATE muster.totp_secrets SET locked_until = $2 WHERE authenticator_id = $1', [id, until]);
  }

  /** Takes the code of a step, once: of any number of attempts with it exactly one succeeds (RFC 6238 §5.2). */
  async takeStep(tx: Tx, id: Id<'authenticator'>, step: number, at: Date): Promise<boolean> {
    const taken = await tx.execute(
      `UPDATE muster.totp_secrets SET last_step = $2, failures = 0, locked_until = NULL
        WHERE authenticator_id = $1 AND last_step < $2`,
      [id, step],
    );
    if (taken === 0) return false;
    await tx.execute('UPDATE muster.authenticators SET last_used_at = $2 WHERE id = $1', [id, at]);
    return true;
  }
}

interface TotpRow {
  readonly authenticator_id: Id<'authenticator'>;
  readonly secret_sealed: Buffer;
  readonly last_step: string;
  readonly failures: number;
}

function secretOf(row: TotpRow): TotpSecret {
  return {
    authenticatorId: row.authenticator_id,
    secretSealed: row.secret_sealed,
    lastStep: Number(row.last_step),
    failures: row.failures,
  };
}

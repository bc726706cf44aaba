import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';

/** What is known of a sign-in beyond its record, and that others must hear about. */
@Injectable()
export class UnusualSignIns {
  /** Whether the session that a person started at about that instant began with a recovery code. */
  async wasByRecoveryCode(tx: Tx, person: Id<'person'>, at: Date): Promise<boolean> {
    const rows = await tx.query(
      `SELECT FROM muster.sessions WHERE person_id = $1 AND began_by = 'recovery-code'
         AND started_at BETWEEN $2::timestamptz - interval '2 seconds' AND $2::timestamptz + interval '2 seconds' LIMIT 1`,
      [person, at],
    );
    return rows.length > 0;
  }
}

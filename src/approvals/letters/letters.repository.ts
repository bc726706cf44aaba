import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import type { Tx } from '../../platform/index.js';

/** A letter that waits: to whom and of what, but neither address nor words. */
export interface WaitingLetter {
  readonly id: string;
  readonly kind: string;
  readonly about: string;
  /** What keeps two of a kind about the same thing apart. */
  readonly occasion: string;
  readonly personId: Id<'person'>;
  readonly attempts: number;
  readonly createdAt: Date;
}

const CURSOR = 'letters';
const KEPT = '30 days';

@Injectable()
export class LettersRepository {
  /** How far the log was read, held until the transaction ends; undefined at the very first time. */
  async lockCursor(tx: Tx): Promise<number | undefined> {
    const rows = await tx.query<{ index: string }>('SELECT index FROM muster.log_cursors WHERE name = $1 FOR UPDATE', [
      CURSOR,
    ]);
    return rows[0] && Number(rows[0].index);
  }

  /** Begins at the end of the log: nobody wants letters about what was long ago. */
  async beginAt(tx: Tx, index: number): Promise<void> {
    await tx.execute('INSERT INTO muster.log_cursors (name, index) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING', [
      CURSOR,
      index,
    ]);
  }

  async moveTo(tx: Tx, index: number): Promise<void> {
    await tx.execute('UPDATE muster.log_cursors SET index = $2 WHERE name = $1', [CURSOR, index]);
  }

  /** @param occasion what keeps two of a kind about the same thing apart, such as the place in the log */
  async add(tx: Tx, kind: string, about: string, people: readonly string[], occasion: string, at: Date): Promise<void> {
    await tx.execute(
      `INSERT INTO muster.letters (kind, about, person_id, occasion, state, attempts, due_at, created_at)
       SELECT $1, $2, person, $4, 'waiting', 0, $5, $5 FROM unnest($3::text[]) AS list (person)
       ON CONFLICT ON CONSTRAINT letters_once DO NOTHING`,
      [kind, about, people, occasion, at],
    );
  }

  /** Claims what is due, until then: should this process die, somebody else takes it up again. */
  async claim(tx: Tx, at: Date, until: Date, count: number): Promise<WaitingLetter[]> {
    const rows = await tx.query<Row>(
      `UPDATE muster.letters l SET due_at = $2, attempts = l.attempts + 1
       FROM (SELECT id FROM muster.letters WHERE state = 'waiting' AND due_at <= $1 ORDER BY due_at LIMIT $3
             FOR UPDATE SKIP LOCKED) AS due
       WHERE l.id = due.id RETURNING l.id, l.kind, l.about, l.occasion, l.person_id, l.attempts, l.created_at`,
      [at, until, count],
    );
    return rows.map((row) => ({
      id: row.id,
      kind: row.kind,
      about: row.about,
      occasion: row.occasion,
      personId: row.person_id,
      attempts: row.attempts,
      createdAt: row.created_at,
    }));
  }

  async end(tx: Tx, id: string, state: 'sent' | 'given-up', failure: string | null, at: Date): Promise<void> {
    await tx.execute('UPDATE muster.letters SET state = $2, failure = $3, ended_at = $4 WHERE id = $1', [
      id,
      state,
      failure,
      at,
    ]);
  }

  async postpone(tx: Tx, id: string, dueAt: Date, failure: string): Promise<void> {
    await tx.execute('UPDATE muster.letters SET due_at = $2, failure = $3 WHERE id = $1', [id, dueAt, failure]);
  }

  async removeOld(tx: Tx, at: Date): Promise<void> {
    await tx.execute(
      `DELETE FROM muster.letters WHERE state <> 'waiting' AND created_at < $1::timestamptz - interval '${KEPT}'`,
      [at],
    );
  }

  async countByState(tx: Tx): Promise<Record<string, number>> {
    const rows = await tx.query<{ state: string; count: string }>(
      'SELECT state, count(*) FROM muster.letters GROUP BY state',
    );
    return Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)]));
  }
}

interface Row {
  readonly id: string;
  readonly kind: string;
  readonly about: string;
  readonly occasion: string;
  readonly person_id: Id<'person'>;
  readonly attempts: number;
  readonly created_at: Date;
}

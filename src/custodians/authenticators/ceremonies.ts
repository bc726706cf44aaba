import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { addSeconds, type Id, MINUTE_SECONDS } from '../../kernel/index.js';
import { Ids, Keystore, SystemClock, type Tx } from '../../platform/index.js';
import { CustodyError } from '../domain/errors.js';

export const CEREMONY_SECONDS = 5 * MINUTE_SECONDS;
const NONCE_BYTES = 32;

/** A question to a browser: what it is recognised by, and what must be signed. */
export interface BegunCeremony {
  readonly id: Id<'ceremony'>;
  readonly challenge: Buffer;
}

/**
 * What browsers were asked and have not answered yet. Each question is answered once and within five minutes; the row
 * goes with the answer, in the answer's transaction.
 */
@Injectable()
export class Ceremonies {
  constructor(
    private readonly ids: Ids,
    private readonly keystore: Keystore,
    private readonly clock: SystemClock,
  ) {}

  /** @param sessionId whose session enrols; null for a sign-in */
  async begin(tx: Tx, kind: 'enrolment' | 'sign-in', sessionId: Id<'session'> | null): Promise<BegunCeremony> {
    const challenge = randomBytes(NONCE_BYTES);
    const id = await this.insert(tx, kind, challenge, sessionId, () => null);
    return { id, challenge };
  }

  /**
   * Begins one that the browser leaves for, and comes back from with nothing but a state.
   *
   * @param state attacker-controlled once it has left; stored as a digest
   * @param memory what is needed at its return, sealed
   */
  async leave(tx: Tx, state: string, memory: unknown): Promise<void> {
    const sealed = (id: Id<'ceremony'>) => this.keystore.seal(placeOf(id), Buffer.from(JSON.stringify(memory)));
    await this.insert(tx, 'single-sign-on', digestOf(state), null, sealed);
  }

  /**
   * Ends one with its answer: of any number of answers at once exactly one comes this far.
   *
   * @returns the challenge that must have been signed
   * @throws CustodyError `ceremony_over` when it is unknown, spent, late, or another session's
   */
  async end(
    tx: Tx,
    kind: 'enrolment' | 'sign-in',
    id: Id<'ceremony'>,
    sessionId: Id<'session'> | null,
  ): Promise<Buffer> {
    const [row] = await tx.query<{ nonce: Buffer }>(
      `DELETE FROM muster.ceremonies
        WHERE id = $1 AND kind = $2 AND session_id IS NOT DISTINCT FROM $3 AND expires_at > $4 RETURNING nonce`,
      [id, kind, sessionId, this.clock.now()],
    );
    if (!row) throw over();
    return row.nonce;
  }

  /** Ends one that left: of any number of returns at once exactly one comes this far. @throws CustodyError `ceremony_over` */
  async comeBack(tx: Tx, state: string): Promise<void> {
    const ended = await tx.execute(
      `DELETE FROM muster.ceremonies WHERE nonce = $1 AND kind = 'single-sign-on' AND expires_at > $2`,
      [digestOf(state), this.clock.now()],
    );
    if (ended === 0) throw over();
  }

  /** What was kept for one that left and has not come back. @throws CustodyError `ceremony_over` */
  async look(tx: Tx, state: string): Promise<unknown> {
    const [row] = await tx.query<{ id: Id<'ceremony'>; memory_sealed: Buffer }>(
      `SELECT id, memory_sealed FROM muster.ceremonies WHERE nonce = $1 AND kind = 'single-sign-on' AND expires_at > $2`,
      [digestOf(state), this.clock.now()],
    );
    if (!row) throw over();
    return JSON.parse(this.keystore.open(placeOf(row.id), row.memory_sealed).toString('utf8')) as unknown;
  }

  private async insert(
    tx: Tx,
    kind: string,
    nonce: Buffer,
    sessionId: Id<'session'> | null,
    memory: (id: Id<'ceremony'>) => Buffer | null,
  ): Promise<Id<'ceremony'>> {
    const at = this.clock.now();
    const id = this.ids.next('ceremony');
    await tx.execute('DELETE FROM muster.ceremonies WHERE expires_at <= $1', [at]);
    await tx.execute(
      `INSERT INTO muster.ceremonies (id, kind, nonce, session_id, memory_sealed, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, kind, nonce, sessionId, memory(id), addSeconds(at, CEREMONY_SECONDS)],
    );
    return id;
  }
}

function digestOf(state: string): Buffer {
  return createHash('sha256').update(state, 'utf8').digest();
}

function placeOf(id: Id<'ceremony'>) {
  return { table: 'muster.ceremonies', row: id, field: 'memory' };
}

function over(): CustodyError {
  return new CustodyError('ceremony_over', 'This took too long, or was answered already; begin again.');
}

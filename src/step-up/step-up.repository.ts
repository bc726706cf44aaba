import { Injectable } from '@nestjs/common';
import type { Id, ProvedLevel } from '../kernel/index.js';
import { Keystore, type Tx } from '../platform/index.js';
import type { StepUp } from './domain/step-up.js';

/** What a person reads before they prove: it names people, so it is stored sealed. */
export interface ShownText {
  readonly words: string;
  /** The request as canonical JSON, its secrets withheld; null where the proof is for no one request. */
  readonly payload: string | null;
}

/** An asking with what is shown of it. */
export interface ShownStepUp {
  readonly stepUp: StepUp;
  readonly shown: ShownText;
}

@Injectable()
export class StepUpRepository {
  constructor(private readonly keystore: Keystore) {}

  async find(tx: Tx, id: Id<'stepUp'>): Promise<ShownStepUp | undefined> {
    return this.one(await tx.query<Row>(`SELECT ${COLUMNS} FROM muster.step_ups WHERE id = $1`, [id]));
  }

  async lock(tx: Tx, id: Id<'stepUp'>): Promise<ShownStepUp | undefined> {
    return this.one(await tx.query<Row>(`SELECT ${COLUMNS} FROM muster.step_ups WHERE id = $1 FOR UPDATE`, [id]));
  }

  /** What was asked already in this session, for the same, and can still be proved for a while. */
  async findOpen(tx: Tx, asked: StepUp, until: Date, maxAttempts: number): Promise<ShownStepUp | undefined> {
    const { personId, sessionId, action, acr, maxAgeSeconds, bound, payloadDigest } = asked;
    return this.one(
      await tx.query<Row>(
        `SELECT ${COLUMNS} FROM muster.step_ups
          WHERE person_id = $1 AND session_id = $2 AND action = $3 AND acr = $4 AND max_age_seconds = $5 AND bound = $6
            AND payload_digest = $7 AND proved_at IS NULL AND expires_at > $8 AND attempts < $9
          ORDER BY id DESC LIMIT 1`,
        [personId, sessionId, action, acr, maxAgeSeconds, bound, payloadDigest, until, maxAttempts],
      ),
    );
  }

  async insert(tx: Tx, { stepUp, shown }: ShownStepUp): Promise<void> {
    await tx.execute(
      `INSERT INTO muster.step_ups (id, person_id, session_id, action, acr, max_age_seconds, bound, payload_digest,
         shown, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        ...[stepUp.id, stepUp.personId, stepUp.sessionId, stepUp.action, stepUp.acr, stepUp.maxAgeSeconds],
        ...[stepUp.bound, stepUp.payloadDigest],
        this.keystore.seal(placeOf(stepUp.id), Buffer.from(JSON.stringify(shown))),
        ...[stepUp.createdAt, stepUp.expiresAt],
      ],
    );
  }

  /** Forgets all but a person's newest askings that nobody proved. */
  async deleteUnproved(tx: Tx, personId: Id<'person'>, keep: number): Promise<void> {
    await tx.execute(
      `DELETE FROM muster.step_ups WHERE id IN (
         SELECT id FROM muster.step_ups WHERE person_id = $1 AND proved_at IS NULL ORDER BY id DESC OFFSET $2)`,
      [personId, keep],
    );
  }

  /** A challenge goes out, in place of any before it. */
  async saveNonce(tx: Tx, id: Id<'stepUp'>, nonce: Buffer): Promise<void> {
    await tx.execute('UPDATE muster.step_ups SET nonce = $2 WHERE id = $1', [id, nonce]);
  }

  /** An attempt is counted before it is looked at. */
  async countAttempt(tx: Tx, id: Id<'stepUp'>): Promise<void> {
    await tx.execute('UPDATE muster.step_ups SET attempts = attempts + 1 WHERE id = $1', [id]);
  }

  async saveProof(tx: Tx, { id, proof }: StepUp): Promise<void> {
    await tx.execute(
      `UPDATE muster.step_ups SET nonce = NULL, proved_at = $2, proved_acr = $3, proved_by = $4, proved_in = $5
        WHERE id = $1`,
      [id, proof!.at, proof!.acr, proof!.authenticatorId, proof!.sessionId],
    );
  }

  /**
   * Spends a bound proof, once: of any number of transactions that try at the same time one finds it unspent.
   *
   * @param since the proof was made after this
   * @returns whether it is this request's now, or was already
   */
  async spend(tx: Tx, id: Id<'stepUp'>, by: Id<'request'>, at: Date, since: Date): Promise<boolean> {
    const changed = await tx.execute(
      `UPDATE muster.step_ups SET spent_at = coalesce(spent_at, $3), spent_by = $2
        WHERE id = $1 AND bound AND (spent_by = $2 OR (spent_by IS NULL AND proved_at > $4))`,
      [id, by, at, since],
    );
    return changed === 1;
  }

  async deleteExpired(tx: Tx, before: Date): Promise<number> {
    return tx.execute('DELETE FROM muster.step_ups WHERE expires_at < $1', [before]);
  }

  private one([row]: readonly Row[]): ShownStepUp | undefined {
    if (!row) return undefined;
    const shown = this.keystore.open(placeOf(row.id), row.shown).toString('utf8');
    return { stepUp: stepUpOf(row), shown: JSON.parse(shown) as ShownText };
  }
}

const COLUMNS = `id, person_id, session_id, action, acr, max_age_seconds, bound, payload_digest, shown, created_at,
  expires_at, nonce, attempts, proved_at, proved_acr, proved_by, proved_in, spent_at, spent_by`;

interface Row {
  readonly id: Id<'stepUp'>;
  readonly person_id: Id<'person'>;
  readonly session_id: Id<'session'>;
  readonly action: string;
  readonly acr: ProvedLevel;
  readonly max_age_seconds: number;
  readonly bound: boolean;
  readonly payload_digest: Buffer;
  readonly shown: Buffer;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly nonce: Buffer | null;
  readonly attempts: number;
  readonly proved_at: Date | null;
  readonly proved_acr: ProvedLevel | null;
  readonly proved_by: Id<'authenticator'> | null;
  readonly proved_in: Id<'session'> | null;
  readonly spent_at: Date | null;
  readonly spent_by: Id<'request'> | null;
}

function stepUpOf(row: Row): StepUp {
  const { proved_at: provedAt, spent_at: spentAt } = row;
  return {
    id: row.id,
    personId: row.person_id,
    sessionId: row.session_id,
    action: row.action,
    acr: row.acr,
    maxAgeSeconds: row.max_age_seconds,
    bound: row.bound,
    payloadDigest: row.payload_digest,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    nonce: row.nonce,
    attempts: row.attempts,
    proof: provedAt && {
      at: provedAt,
      acr: row.proved_acr!,
      authenticatorId: row.proved_by,
      sessionId: row.proved_in!,
    },
    spent: spentAt && { at: spentAt, by: row.spent_by! },
  };
}

function placeOf(id: Id<'stepUp'>) {
  return { table: 'muster.step_ups', row: id, field: 'shown' };
}

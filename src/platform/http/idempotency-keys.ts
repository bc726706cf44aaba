import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Tx } from '../database/tx.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { RequestError } from './errors.js';

/** A request that asked to take effect once. */
export interface KeyedRequest {
  readonly caller: string;
  readonly route: string;
  readonly key: string;
  /** SHA-256 of the body as sent. */
  readonly bodyDigest: Buffer;
}

interface StoredAnswer {
  readonly status: number;
  readonly answer: unknown;
}

interface KeyRow {
  readonly body_digest: Buffer;
  readonly state: 'running' | 'effective' | 'answered' | 'withheld';
  readonly status: number | null;
  readonly answer: string | null;
  readonly resource_id: string | null;
  /** Whoever claimed it would have answered by now. */
  readonly is_abandoned: boolean;
}

/** A claim this old that was not answered belongs to a process that died. */
const ABANDONED_AFTER = '2 minutes';
const KEPT_FOR = '24 hours';

/** The memory behind `Idempotency-Key`: which requests are under way, took effect, or have an answer to repeat. */
@Injectable()
export class IdempotencyKeys {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly dataSource: DataSource,
  ) {}

  /**
   * Claims the key, or answers what the first request was answered.
   *
   * @throws RequestError `idempotency_key_reused` for another body, `idempotency_in_progress` while the first is under
   *   way, `already_delivered` where the answer is not to be had again
   */
  async claim(request: KeyedRequest): Promise<StoredAnswer | undefined> {
    return this.unitOfWork.run(async (tx) => {
      const claimed = await tx.query(CLAIM, [request.caller, request.route, request.key, request.bodyDigest]);
      if (claimed.length > 0) return undefined;
      const [row] = await tx.query<KeyRow>(FIND, [request.caller, request.route, request.key]);
      return answerFrom(row, request);
    });
  }

  /** Whether this very request has taken effect, or was answered: then it does nothing more. */
  async remembers(request: KeyedRequest): Promise<boolean> {
    const [row] = await this.dataSource.query<KeyRow[]>(`${FIND} AND state <> 'running' AND expires_at > now()`, [
      ...keyOf(request),
    ]);
    return row !== undefined && row.body_digest.equals(request.bodyDigest);
  }

  /** Marks, in the use case's own transaction, that the request took effect. */
  async markEffect(tx: Tx, request: KeyedRequest): Promise<void> {
    await tx.execute(`UPDATE muster.idempotency_keys SET state = 'effective' WHERE ${THIS}`, keyOf(request));
  }

  /** Stores the answer for repeats; of an answer with a secret only the resource's id. */
  async settle(request: KeyedRequest, status: number, answer: unknown, secret: boolean): Promise<void> {
    await this.dataSource.query(
      `UPDATE muster.idempotency_keys SET state = $4, status = $5, answer = $6, resource_id = $7 WHERE ${THIS}`,
      [
        ...keyOf(request),
        secret ? 'withheld' : 'answered',
        status,
        secret || answer === undefined ? null : JSON.stringify(answer),
        resourceIdOf(answer) ?? null,
      ],
    );
  }

  /** Gives the key back after a refusal, so that the same request can be tried again; of an effect there is no answer to repeat. */
  async release(request: KeyedRequest): Promise<void> {
    await this.dataSource.query(
      `WITH refused AS (DELETE FROM muster.idempotency_keys WHERE ${THIS} AND state = 'running')
        UPDATE muster.idempotency_keys SET state = 'withheld', status = 500 WHERE ${THIS} AND state = 'effective'`,
      keyOf(request),
    );
  }

  async removeExpired(): Promise<void> {
    await this.dataSource.query('DELETE FROM muster.idempotency_keys WHERE expires_at < now()');
  }
}

/** The id of what an answer shows: its own, or else that of the one thing in it that has an id. */
function resourceIdOf(answer: unknown): string | undefined {
  const own = idOf(answer);
  if (own !== undefined || typeof answer !== 'object' || answer === null) return own;
  const inside = Object.values(answer)
    .map(idOf)
    .filter((id) => id !== undefined);
  return inside.length === 1 ? inside[0] : undefined;
}

function idOf(thing: unknown): string | undefined {
  const id = (thing as { id?: unknown } | null | undefined)?.id;
  return typeof id === 'string' ? id : undefined;
}

const THIS = 'caller = $1 AND route = $2 AND key = $3';
const FIND = `SELECT body_digest, state, status, answer, resource_id,
    created_at < now() - interval '${ABANDONED_AFTER}' AS is_abandoned
  FROM muster.idempotency_keys WHERE ${THIS}`;
const CLAIM = `
  INSERT INTO muster.idempotency_keys AS k (caller, route, key, body_digest, state, created_at, expires_at)
  VALUES ($1, $2, $3, $4, 'running', now(), now() + interval '${KEPT_FOR}')
  ON CONFLICT (caller, route, key) DO UPDATE SET created_at = now(), body_digest = EXCLUDED.body_digest,
    state = 'running', status = NULL, answer = NULL, resource_id = NULL, expires_at = EXCLUDED.expires_at
  WHERE (k.state = 'running' AND k.created_at < now() - interval '${ABANDONED_AFTER}' AND k.body_digest = $4)
     OR k.expires_at < now()
  RETURNING 1`;

function keyOf(request: KeyedRequest): string[] {
  return [request.caller, request.route, request.key];
}

function answerFrom(row: KeyRow | undefined, request: KeyedRequest): StoredAnswer {
  if (!row) throw inProgress();
  if (!row.body_digest.equals(request.bodyDigest))
    throw new RequestError(
      'idempotency_key_reused',
      'This Idempotency-Key was used with another body. Take a new one.',
    );
  if (row.state === 'answered')
    return { status: row.status!, answer: row.answer === null ? undefined : (JSON.parse(row.answer) as unknown) };
  if (row.state === 'running' || (row.state === 'effective' && !row.is_abandoned)) throw inProgress();
  const details = row.resource_id === null ? {} : { resourceId: row.resource_id };
  throw new RequestError(
    'already_delivered',
    'This request took effect, and its answer is not given twice. Read the resource, or make a new one.',
    { details },
  );
}

function inProgress(): RequestError {
  return new RequestError('idempotency_in_progress', 'The first request is still under way. Ask again soon.');
}

import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';
import type { Reason } from './domain/refusal.js';

/** One refusal as it is kept. `times` above one stands for a source's refusals that were not written down one by one. */
export interface StoredRefusal {
  readonly id: string;
  readonly at: Date;
  readonly evidence: 'oidc' | 'join-token' | 'any';
  readonly reason: Reason;
  readonly issuer: string | null;
  readonly address: string;
  readonly providerId: Id<'provider'> | null;
  readonly trustId: Id<'trust'> | null;
  readonly identityId: Id<'identity'> | null;
  readonly requestId: string | null;
  readonly times: number;
}

const INSERT = `
  INSERT INTO muster.attestation_refusals
    (at, evidence, reason, issuer, address, provider_id, trust_id, identity_id, request_id, times)
  SELECT * FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::text[], $9::text[], $10::integer[])`;

/** The table of refusals: newest first, bounded in number and age. */
@Injectable()
export class RefusalsRepository {
  async insertAll(tx: Tx, refusals: readonly Omit<StoredRefusal, 'id'>[]): Promise<void> {
    const column = <Key extends keyof Omit<StoredRefusal, 'id'>>(key: Key) => refusals.map((refusal) => refusal[key]);
    await tx.query(INSERT, [
      ...[column('at'), column('evidence'), column('reason'), column('issuer'), column('address')],
      ...[column('providerId'), column('trustId'), column('identityId'), column('requestId'), column('times')],
    ]);
  }

  async list(tx: Tx, before: string | undefined, reason: Reason | undefined, limit: number): Promise<StoredRefusal[]> {
    return tx.query<StoredRefusal>(
      `SELECT id, at, evidence, reason, issuer, address, provider_id AS "providerId", trust_id AS "trustId",
         identity_id AS "identityId", request_id AS "requestId", times
       FROM muster.attestation_refusals
       WHERE ($1::bigint IS NULL OR id < $1) AND ($2::text IS NULL OR reason = $2)
       ORDER BY id DESC LIMIT $3`,
      [before ?? null, reason ?? null, limit],
    );
  }

  /** Forgets what is older than an instant, and the oldest beyond a number of rows. Returns how many rows went. */
  async deleteOld(tx: Tx, before: Date, keep: number): Promise<number> {
    return tx.execute(
      `DELETE FROM muster.attestation_refusals WHERE at < $1 OR id <= (
         SELECT id FROM muster.attestation_refusals ORDER BY id DESC OFFSET $2 LIMIT 1)`,
      [before, keep],
    );
  }
}

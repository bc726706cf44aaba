import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import { brokenConstraint, Prepared, type Tx } from '../platform/index.js';
import { AttestationError } from './domain/errors.js';
import type { Pins } from './domain/pins.js';
import type { Trust, TrustStatus } from './domain/trust.js';

interface TrustRow {
  readonly id: Id<'trust'>;
  readonly identity_id: Id<'identity'>;
  readonly provider_id: Id<'provider'>;
  readonly audience: string;
  readonly subject: string;
  readonly pins: Pins;
  readonly condition: string | null;
  readonly max_ttl_seconds: number | null;
  readonly status: TrustStatus;
  readonly version: number;
  readonly created_at: Date;
  readonly changed_at: Date;
}

/** Which trusts a list shows. */
export interface TrustFilter {
  readonly identityId?: Id<'identity'> | undefined;
  readonly providerId?: Id<'provider'> | undefined;
  readonly after?: Id<'trust'> | undefined;
  readonly limit: number;
}

/** How trust and provider stand at this moment, both rows held until the transaction ends. */
export interface TrustStanding {
  readonly trustVersion: number;
  readonly trustStatus: string;
  readonly providerVersion: number;
  readonly providerStatus: string;
}

/** More trusts than this for one subject is a mistake; the ones for the identity that was named come first. */
const MAX_CANDIDATES = 200;

const COLUMNS = `id, identity_id, provider_id, audience, subject, pins, condition, max_ttl_seconds, status, version,
  created_at, changed_at`;
const CANDIDATES = new Prepared(
  `SELECT ${COLUMNS} FROM muster.trusts
   WHERE provider_id = $1 AND status = 'active' AND subject = ANY($2::text[])
   ORDER BY (identity_id IS DISTINCT FROM $3), id LIMIT $4`,
);
const STANDING = new Prepared(
  `SELECT t.version AS "trustVersion", t.status AS "trustStatus",
     p.version AS "providerVersion", p.status AS "providerStatus"
   FROM muster.trusts t JOIN muster.providers p ON p.id = t.provider_id
   WHERE t.id = $1 FOR SHARE`,
);
const INSERT = `
  INSERT INTO muster.trusts (id, identity_id, provider_id, created_at, audience, subject, pins, condition,
    max_ttl_seconds, status, version, changed_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`;
const UPDATE = `
  UPDATE muster.trusts SET audience = $2, subject = $3, pins = $4, condition = $5, max_ttl_seconds = $6, status = $7,
    version = $8, changed_at = $9
  WHERE id = $1`;

/** The table of trusts. What was removed is kept for the receipts that name it, and found by nobody. */
@Injectable()
export class TrustsRepository {
  async list(tx: Tx, { identityId, providerId, after, limit }: TrustFilter): Promise<readonly Trust[]> {
    const rows = await tx.query<TrustRow>(
      `SELECT * FROM muster.trusts
       WHERE status <> 'removed' AND id > $1 AND ($2::text IS NULL OR identity_id = $2)
         AND ($3::text IS NULL OR provider_id = $3)
       ORDER BY id LIMIT $4`,
      [after ?? '', identityId ?? null, providerId ?? null, limit],
    );
    return rows.map(trustOf);
  }

  /** @throws AttestationError `trust_not_found` */
  get(tx: Tx, id: Id<'trust'>): Promise<Trust> {
    return this.one(tx, id, '');
  }

  /** Takes the row for a change. @throws AttestationError `trust_not_found` */
  lock(tx: Tx, id: Id<'trust'>): Promise<Trust> {
    return this.one(tx, id, 'FOR UPDATE');
  }

  /** The active trusts of a provider that ask for one of these subjects, those for the named identity first. */
  async listCandidates(
    tx: Tx,
    providerId: Id<'provider'>,
    subjects: readonly string[],
    wanted: Id<'identity'> | undefined,
  ): Promise<readonly Trust[]> {
    const rows = await tx.query<TrustRow>(CANDIDATES, [providerId, subjects, wanted ?? null, MAX_CANDIDATES]);
    return rows.map(trustOf);
  }

  /** Holds trust and provider against change until the transaction ends (decision 5). */
  async holdStanding(tx: Tx, id: Id<'trust'>): Promise<TrustStanding | undefined> {
    return (await tx.query<TrustStanding>(STANDING, [id]))[0];
  }

  /** @throws AttestationError `provider_not_found` when it was removed meanwhile */
  async insert(tx: Tx, trust: Trust): Promise<void> {
    const { id, identityId, providerId, createdAt } = trust;
    try {
      await tx.query(INSERT, [id, identityId, providerId, createdAt, ...changeable(trust)]);
    } catch (cause) {
      if (brokenConstraint(cause) === 'trusts_provider')
        throw new AttestationError('provider_not_found', 'No provider has that id. GET /v1/providers lists them.', {
          cause,
        });
      throw cause;
    }
  }

  async save(tx: Tx, trust: Trust): Promise<void> {
    await tx.query(UPDATE, [trust.id, ...changeable(trust)]);
  }

  async remove(tx: Tx, trust: Trust, at: Date): Promise<void> {
    await tx.query(
      `UPDATE muster.trusts SET status = 'removed', version = version + 1, changed_at = $2 WHERE id = $1`,
      [trust.id, at],
    );
  }

  private async one(tx: Tx, id: Id<'trust'>, lock: '' | 'FOR UPDATE'): Promise<Trust> {
    const rows = await tx.query<TrustRow>(`SELECT * FROM muster.trusts WHERE id = $1 AND status <> 'removed' ${lock}`, [
      id,
    ]);
    if (!rows[0]) throw new AttestationError('trust_not_found', 'No trust has that id. GET /v1/trusts lists them.');
    return trustOf(rows[0]);
  }
}

function changeable(trust: Trust): readonly unknown[] {
  const { audience, subject, pins, condition, maxTtlSeconds, status, version, changedAt } = trust;
  return [audience, subject, JSON.stringify(pins), condition, maxTtlSeconds, status, version, changedAt];
}

function trustOf(row: TrustRow): Trust {
  return {
    id: row.id,
    identityId: row.identity_id,
    providerId: row.provider_id,
    audience: row.audience,
    subject: row.subject,
    pins: row.pins,
    condition: row.condition,
    maxTtlSeconds: row.max_ttl_seconds,
    status: row.status,
    version: row.version,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  };
}

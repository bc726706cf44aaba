import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import { brokenConstraint, Prepared, type Tx } from '../platform/index.js';
import type { Algorithm } from './domain/algorithm.js';
import { AttestationError } from './domain/errors.js';
import type { Provider, ProviderStatus } from './domain/provider.js';
import type { ProviderKind } from './domain/verifiers/index.js';

interface ProviderRow {
  readonly id: Id<'provider'>;
  readonly name: string;
  readonly kind: ProviderKind;
  readonly issuer: string;
  readonly algorithms: Algorithm[];
  readonly jwks_uri: string | null;
  readonly ca_certificates: string | null;
  readonly consent_by: Id<'person'> | null;
  readonly consent_at: Date | null;
  readonly consent_reason: string | null;
  readonly max_token_age_seconds: number;
  readonly clock_skew_seconds: number;
  readonly status: ProviderStatus;
  readonly version: number;
  readonly created_at: Date;
  readonly changed_at: Date;
}

const COLUMNS = `id, name, kind, issuer, algorithms, jwks_uri, ca_certificates, consent_by, consent_at, consent_reason,
  max_token_age_seconds, clock_skew_seconds, status, version, created_at, changed_at`;
const BY_ISSUER = new Prepared(`SELECT ${COLUMNS} FROM muster.providers WHERE issuer = $1 AND status <> 'removed'`);
const INSERT = `
  INSERT INTO muster.providers (id, kind, issuer, created_at, name, algorithms, jwks_uri, ca_certificates, consent_by,
    consent_at, consent_reason, max_token_age_seconds, clock_skew_seconds, status, version, changed_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`;
const UPDATE = `
  UPDATE muster.providers SET name = $2, algorithms = $3, jwks_uri = $4, ca_certificates = $5, consent_by = $6,
    consent_at = $7, consent_reason = $8, max_token_age_seconds = $9, clock_skew_seconds = $10, status = $11,
    version = $12, changed_at = $13
  WHERE id = $1`;

/** The table of providers. What was removed is kept for the receipts that name it, and found by nobody. */
@Injectable()
export class ProvidersRepository {
  async list(tx: Tx, after: Id<'provider'> | undefined, limit: number): Promise<readonly Provider[]> {
    const rows = await tx.query<ProviderRow>(
      `SELECT * FROM muster.providers WHERE status <> 'removed' AND id > $1 ORDER BY id LIMIT $2`,
      [after ?? '', limit],
    );
    return rows.map(providerOf);
  }

  /** @throws AttestationError `provider_not_found` */
  get(tx: Tx, id: Id<'provider'>): Promise<Provider> {
    return this.one(tx, id, '');
  }

  /** Takes the row for a change. @throws AttestationError `provider_not_found` */
  lock(tx: Tx, id: Id<'provider'>): Promise<Provider> {
    return this.one(tx, id, 'FOR UPDATE');
  }

  async findByIssuer(tx: Tx, issuer: string): Promise<Provider | undefined> {
    return (await tx.query<ProviderRow>(BY_ISSUER, [issuer])).map(providerOf)[0];
  }

  /** @throws AttestationError `provider_name_taken`, `issuer_taken` */
  async insert(tx: Tx, provider: Provider): Promise<void> {
    const { id, kind, issuer, createdAt } = provider;
    await translated(tx.query(INSERT, [id, kind, issuer, createdAt, ...changeable(provider)]));
  }

  /** @throws AttestationError `provider_name_taken` */
  async save(tx: Tx, provider: Provider): Promise<void> {
    await translated(tx.query(UPDATE, [provider.id, ...changeable(provider)]));
  }

  /** @throws AttestationError `provider_in_use` */
  async remove(tx: Tx, provider: Provider, at: Date): Promise<void> {
    await translated(
      tx.query(`UPDATE muster.providers SET status = 'removed', version = version + 1, changed_at = $2 WHERE id = $1`, [
        provider.id,
        at,
      ]),
    );
  }

  private async one(tx: Tx, id: Id<'provider'>, lock: '' | 'FOR UPDATE'): Promise<Provider> {
    const rows = await tx.query<ProviderRow>(
      `SELECT * FROM muster.providers WHERE id = $1 AND status <> 'removed' ${lock}`,
      [id],
    );
    if (!rows[0])
      throw new AttestationError('provider_not_found', 'No provider has that id. GET /v1/providers lists them.');
    return providerOf(rows[0]);
  }
}

function changeable(provider: Provider): readonly unknown[] {
  const { privateNetwork } = provider;
  return [
    ...[provider.name, provider.algorithms, provider.jwksUri, provider.caCertificates],
    ...[privateNetwork?.by ?? null, privateNetwork?.consentedAt ?? null, privateNetwork?.reason ?? null],
    ...[provider.maxTokenAgeSeconds, provider.clockSkewSeconds],
    ...[provider.status, provider.version, provider.changedAt],
  ];
}

function providerOf(row: ProviderRow): Provider {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    issuer: row.issuer,
    algorithms: row.algorithms,
    jwksUri: row.jwks_uri,
    caCertificates: row.ca_certificates,
    privateNetwork:
      row.consent_by && row.consent_at && row.consent_reason !== null
        ? { by: row.consent_by, consentedAt: row.consent_at, reason: row.consent_reason }
        : null,
    maxTokenAgeSeconds: row.max_token_age_seconds,
    clockSkewSeconds: row.clock_skew_seconds,
    status: row.status,
    version: row.version,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  };
}

async function translated<Result>(query: Promise<Result>): Promise<Result> {
  try {
    return await query;
  } catch (cause) {
    switch (brokenConstraint(cause)) {
      case 'providers_name_unique':
        throw new AttestationError('provider_name_taken', 'Another provider has that name: choose a different one.', {
          cause,
        });
      case 'providers_issuer_unique':
        throw new AttestationError('issuer_taken', 'A provider for that issuer exists already: change that one.', {
          cause,
        });
      case 'providers_in_use':
        throw new AttestationError('provider_in_use', 'Remove the trusts that name this provider first, or pause it.', {
          cause,
        });
      default:
        throw cause;
    }
  }
}

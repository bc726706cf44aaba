import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import { Prepared, type Tx } from '../platform/index.js';
import type {
  CredentialId,
  CredentialKind,
  IssuedCredential,
  LedgerEntry,
  RegisteredKey,
} from './domain/credential.js';
import type { IdentityStatus } from './domain/identity.js';

/** Which part of the ledger: what was valid at an instant, or everything there ever was, the latest end first. */
export interface LedgerFilter {
  readonly validAt: Date | null;
  readonly identityId?: Id<'identity'> | undefined;
  readonly kind?: CredentialKind | undefined;
  readonly custodianId?: Id<'person'> | undefined;
}

/** Where a page of the ledger ended: the expiry as PostgreSQL writes it, to the microsecond, and the id. */
export type LedgerPosition = readonly [expiresAt: string, id: string];

/** A credential that ended before its time. */
export interface Ended {
  readonly id: CredentialId;
  readonly kind: CredentialKind;
  readonly identityId: Id<'identity'>;
  readonly authorityId: Id<'authority'> | null;
  readonly serialNumber: string | null;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date;
  readonly reason: string;
}

/** An identity that holds credentials which look valid, and must not be honoured. */
export interface Stopped {
  readonly identityId: Id<'identity'>;
  readonly spiffeId: string;
  readonly status: IdentityStatus;
}

/** The ledger's table. The hot path of issuance will speak to it in batches; the columns are the contract. */
@Injectable()
export class CredentialsRepository {
  async insert(tx: Tx, credential: IssuedCredential): Promise<void> {
    const certificate = credential.kind === 'certificate' ? credential : undefined;
    await tx.execute(INSERT, [
      credential.id,
      credential.kind,
      credential.identityId,
      credential.profile,
      certificate?.authorityId ?? null,
      certificate?.serialNumber ?? null,
      certificate?.spkiSha256 ?? null,
      certificate?.tbsSha256 ?? null,
      credential.kind === 'token' ? credential.boundTo : null,
      credential.receiptId,
      credential.notBefore,
      credential.expiresAt,
    ]);
  }

  async insertKey(tx: Tx, key: RegisteredKey): Promise<void> {
    await tx.execute(
      `INSERT INTO muster.credentials (id, kind, identity_id, system, fingerprint, fingerprint_key_id, last_four,
         registered_by, not_before, expires_at)
       VALUES ($1, 'registered-key', $2, $3, $4, $5, $6, $7, $8, coalesce($9, 'infinity'::timestamptz))`,
      [
        key.id,
        key.identityId,
        key.system,
        key.fingerprint,
        key.fingerprintKeyId,
        key.lastFour,
        key.registeredBy,
        key.registeredAt,
        key.expiresAt,
      ],
    );
  }

  /** A registered key that has not been removed. */
  async lockKey(tx: Tx, id: Id<'registeredKey'>): Promise<RegisteredKey | undefined> {
    return (await this.keys(tx, `c.id = $1 AND c.kind = 'registered-key' FOR UPDATE`, [id]))[0];
  }

  async findKey(tx: Tx, fingerprint: Buffer): Promise<RegisteredKey | undefined> {
    return (await this.keys(tx, 'c.fingerprint = $1', [fingerprint]))[0];
  }

  async listKeys(
    tx: Tx,
    identityId: Id<'identity'>,
    after: string | undefined,
    count: number,
  ): Promise<RegisteredKey[]> {
    return this.keys(
      tx,
      `c.identity_id = $1 AND c.kind = 'registered-key' AND ($2::text IS NULL OR c.id > $2) ORDER BY c.id LIMIT $3`,
      [identityId, after ?? null, count],
    );
  }

  /**
   * Ends one credential and every token bound to it. What has ended already keeps its date and reason.
   *
   * @returns what ended now, tokens included; empty when it had ended already or does not exist
   */
  async end(tx: Tx, id: CredentialId, reason: string, at: Date): Promise<Ended[]> {
    return this.endWhere(tx, '(c.id = $3 OR (c.bound_to = $3 AND c.expires_at > $1))', [at, reason, id]);
  }

  /**
   * Ends whatever was issued to an identity and is still valid, and returns the ids. Keys of other systems stay on the
   * ledger: they open their doors until those systems say otherwise.
   */
  async endIssued(tx: Tx, identityId: Id<'identity'>, reason: string, at: Date): Promise<CredentialId[]> {
    const issued = `c.identity_id = $3 AND c.expires_at > $1 AND c.kind <> 'registered-key'`;
    const ended = await this.endWhere(tx, issued, [at, reason, identityId]);
    return ended.map(({ id }) => id).sort();
  }

  async find(tx: Tx, id: CredentialId): Promise<LedgerEntry | undefined> {
    return (await tx.query<LedgerRow>(FIND, [id])).map(entryOf)[0];
  }

  /** Lines of the ledger in order of expiry: what is valid, the first to expire first; everything, the last first. */
  async list(
    tx: Tx,
    filter: LedgerFilter,
    after: LedgerPosition | undefined,
    count: number,
  ): Promise<(readonly [LedgerEntry, LedgerPosition])[]> {
    const parameters: unknown[] = [count];
    const bind = (value: unknown) => `$${parameters.push(value)}`;
    const conditions: string[] = [];
    const order = filter.validAt === null ? 'DESC' : 'ASC';
    if (filter.validAt !== null) {
      const at = bind(filter.validAt);
      conditions.push(`c.expires_at > ${at} AND c.not_before <= ${at}`);
      conditions.push(`(c.revoked_at IS NULL OR c.revoked_at > ${at})`);
    }
    if (filter.identityId !== undefined) conditions.push(`c.identity_id = ${bind(filter.identityId)}`);
    if (filter.kind !== undefined) conditions.push(`c.kind = ${bind(filter.kind)}`);
    const isOfMany = filter.custodianId !== undefined && (await this.answersForMany(tx, filter.custodianId));
    if (filter.custodianId !== undefined) {
      const custodian = bind(filter.custodianId);
      conditions.push(isOfMany ? answeredForBy(custodian) : `c.identity_id = ANY (${heldBy(custodian)})`);
    }
    if (after !== undefined)
      conditions.push(
        `(c.expires_at, c.id) ${order === 'ASC' ? '>' : '<'} (${bind(after[0])}::timestamptz, ${bind(after[1])})`,
      );
    const rows = await tx.query<LedgerRow>(
      `SELECT ${COLUMNS} FROM muster.credentials c ${isOfMany ? EACH_HOLDER : HOLDERS}
       ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
       ORDER BY c.expires_at ${order}, c.id ${order} LIMIT $1`,
      parameters,
    );
    return rows.map((row) => [entryOf(row), [row.position, row.id]] as const);
  }

  /** Whether somebody answers for so much that their part of the ledger is found sooner by reading on in order. */
  private async answersForMany(tx: Tx, custodian: Id<'person'>): Promise<boolean> {
    const rows = await tx.query<{ count: number }>(
      `SELECT count(*)::integer AS count FROM (
         (SELECT FROM muster.identities WHERE primary_custodian_id = $1 LIMIT $2)
         UNION ALL (SELECT FROM muster.identities WHERE backup_custodian_id = $1 LIMIT $2)) AS held`,
      [custodian, MANY],
    );
    return rows[0]!.count >= MANY;
  }

  /** Everything that ended before its time and would still look valid at the instant, in order of expiry. */
  async listEnded(tx: Tx, at: Date, authorityId?: Id<'authority'>): Promise<Ended[]> {
    const rows = await tx.query<EndedRow>(
      `SELECT ${ENDED} FROM muster.credentials c
       WHERE c.revoked_at IS NOT NULL AND c.expires_at > $1 AND ($2::text IS NULL OR c.authority_id = $2)
       ORDER BY c.expires_at, c.id`,
      [at, authorityId ?? null],
    );
    return rows.map(endedOf);
  }

  /** Identities that are not active but hold credentials which would still look valid at the instant. */
  async listStopped(tx: Tx, at: Date): Promise<Stopped[]> {
    return tx.query<Stopped>(
      `SELECT i.id AS "identityId", i.spiffe_id AS "spiffeId", i.status FROM muster.identities i
       WHERE i.status IN ('suspended', 'retired') AND EXISTS (
         SELECT FROM muster.credentials c WHERE c.identity_id = i.id AND c.expires_at > $1 AND c.kind <> 'registered-key')
       ORDER BY i.id`,
      [at],
    );
  }

  /** Notes when credentials were last used, in order of id. A later use stays. Returns the ids that are known. */
  async noteUse(tx: Tx, uses: readonly { readonly credentialId: string; readonly at: Date }[]): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `WITH used AS (
         SELECT u.id, max(u.at) AS at FROM unnest($1::text[], $2::timestamptz[]) AS u (id, at) GROUP BY u.id),
       locked AS (SELECT c.id FROM muster.credentials c JOIN used USING (id) ORDER BY c.id FOR NO KEY UPDATE OF c)
       UPDATE muster.credentials c SET last_used_at = greatest(c.last_used_at, used.at)
       FROM used JOIN locked USING (id) WHERE c.id = used.id RETURNING c.id`,
      [uses.map(({ credentialId }) => credentialId), uses.map(({ at }) => at)],
    );
    return rows.map(({ id }) => id);
  }

  /** The certificates of an identity that were revoked, the latest first. */
  async latestRevoked(tx: Tx, identityId: Id<'identity'>, count: number): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `SELECT c.id FROM muster.credentials c
       WHERE c.identity_id = $1 AND c.revoked_at IS NOT NULL AND c.kind = 'certificate'
       ORDER BY c.revoked_at DESC LIMIT $2`,
      [identityId, count],
    );
    return rows.map(({ id }) => id);
  }

  async findCertificateIds(tx: Tx, serialNumbers: readonly string[]): Promise<Map<string, Id<'certificate'>>> {
    const rows = await tx.query<{ id: Id<'certificate'>; serial_number: string }>(
      'SELECT id, serial_number FROM muster.credentials WHERE serial_number = ANY ($1)',
      [serialNumbers],
    );
    return new Map(rows.map(({ id, serial_number }) => [serial_number, id]));
  }

  private async endWhere(tx: Tx, which: string, parameters: readonly unknown[]): Promise<Ended[]> {
    const rows = await tx.query<EndedRow>(
      `WITH locked AS (
         SELECT c.id FROM muster.credentials c WHERE ${which} AND c.revoked_at IS NULL ORDER BY c.id FOR UPDATE)
       UPDATE muster.credentials c SET revoked_at = $1, revocation_reason = $2
       FROM locked WHERE c.id = locked.id RETURNING ${ENDED}`,
      parameters,
    );
    return rows.map(endedOf);
  }

  private async keys(tx: Tx, where: string, parameters: readonly unknown[]): Promise<RegisteredKey[]> {
    const rows = await tx.query<KeyRow>(
      `SELECT c.id, c.identity_id, c.system, c.fingerprint, c.fingerprint_key_id, c.last_four, c.registered_by,
         c.not_before, nullif(c.expires_at, 'infinity') AS expires_at, c.revoked_at
       FROM muster.credentials c WHERE c.revoked_at IS NULL AND ${where}`,
      parameters,
    );
    return rows.map(keyOf);
  }
}

/** To gather the lines of so many holders, a tenth of a second is gone; to find them by the way, no more. */
const MANY = 2_000;

const HOLDERS = 'JOIN muster.identities i ON i.id = c.identity_id';

/** Looked up line by line, and nothing to be had from it before: the ledger is read in its order, until enough is found. */
const EACH_HOLDER = `CROSS JOIN LATERAL (SELECT * FROM muster.identities h WHERE h.id = c.identity_id OFFSET 0) AS i`;

function answeredForBy(custodian: string): string {
  return `(i.primary_custodian_id = ${custodian} OR i.backup_custodian_id = ${custodian})`;
}

/** As an array, so that the ledger is entered by its holders, however few lines of it are theirs. */
function heldBy(custodian: string): string {
  return `ARRAY(SELECT h.id FROM muster.identities h
    WHERE h.primary_custodian_id = ${custodian} OR h.backup_custodian_id = ${custodian})`;
}

const ENDED = `c.id, c.kind, c.identity_id, c.authority_id, c.serial_number,
  nullif(c.expires_at, 'infinity') AS expires_at, c.revoked_at, c.revocation_reason`;

interface EndedRow {
  readonly id: CredentialId;
  readonly kind: CredentialKind;
  readonly identity_id: Id<'identity'>;
  readonly authority_id: Id<'authority'> | null;
  readonly serial_number: string | null;
  readonly expires_at: Date | null;
  readonly revoked_at: Date;
  readonly revocation_reason: string;
}

function endedOf(row: EndedRow): Ended {
  return {
    id: row.id,
    kind: row.kind,
    identityId: row.identity_id,
    authorityId: row.authority_id,
    serialNumber: row.serial_number,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    reason: row.revocation_reason,
  };
}

const COLUMNS = `c.id, c.kind, c.identity_id, i.name AS identity_name, i.spiffe_id,
  i.status AS identity_status, i.primary_custodian_id, i.backup_custodian_id, c.profile, c.system, c.serial_number,
  c.last_four, c.bound_to, c.receipt_id, c.not_before,
  nullif(c.expires_at, 'infinity') AS expires_at, c.expires_at::text AS position, c.revoked_at, c.revocation_reason,
  c.last_used_at`;
const FIND = new Prepared(
  `SELECT ${COLUMNS} FROM muster.credentials c JOIN muster.identities i ON i.id = c.identity_id WHERE c.id = $1`,
);
const INSERT = new Prepared(
  `INSERT INTO muster.credentials (id, kind, identity_id, profile, authority_id, serial_number, spki_sha256, tbs_sha256,
     bound_to, receipt_id, not_before, expires_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
);

interface LedgerRow {
  readonly id: CredentialId;
  readonly kind: CredentialKind;
  readonly identity_id: Id<'identity'>;
  readonly identity_name: string;
  readonly spiffe_id: string;
  readonly identity_status: IdentityStatus;
  readonly primary_custodian_id: Id<'person'> | null;
  readonly backup_custodian_id: Id<'person'> | null;
  readonly profile: string | null;
  readonly system: string | null;
  readonly serial_number: string | null;
  readonly last_four: string | null;
  readonly bound_to: Id<'certificate'> | null;
  readonly receipt_id: Id<'receipt'> | null;
  readonly not_before: Date;
  readonly expires_at: Date | null;
  readonly position: string;
  readonly revoked_at: Date | null;
  readonly revocation_reason: string | null;
  readonly last_used_at: Date | null;
}

function entryOf(row: LedgerRow): LedgerEntry {
  return {
    id: row.id,
    kind: row.kind,
    identityId: row.identity_id,
    identityName: row.identity_name,
    spiffeId: row.spiffe_id,
    identityStatus: row.identity_status,
    primaryCustodianId: row.primary_custodian_id,
    backupCustodianId: row.backup_custodian_id,
    profile: row.profile,
    system: row.system,
    serialNumber: row.serial_number,
    lastFour: row.last_four,
    boundTo: row.bound_to,
    receiptId: row.receipt_id,
    notBefore: row.not_before,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    revocationReason: row.revocation_reason,
    lastUsedAt: row.last_used_at,
  };
}

interface KeyRow {
  readonly id: Id<'registeredKey'>;
  readonly identity_id: Id<'identity'>;
  readonly system: string;
  readonly fingerprint: Buffer;
  readonly fingerprint_key_id: string;
  readonly last_four: string | null;
  readonly registered_by: string;
  readonly not_before: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
}

function keyOf(row: KeyRow): RegisteredKey {
  return {
    id: row.id,
    identityId: row.identity_id,
    system: row.system,
    fingerprint: row.fingerprint,
    fingerprintKeyId: row.fingerprint_key_id,
    lastFour: row.last_four,
    registeredBy: row.registered_by,
    registeredAt: row.not_before,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  };
}

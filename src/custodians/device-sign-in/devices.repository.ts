import { Injectable } from '@nestjs/common';
import type { Id, Level, ProvedLevel } from '../../kernel/index.js';
import type { Tx } from '../../platform/index.js';
import type { Approver } from './domain/approver.js';
import type { AuthorizationCode } from './domain/authorization-code.js';
import type { DeviceAuthorization } from './domain/device-authorization.js';

/** A stored row, with what it keeps of the device beside the rules. */
export interface StoredDevice {
  readonly authorization: DeviceAuthorization;
  /** What it calls itself, sealed to the row. */
  readonly hostSealed: Buffer;
  /** Keyed digest of the address it asked from. */
  readonly addressIndex: Buffer;
}

export interface StoredCode {
  readonly code: AuthorizationCode;
  readonly hostSealed: Buffer;
}

/** Devices that wait, and codes on their way. Of what is spent nothing is kept beyond its life: the log has it. */
@Injectable()
export class DevicesRepository {
  /** @param hashes of the device's code, and the keyed digest of the person's */
  async insert(
    tx: Tx,
    { authorization, hostSealed, addressIndex }: StoredDevice,
    hashes: { readonly deviceCode: Buffer; readonly userCode: Buffer },
  ): Promise<void> {
    const { id, state, intervalSeconds, requestedAt, expiresAt } = authorization;
    await tx.execute(
      `INSERT INTO muster.device_authorizations (id, device_code_hash, user_code_index, host_sealed, address_index, state,
         interval_seconds, requested_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        id,
        hashes.deviceCode,
        hashes.userCode,
        hostSealed,
        addressIndex,
        state,
        intervalSeconds,
        requestedAt,
        expiresAt,
      ],
    );
  }

  async findByUserCode(tx: Tx, index: Buffer): Promise<StoredDevice | undefined> {
    return (await this.select(tx, 'd.user_code_index = $1', index))[0];
  }

  async lockByUserCode(tx: Tx, index: Buffer): Promise<StoredDevice | undefined> {
    return (await this.select(tx, 'd.user_code_index = $1 FOR UPDATE OF d', index))[0];
  }

  async lockByDeviceCode(tx: Tx, hash: Buffer): Promise<StoredDevice | undefined> {
    return (await this.select(tx, 'd.device_code_hash = $1 FOR UPDATE OF d', hash))[0];
  }

  async save(
    tx: Tx,
    { id, state, approver, intervalSeconds, polledAt, decidedAt }: DeviceAuthorization,
  ): Promise<void> {
    await tx.execute(
      `UPDATE muster.device_authorizations SET state = $2, session_id = $3, standing = $4, interval_seconds = $5,
         polled_at = $6, decided_at = $7 WHERE id = $1`,
      [id, state, approver?.sessionId ?? null, approver && standingOf(approver), intervalSeconds, polledAt, decidedAt],
    );
  }

  async insertCode(tx: Tx, { code, hostSealed }: StoredCode, hash: Buffer): Promise<void> {
    const { id, approver, redirectUri, codeChallenge, madeAt, expiresAt } = code;
    await tx.execute(
      `INSERT INTO muster.authorization_codes (id, code_hash, session_id, standing, host_sealed, redirect_uri,
         code_challenge, made_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [id, hash, approver.sessionId, standingOf(approver), hostSealed, redirectUri, codeChallenge, madeAt, expiresAt],
    );
  }

  async lockCode(tx: Tx, hash: Buffer): Promise<StoredCode | undefined> {
    const rows = await tx.query<CodeRow>(
      `SELECT c.id, c.session_id, c.standing, c.host_sealed, c.redirect_uri, c.code_challenge, c.made_at, c.expires_at,
         c.spent_at, s.person_id
       FROM muster.authorization_codes c JOIN muster.sessions s ON s.id = c.session_id
       WHERE c.code_hash = $1 FOR UPDATE OF c`,
      [hash],
    );
    return rows.map(codeOf)[0];
  }

  async spendCode(tx: Tx, id: Id<'authorizationCode'>, at: Date): Promise<void> {
    await tx.execute('UPDATE muster.authorization_codes SET spent_at = $2 WHERE id = $1', [id, at]);
  }

  /** Forgets what expired before an instant. */
  async sweep(tx: Tx, before: Date): Promise<void> {
    await tx.execute('DELETE FROM muster.device_authorizations WHERE expires_at < $1', [before]);
    await tx.execute('DELETE FROM muster.authorization_codes WHERE expires_at < $1', [before]);
  }

  private async select(tx: Tx, where: string, parameter: Buffer): Promise<StoredDevice[]> {
    const rows = await tx.query<DeviceRow>(
      `SELECT d.id, d.host_sealed, d.address_index, d.state, d.session_id, d.standing, d.interval_seconds, d.polled_at,
         d.requested_at, d.expires_at, d.decided_at, s.person_id
       FROM muster.device_authorizations d LEFT JOIN muster.sessions s ON s.id = d.session_id WHERE ${where}`,
      [parameter],
    );
    return rows.map(deviceOf);
  }
}

/** What an approver had proved, as stored: instants as text. */
interface Standing {
  readonly acr: Level;
  readonly amr: readonly string[];
  readonly proofs: Readonly<Partial<Record<ProvedLevel, string>>>;
}

function standingOf({ acr, amr, proofs }: Approver): string {
  return JSON.stringify({ acr, amr, proofs });
}

interface ApproverRow {
  readonly session_id: Id<'session'>;
  readonly person_id: Id<'person'>;
  readonly standing: Standing;
}

interface DeviceRow {
  readonly id: Id<'deviceAuthorization'>;
  readonly host_sealed: Buffer;
  readonly address_index: Buffer;
  readonly state: DeviceAuthorization['state'];
  readonly session_id: Id<'session'> | null;
  readonly person_id: Id<'person'> | null;
  readonly standing: Standing | null;
  readonly interval_seconds: number;
  readonly polled_at: Date | null;
  readonly requested_at: Date;
  readonly expires_at: Date;
  readonly decided_at: Date | null;
}

interface CodeRow extends ApproverRow {
  readonly id: Id<'authorizationCode'>;
  readonly host_sealed: Buffer;
  readonly redirect_uri: string;
  readonly code_challenge: string;
  readonly made_at: Date;
  readonly expires_at: Date;
  readonly spent_at: Date | null;
}

function approverOf({ session_id: sessionId, person_id: personId, standing }: ApproverRow): Approver {
  const proofs = Object.entries(standing.proofs).map(([level, at]) => [level, new Date(at)] as const);
  return { personId, sessionId, acr: standing.acr, amr: standing.amr, proofs: Object.fromEntries(proofs) };
}

function deviceOf(row: DeviceRow): StoredDevice {
  const authorization = {
    id: row.id,
    state: row.state,
    approver: row.session_id === null ? null : approverOf(row as ApproverRow),
    intervalSeconds: row.interval_seconds,
    polledAt: row.polled_at,
    requestedAt: row.requested_at,
    expiresAt: row.expires_at,
    decidedAt: row.decided_at,
  };
  return { authorization, hostSealed: row.host_sealed, addressIndex: row.address_index };
}

function codeOf(row: CodeRow): StoredCode {
  const code = {
    id: row.id,
    approver: approverOf(row),
    redirectUri: row.redirect_uri,
    codeChallenge: row.code_challenge,
    madeAt: row.made_at,
    expiresAt: row.expires_at,
    spentAt: row.spent_at,
  };
  return { code, hostSealed: row.host_sealed };
}

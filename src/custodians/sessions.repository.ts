import { Injectable } from '@nestjs/common';
import type { Id, Level, Proofs, Role } from '../kernel/index.js';
import { Prepared, type Tx, UnitOfWork } from '../platform/index.js';
import type { Means } from './domain/authenticator.js';
import { LOA4_IDLE_SECONDS, type Session, SESSION_IDLE_SECONDS, type SessionOrigin } from './domain/session.js';

/** A session as a credential: whose it is and what they may be, as of now. */
export interface ShownSession extends Session {
  readonly roles: readonly Role[];
  /** What the person has enrolled and shown to work. */
  readonly means: readonly Means[];
}

@Injectable()
export class SessionsRepository {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** The session behind a token, when its person is still active. Outside any transaction: every request asks this. */
  async findByToken(tokenHash: Buffer): Promise<ShownSession | undefined> {
    const rows = await this.unitOfWork.readOne((tx) =>
      tx.query<SessionRow & { roles: Role[]; means: Means[] }>(BY_TOKEN, [tokenHash]),
    );
    return rows.map((row) => ({ ...sessionOf(row), roles: row.roles, means: row.means }))[0];
  }

  /**
   * Notes that a session was used; no record (decision 2), and never backwards. A proof of AAL3 that it outlived without
   * use becomes one of AAL2 for good, as `standingProofs` says.
   */
  async noteUse(id: Id<'session'>, at: Date): Promise<void> {
    await this.unitOfWork.runOne((tx) => tx.execute(NOTE_USE, [id, at]));
  }

  async insert(tx: Tx, session: Session, tokenHash: Buffer): Promise<void> {
    await tx.execute(
      `INSERT INTO muster.sessions (id, person_id, token_hash, started_at, last_seen_at, expires_at, ended_at, began_by,
         acr, amr, proved_loa1c_at, proved_loa2_at, proved_loa3_at, proved_loa4_at, host_sealed)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
      [
        session.id,
        session.personId,
        tokenHash,
        session.startedAt,
        session.lastSeenAt,
        session.expiresAt,
        session.endedAt,
        session.beganBy,
        ...proved(session),
        session.hostSealed,
      ],
    );
  }

  /** Stores what was proved in a session. */
  async saveProofs(tx: Tx, session: Session): Promise<void> {
    await tx.execute(
      `UPDATE muster.sessions SET last_seen_at = $2, acr = $3, amr = $4, proved_loa1c_at = $5, proved_loa2_at = $6,
         proved_loa3_at = $7, proved_loa4_at = $8 WHERE id = $1`,
      [session.id, session.lastSeenAt, ...proved(session)],
    );
  }

  async find(tx: Tx, id: Id<'session'>): Promise<Session | undefined> {
    const rows = await tx.query<SessionRow>(`SELECT ${COLUMNS} FROM muster.sessions s WHERE s.id = $1`, [id]);
    return rows.map(sessionOf)[0];
  }

  /** Takes back what was proved in somebody's sessions: each is as it began. */
  async forgetProofs(tx: Tx, personId: Id<'person'>): Promise<void> {
    await tx.execute(
      `UPDATE muster.sessions SET acr = 'loa1', amr = '{}', proved_loa1c_at = NULL, proved_loa2_at = NULL,
         proved_loa3_at = NULL, proved_loa4_at = NULL WHERE person_id = $1 AND ended_at IS NULL AND acr <> 'loa1'`,
      [personId],
    );
  }

  async lock(tx: Tx, id: Id<'session'>): Promise<Session | undefined> {
    const rows = await tx.query<SessionRow>(`SELECT ${COLUMNS} FROM muster.sessions s WHERE s.id = $1 FOR UPDATE`, [
      id,
    ]);
    return rows.map(sessionOf)[0];
  }

  async end(tx: Tx, id: Id<'session'>, at: Date): Promise<void> {
    await tx.execute('UPDATE muster.sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL', [id, at]);
  }

  /** Ends every session of a person and names those that still held. */
  async endAll(tx: Tx, personId: Id<'person'>, at: Date): Promise<readonly Id<'session'>[]> {
    const rows = await tx.query<{ id: Id<'session'> }>(
      'UPDATE muster.sessions SET ended_at = $2 WHERE person_id = $1 AND ended_at IS NULL RETURNING id',
      [personId, at],
    );
    return rows.map(({ id }) => id).sort();
  }

  /** Sessions that hold at an instant: everybody's, or one person's. */
  async list(
    tx: Tx,
    personId: Id<'person'> | undefined,
    at: Date,
    after: string | undefined,
    count: number,
  ): Promise<Session[]> {
    const rows = await tx.query<SessionRow>(
      `SELECT ${COLUMNS} FROM muster.sessions s
        WHERE ($1::text IS NULL OR s.person_id = $1) AND ${HOLDS} AND ($3::text IS NULL OR s.id > $3)
        ORDER BY s.id LIMIT $4`,
      [personId ?? null, at, after ?? null, count],
    );
    return rows.map(sessionOf);
  }

  async countOfAdministrators(tx: Tx, at: Date): Promise<number> {
    const rows = await tx.query<{ count: number }>(
      `SELECT count(*)::integer AS count FROM muster.sessions s JOIN muster.people p ON p.id = s.person_id
        WHERE $1::text IS NULL AND p.status = 'active' AND 'administrator' = ANY (p.roles) AND ${HOLDS}`,
      [null, at],
    );
    return rows[0]!.count;
  }

  /** Drops a person's sessions that ended long ago; their records stay in the log. */
  async sweep(tx: Tx, personId: Id<'person'>, before: Date): Promise<void> {
    await tx.execute('DELETE FROM muster.sessions WHERE person_id = $1 AND expires_at < $2', [personId, before]);
  }
}

const COLUMNS = `s.id, s.person_id, s.began_by, s.acr, s.amr, s.proved_loa1c_at, s.proved_loa2_at, s.proved_loa3_at,
  s.proved_loa4_at, s.started_at, s.last_seen_at, s.expires_at, s.ended_at, s.host_sealed`;
const MEANS = `(SELECT coalesce(json_agg(json_build_object('kind', a.kind, 'backupEligible', k.backup_eligible)), '[]')
  FROM muster.authenticators a LEFT JOIN muster.passkeys k ON k.authenticator_id = a.id
  WHERE a.person_id = s.person_id AND a.confirmed_at IS NOT NULL)`;
const IDLE = `last_seen_at <= $2::timestamptz - make_interval(secs => ${LOA4_IDLE_SECONDS})`;
const HOLDS = `s.ended_at IS NULL AND s.expires_at > $2
  AND s.last_seen_at > $2::timestamptz - make_interval(secs => ${SESSION_IDLE_SECONDS})`;

const BY_TOKEN = new Prepared(
  `SELECT ${COLUMNS}, p.roles, ${MEANS} AS means FROM muster.sessions s JOIN muster.people p ON p.id = s.person_id
    WHERE s.token_hash = $1 AND s.ended_at IS NULL AND p.status = 'active'`,
);
const NOTE_USE = new Prepared(
  `UPDATE muster.sessions SET last_seen_at = $2,
     proved_loa3_at = CASE WHEN ${IDLE} THEN greatest(proved_loa3_at, proved_loa4_at) ELSE proved_loa3_at END,
     proved_loa4_at = CASE WHEN ${IDLE} THEN NULL ELSE proved_loa4_at END
   WHERE id = $1 AND ended_at IS NULL AND last_seen_at < $2`,
);

interface SessionRow {
  readonly id: Id<'session'>;
  readonly person_id: Id<'person'>;
  readonly began_by: SessionOrigin;
  readonly acr: Level;
  readonly amr: string[];
  readonly proved_loa1c_at: Date | null;
  readonly proved_loa2_at: Date | null;
  readonly proved_loa3_at: Date | null;
  readonly proved_loa4_at: Date | null;
  readonly started_at: Date;
  readonly last_seen_at: Date;
  readonly expires_at: Date;
  readonly ended_at: Date | null;
  readonly host_sealed: string | null;
}

function sessionOf(row: SessionRow): Session {
  return {
    id: row.id,
    personId: row.person_id,
    beganBy: row.began_by,
    acr: row.acr,
    amr: row.amr,
    proofs: proofsOf(row),
    startedAt: row.started_at,
    lastSeenAt: row.last_seen_at,
    expiresAt: row.expires_at,
    endedAt: row.ended_at,
    hostSealed: row.host_sealed,
  };
}

function proofsOf(row: SessionRow): Proofs {
  return {
    ...(row.proved_loa1c_at && { loa1c: row.proved_loa1c_at }),
    ...(row.proved_loa2_at && { loa2: row.proved_loa2_at }),
    ...(row.proved_loa3_at && { loa3: row.proved_loa3_at }),
    ...(row.proved_loa4_at && { loa4: row.proved_loa4_at }),
  };
}

function proved({ acr, amr, proofs }: Session): unknown[] {
  return [acr, amr, proofs.loa1c ?? null, proofs.loa2 ?? null, proofs.loa3 ?? null, proofs.loa4 ?? null];
}

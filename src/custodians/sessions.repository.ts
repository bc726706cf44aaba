import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Id, Role } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';
import { type Session, SESSION_IDLE_SECONDS } from './domain/session.js';

/** A session as a credential: whose it is and what they may be, as of now. */
export interface ShownSession extends Session {
  readonly roles: readonly Role[];
}

@Injectable()
export class SessionsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The session behind a token, when its person is still active. Outside any transaction: every request asks this. */
  async findByToken(tokenHash: Buffer): Promise<ShownSession | undefined> {
    const rows = await this.dataSource.query<(SessionRow & { roles: Role[] })[]>(
      `SELECT ${COLUMNS}, p.roles FROM muster.sessions s JOIN muster.people p ON p.id = s.person_id
        WHERE s.token_hash = $1 AND s.ended_at IS NULL AND p.status = 'active'`,
      [tokenHash],
    );
    return rows.map((row) => ({ ...sessionOf(row), roles: row.roles }))[0];
  }

  /** Notes that a session was used; no record (decision 2), and never backwards. */
  async noteUse(id: Id<'session'>, at: Date): Promise<void> {
    await this.dataSource.query(
      'UPDATE muster.sessions SET last_seen_at = $2 WHERE id = $1 AND ended_at IS NULL AND last_seen_at < $2',
      [id, at],
    );
  }

  async insert(tx: Tx, session: Session, tokenHash: Buffer): Promise<void> {
    await tx.execute(
      `INSERT INTO muster.sessions (id, person_id, token_hash, started_at, last_seen_at, expires_at, ended_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        session.id,
        session.personId,
        tokenHash,
        session.startedAt,
        session.lastSeenAt,
        session.expiresAt,
        session.endedAt,
      ],
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

const COLUMNS = 's.id, s.person_id, s.started_at, s.last_seen_at, s.expires_at, s.ended_at';
const HOLDS = `s.ended_at IS NULL AND s.expires_at > $2
  AND s.last_seen_at > $2::timestamptz - make_interval(secs => ${SESSION_IDLE_SECONDS})`;

interface SessionRow {
  readonly id: Id<'session'>;
  readonly person_id: Id<'person'>;
  readonly started_at: Date;
  readonly last_seen_at: Date;
  readonly expires_at: Date;
  readonly ended_at: Date | null;
}

function sessionOf(row: SessionRow): Session {
  return {
    id: row.id,
    personId: row.person_id,
    startedAt: row.started_at,
    lastSeenAt: row.last_seen_at,
    expiresAt: row.expires_at,
    endedAt: row.ended_at,
  };
}

import { Injectable } from '@nestjs/common';
import type { Id, Role } from '../../kernel/index.js';
import type { Tx } from '../../platform/index.js';
import type { BreakGlass } from './domain/break-glass.js';
import { BreakGlassError } from './domain/errors.js';

@Injectable()
export class BreakGlassRepository {
  async get(tx: Tx, id: Id<'breakGlass'>): Promise<BreakGlass> {
    return known((await this.select(tx, 'WHERE id = $1', [id]))[0]);
  }

  async lock(tx: Tx, id: Id<'breakGlass'>): Promise<BreakGlass> {
    return known((await this.select(tx, 'WHERE id = $1 FOR UPDATE', [id]))[0]);
  }

  /** What these accounts have opened and nobody has reviewed. */
  listUnreviewedOf(tx: Tx, people: readonly string[]): Promise<BreakGlass[]> {
    return this.select(tx, 'WHERE person_id = ANY ($1) AND reviewed_at IS NULL ORDER BY id FOR UPDATE', [people]);
  }

  /** All that nobody has reviewed yet; of one person where one is named. */
  listUnreviewed(tx: Tx, of: Id<'person'> | undefined, count: number): Promise<BreakGlass[]> {
    const where = 'WHERE reviewed_at IS NULL AND ($1::text IS NULL OR person_id = $1) ORDER BY id DESC LIMIT $2';
    return this.select(tx, where, [of ?? null, count]);
  }

  /** The newest first. */
  list(tx: Tx, reviewed: boolean | undefined, before: string | undefined, count: number): Promise<BreakGlass[]> {
    return this.select(
      tx,
      `WHERE ($1::boolean IS NULL OR (reviewed_at IS NOT NULL) = $1) AND ($2::text IS NULL OR id < $2)
       ORDER BY id DESC LIMIT $3`,
      [reviewed ?? null, before ?? null, count],
    );
  }

  /** Past their time and not noted so, those alone that no other replica is at. */
  lockLapsed(tx: Tx, at: Date, count: number): Promise<BreakGlass[]> {
    return this.select(
      tx,
      'WHERE ended_at IS NULL AND reviewed_at IS NULL AND expires_at <= $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED',
      [at, count],
    );
  }

  async insert(tx: Tx, one: BreakGlass): Promise<void> {
    await tx.execute(
      `INSERT INTO muster.break_glass (id, person_id, reason, roles, opened_at, expires_at, version)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [one.id, one.personId, one.reason, one.roles, one.openedAt, one.expiresAt, one.version],
    );
  }

  async save(tx: Tx, one: BreakGlass): Promise<void> {
    await tx.execute(
      `UPDATE muster.break_glass SET ended_at = $2, ended_by = $3, reviewed_at = $4, reviewed_by = $5, findings = $6,
         version = $7 WHERE id = $1`,
      [one.id, one.endedAt, one.endedBy, one.reviewedAt, one.reviewedBy, one.findings, one.version],
    );
  }

  private async select(tx: Tx, rest: string, parameters: readonly unknown[]): Promise<BreakGlass[]> {
    const rows = await tx.query<Row>(
      `SELECT id, person_id, reason, roles, opened_at, expires_at, ended_at, ended_by, reviewed_at, reviewed_by, findings,
         version FROM muster.break_glass ${rest}`,
      parameters,
    );
    return rows.map((row) => ({
      id: row.id,
      personId: row.person_id,
      reason: row.reason,
      roles: row.roles,
      openedAt: row.opened_at,
      expiresAt: row.expires_at,
      endedAt: row.ended_at,
      endedBy: row.ended_by,
      reviewedAt: row.reviewed_at,
      reviewedBy: row.reviewed_by,
      findings: row.findings,
      version: row.version,
    }));
  }
}

interface Row {
  readonly id: Id<'breakGlass'>;
  readonly person_id: Id<'person'>;
  readonly reason: string;
  readonly roles: Role[];
  readonly opened_at: Date;
  readonly expires_at: Date;
  readonly ended_at: Date | null;
  readonly ended_by: string | null;
  readonly reviewed_at: Date | null;
  readonly reviewed_by: Id<'person'> | null;
  readonly findings: string | null;
  readonly version: number;
}

function known(one: BreakGlass | undefined): BreakGlass {
  if (!one)
    throw new BreakGlassError('break_glass_not_found', 'No breaking of the glass has that id; list them to find it.');
  return one;
}

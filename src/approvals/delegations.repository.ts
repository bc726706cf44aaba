import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';
import type { Delegation } from './domain/delegation.js';
import { ApprovalsError } from './domain/errors.js';

@Injectable()
export class DelegationsRepository {
  async lock(tx: Tx, id: Id<'delegation'>): Promise<Delegation> {
    const [one] = await this.select(tx, 'WHERE id = $1 FOR UPDATE', [id]);
    if (!one) throw new ApprovalsError('delegation_not_found', 'No delegation of yours has that id; list them.');
    return one;
  }

  /** Every delegation that was in force at some time since then. */
  listSince(tx: Tx, since: Date): Promise<Delegation[]> {
    return this.select(tx, 'WHERE until > $1 AND (ended_at IS NULL OR ended_at > $1) ORDER BY id', [since]);
  }

  listFrom(tx: Tx, from: Id<'person'>, since: Date): Promise<Delegation[]> {
    return this.select(tx, 'WHERE from_id = $1 AND until > $2 AND ended_at IS NULL ORDER BY id', [from, since]);
  }

  /** The newest first; of one person's, either way, or of everybody. */
  list(tx: Tx, of: Id<'person'> | null, before: string | undefined, count: number): Promise<Delegation[]> {
    return this.select(
      tx,
      `WHERE ($1::text IS NULL OR from_id = $1 OR to_id = $1) AND ($2::text IS NULL OR id < $2)
       ORDER BY id DESC LIMIT $3`,
      [of, before ?? null, count],
    );
  }

  async insert(tx: Tx, one: Delegation): Promise<void> {
    await tx.execute(
      `INSERT INTO muster.delegations (id, from_id, to_id, reason, created_at, until) VALUES ($1, $2, $3, $4, $5, $6)`,
      [one.id, one.fromId, one.toId, one.reason, one.createdAt, one.until],
    );
  }

  async end(tx: Tx, one: Delegation): Promise<void> {
    await tx.execute('UPDATE muster.delegations SET ended_at = $2, ended_by = $3 WHERE id = $1', [
      one.id,
      one.endedAt,
      one.endedBy,
    ]);
  }

  private async select(tx: Tx, rest: string, parameters: readonly unknown[]): Promise<Delegation[]> {
    const rows = await tx.query<DelegationRow>(
      `SELECT id, from_id, to_id, reason, created_at, until, ended_at, ended_by FROM muster.delegations ${rest}`,
      parameters,
    );
    return rows.map((row) => ({
      id: row.id,
      fromId: row.from_id,
      toId: row.to_id,
      reason: row.reason,
      createdAt: row.created_at,
      until: row.until,
      endedAt: row.ended_at,
      endedBy: row.ended_by,
    }));
  }
}

interface DelegationRow {
  readonly id: Id<'delegation'>;
  readonly from_id: Id<'person'>;
  readonly to_id: Id<'person'>;
  readonly reason: string;
  readonly created_at: Date;
  readonly until: Date;
  readonly ended_at: Date | null;
  readonly ended_by: Id<'person'> | null;
}

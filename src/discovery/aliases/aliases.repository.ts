import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import type { Tx } from '../../platform/index.js';
import type { Alias } from './alias.js';

@Injectable()
export class AliasesRepository {
  async insert(tx: Tx, alias: Alias): Promise<void> {
    await tx.execute(
      `INSERT INTO muster.identity_aliases (id, identity_id, identifier, system, added_by, added_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [alias.id, alias.identityId, alias.identifier, alias.system, alias.addedBy, alias.addedAt],
    );
  }

  async lock(tx: Tx, id: Id<'alias'>): Promise<Alias | undefined> {
    return (await tx.query<Alias>(`${SELECT} WHERE a.id = $1 AND a.removed_at IS NULL FOR UPDATE`, [id]))[0];
  }

  async remove(tx: Tx, { id, removedBy, removedAt }: Alias): Promise<void> {
    await tx.execute('UPDATE muster.identity_aliases SET removed_by = $2, removed_at = $3 WHERE id = $1', [
      id,
      removedBy,
      removedAt,
    ]);
  }

  async findHolder(tx: Tx, identifier: string): Promise<Alias | undefined> {
    return (await tx.query<Alias>(`${SELECT} WHERE a.identifier = $1 AND a.removed_at IS NULL`, [identifier]))[0];
  }

  /** In order of id. */
  list(tx: Tx, identityId: Id<'identity'>, after: string | undefined, count: number): Promise<Alias[]> {
    return tx.query<Alias>(
      `${SELECT} WHERE a.identity_id = $1 AND a.removed_at IS NULL AND ($2::text IS NULL OR a.id > $2)
       ORDER BY a.id LIMIT $3`,
      [identityId, after ?? null, count],
    );
  }
}

const SELECT = `SELECT a.id, a.identity_id AS "identityId", a.identifier, a.system, a.added_by AS "addedBy",
    a.added_at AS "addedAt", a.removed_by AS "removedBy", a.removed_at AS "removedAt"
  FROM muster.identity_aliases a`;

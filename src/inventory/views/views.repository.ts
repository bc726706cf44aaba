import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import type { Tx } from '../../platform/index.js';
import { InventoryError } from '../domain/errors.js';
import type { View, ViewQuery } from './domain/view.js';

@Injectable()
export class ViewsRepository {
  /** What somebody sees: their own views and those of their teams, in order of id. */
  async listSeenBy(tx: Tx, person: Id<'person'>, after: string | undefined, count: number): Promise<View[]> {
    const rows = await tx.query<ViewRow>(
      `SELECT ${COLUMNS} FROM muster.views v WHERE (v.owner_id = $1 OR v.team_id IN (${TEAMS_OF}))
         AND ($2::text IS NULL OR v.id > $2) ORDER BY v.id LIMIT $3`,
      [person, after ?? null, count],
    );
    return rows.map(viewOf);
  }

  /** One of somebody's own. @throws InventoryError `view_not_found`, also for what is only shared with them */
  async lockOwn(tx: Tx, person: Id<'person'>, id: Id<'view'>): Promise<View> {
    const rows = await tx.query<ViewRow>(
      `SELECT ${COLUMNS} FROM muster.views v WHERE v.id = $2 AND v.owner_id = $1 FOR UPDATE`,
      [person, id],
    );
    if (!rows[0]) throw new InventoryError('view_not_found', 'You own no view with that id; see GET /v1/views.');
    return viewOf(rows[0]);
  }

  async countOf(tx: Tx, person: Id<'person'>): Promise<number> {
    const [row] = await tx.query<{ count: number }>(
      'SELECT count(*)::integer AS count FROM muster.views WHERE owner_id = $1',
      [person],
    );
    return row!.count;
  }

  /** The teams that somebody belongs to or manages. */
  async teamsOf(tx: Tx, person: Id<'person'>): Promise<ReadonlySet<Id<'team'>>> {
    const rows = await tx.query<{ team_id: Id<'team'> }>(TEAMS_OF, [person]);
    return new Set(rows.map(({ team_id }) => team_id));
  }

  async insert(tx: Tx, view: View): Promise<void> {
    await tx.execute(
      `INSERT INTO muster.views (id, owner_id, created_at, team_id, name, query, version, changed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [view.id, view.ownerId, view.createdAt, ...changeable(view)],
    );
  }

  async save(tx: Tx, view: View): Promise<void> {
    await tx.execute(
      'UPDATE muster.views SET team_id = $2, name = $3, query = $4, version = $5, changed_at = $6 WHERE id = $1',
      [view.id, ...changeable(view)],
    );
  }

  async delete(tx: Tx, id: Id<'view'>): Promise<void> {
    await tx.execute('DELETE FROM muster.views WHERE id = $1', [id]);
  }
}

/** Who belongs to which team is read where custodians' room keeps it, so that one statement gives the list. */
const TEAMS_OF = `SELECT m.team_id FROM muster.team_members m WHERE m.person_id = $1
  UNION SELECT t.id FROM muster.teams t WHERE t.manager_id = $1`;
const COLUMNS = 'v.id, v.owner_id, v.team_id, v.name, v.query, v.version, v.created_at, v.changed_at';

interface ViewRow {
  readonly id: Id<'view'>;
  readonly owner_id: Id<'person'>;
  readonly team_id: Id<'team'> | null;
  readonly name: string;
  readonly query: ViewQuery;
  readonly version: number;
  readonly created_at: Date;
  readonly changed_at: Date;
}

function viewOf(row: ViewRow): View {
  return {
    id: row.id,
    ownerId: row.owner_id,
    teamId: row.team_id,
    name: row.name,
    query: row.query,
    version: row.version,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  };
}

function changeable({ teamId, name, query, version, changedAt }: View): unknown[] {
  return [teamId, name, JSON.stringify(query), version, changedAt];
}

import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';
import { CustodyError } from './domain/errors.js';
import type { Team } from './domain/team.js';

@Injectable()
export class TeamsRepository {
  async get(tx: Tx, id: Id<'team'>): Promise<Team> {
    return known((await this.select(tx, 'WHERE t.id = $1 AND t.removed_at IS NULL', [id]))[0]);
  }

  async lock(tx: Tx, id: Id<'team'>): Promise<Team> {
    await tx.query('SELECT 1 FROM muster.teams WHERE id = $1 FOR UPDATE', [id]);
    return this.get(tx, id);
  }

  async list(tx: Tx, after: string | undefined, count: number): Promise<Team[]> {
    const where = 'WHERE t.removed_at IS NULL AND ($1::text IS NULL OR t.id > $1) ORDER BY t.id LIMIT $2';
    return this.select(tx, where, [after ?? null, count]);
  }

  async insert(tx: Tx, team: Team): Promise<void> {
    await tx.execute(
      'INSERT INTO muster.teams (id, name, manager_id, version, created_at) VALUES ($1, $2, $3, $4, $5)',
      [team.id, team.name, team.managerId, team.version, team.createdAt],
    );
    await this.addMembers(tx, team);
  }

  async save(tx: Tx, team: Team): Promise<void> {
    await tx.execute('UPDATE muster.teams SET name = $2, manager_id = $3, version = $4 WHERE id = $1', [
      team.id,
      team.name,
      team.managerId,
      team.version,
    ]);
    await tx.execute('DELETE FROM muster.team_members WHERE team_id = $1 AND person_id <> ALL ($2)', [
      team.id,
      team.memberIds,
    ]);
    await this.addMembers(tx, team);
  }

  /** Its name, also once it was removed: retired identities belong to it for ever. */
  async findName(tx: Tx, id: Id<'team'>): Promise<string | undefined> {
    const [row] = await tx.query<{ name: string }>('SELECT name FROM muster.teams WHERE id = $1', [id]);
    return row?.name;
  }

  /** Refused by the database while an identity belongs to the team that is not retired. */
  async remove(tx: Tx, id: Id<'team'>, at: Date): Promise<void> {
    await tx.execute('DELETE FROM muster.team_members WHERE team_id = $1', [id]);
    await tx.execute('UPDATE muster.teams SET removed_at = $2, manager_id = NULL WHERE id = $1', [id, at]);
  }

  private async addMembers(tx: Tx, team: Team): Promise<void> {
    await tx.execute(
      'INSERT INTO muster.team_members (team_id, person_id) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING',
      [team.id, team.memberIds],
    );
  }

  private async select(tx: Tx, where: string, parameters: readonly unknown[]): Promise<Team[]> {
    const rows = await tx.query<TeamRow>(`SELECT ${COLUMNS} FROM muster.teams t ${where}`, parameters);
    return rows.map(teamOf);
  }
}

const COLUMNS = `t.id, t.name, t.manager_id, t.version, t.created_at,
  ARRAY(SELECT m.person_id FROM muster.team_members m WHERE m.team_id = t.id ORDER BY m.person_id) AS member_ids`;

interface TeamRow {
  readonly id: Id<'team'>;
  readonly name: string;
  readonly manager_id: Id<'person'> | null;
  readonly version: number;
  readonly created_at: Date;
  readonly member_ids: Id<'person'>[];
}

function teamOf(row: TeamRow): Team {
  return {
    id: row.id,
    name: row.name,
    managerId: row.manager_id,
    memberIds: row.member_ids,
    version: row.version,
    createdAt: row.created_at,
  };
}

function known(team: Team | undefined): Team {
  if (!team) throw new CustodyError('team_not_found', 'No team has that id; list teams to find the right one.');
  return team;
}

import { Injectable } from '@nestjs/common';
import type { Id, Json } from '../../kernel/index.js';
import { Prepared, type Tx } from '../../platform/index.js';
import { translated } from '../constraints.js';
import { RotationError } from '../domain/errors.js';
import type { Rotation, RotationStatus } from '../domain/rotation.js';

export interface RotationFilter {
  readonly identityId?: Id<'identity'> | undefined;
  readonly targetId?: Id<'target'> | undefined;
  readonly pair?: string | undefined;
}

/** What rotates. What was removed is kept for the records and runs that name it, and found by nobody. */
@Injectable()
export class RotationsRepository {
  /** In order of id. */
  async list(tx: Tx, filter: RotationFilter, after: string | undefined, count: number): Promise<Rotation[]> {
    const parameters: unknown[] = [after ?? '', count];
    const conditions = Object.entries(FILTERS).flatMap(([name, column]) => {
      const value = filter[name as keyof RotationFilter];
      return value === undefined ? [] : [`AND ${column} = $${parameters.push(value)}`];
    });
    const rows = await tx.query<RotationRow>(
      `${STANDING} AND r.id > $1 ${conditions.join(' ')} ORDER BY r.id LIMIT $2`,
      parameters,
    );
    return rows.map(rotationOf);
  }

  /** @throws RotationError `rotation_not_found` */
  async get(tx: Tx, id: Id<'rotation'>): Promise<Rotation> {
    return known((await tx.query<RotationRow>(GET, [id])).map(rotationOf)[0]);
  }

  /** Also what was removed: a run that is under way needs it still. @throws RotationError `rotation_not_found` */
  async getEver(tx: Tx, id: Id<'rotation'>): Promise<Rotation> {
    return known((await tx.query<RotationRow>(GET_EVER, [id])).map(rotationOf)[0]);
  }

  /** @throws RotationError `rotation_not_found` */
  async lock(tx: Tx, id: Id<'rotation'>): Promise<Rotation> {
    return known((await tx.query<RotationRow>(LOCK, [id])).map(rotationOf)[0]);
  }

  async listEver(tx: Tx, identityId: Id<'identity'>): Promise<Id<'rotation'>[]> {
    const rows = await tx.query<{ id: Id<'rotation'> }>(LIST_EVER, [identityId]);
    return rows.map(({ id }) => id);
  }

  async findName(tx: Tx, id: Id<'rotation'>): Promise<string | undefined> {
    const rows = await tx.query<{ name: string }>('SELECT name FROM muster.rotations WHERE id = $1', [id]);
    return rows[0]?.name;
  }

  /** @throws RotationError `rotation_name_taken`, `account_rotates` */
  async insert(tx: Tx, rotation: Rotation): Promise<void> {
    const { id, identityId, targetId, accounts, createdBy, createdAt } = rotation;
    const fixed = [id, identityId, targetId, accounts, createdBy, createdAt];
    await translated(tx.execute(INSERT, [...fixed, ...changeable(rotation)]));
    for (const account of accounts) await translated(tx.execute(INSERT_ACCOUNT, [id, targetId ?? '', account]));
  }

  /** What people change. @throws RotationError `rotation_name_taken` */
  async save(tx: Tx, rotation: Rotation): Promise<void> {
    await translated(tx.execute(UPDATE, [rotation.id, ...changeable(rotation)]));
  }

  /** How far it has come; nothing that people change. */
  async saveProgress(tx: Tx, rotation: Rotation): Promise<void> {
    const { id, currentVersion, previousVersion, lastVersion, rotatedAt } = rotation;
    await tx.execute(SAVE_PROGRESS, [id, currentVersion, previousVersion, lastVersion, rotatedAt]);
  }

  async saveNextDue(tx: Tx, id: Id<'rotation'>, nextDueAt: Date | null): Promise<void> {
    await tx.execute('UPDATE muster.rotations SET next_due_at = $2 WHERE id = $1', [id, nextDueAt]);
  }

  /** Its accounts are free for another from now on. */
  async remove(tx: Tx, { id, version }: Rotation, at: Date): Promise<void> {
    await tx.execute(REMOVE, [id, version + 1, at]);
    await tx.execute('DELETE FROM muster.rotation_accounts WHERE rotation_id = $1', [id]);
  }
}

export const ROTATION_COLUMNS = `r.id, r.name, r.identity_id, r.target_id, r.accounts, r.schedule, r.pair, r.calendar_ids,
  r.observe_seconds, r.consumer_deadline_seconds, r.expected_consumers, r.status, r.current_version, r.previous_version,
  r.last_version, r.rotated_at, r.next_due_at, r.version, r.created_by, r.created_at, r.changed_at`;
const STANDING = `SELECT ${ROTATION_COLUMNS} FROM muster.rotations r WHERE r.status <> 'removed'`;
const GET = new Prepared(`${STANDING} AND r.id = $1`);
const GET_EVER = new Prepared(`SELECT ${ROTATION_COLUMNS} FROM muster.rotations r WHERE r.id = $1`);
const LOCK = new Prepared(`${STANDING} AND r.id = $1 FOR UPDATE`);
const LIST_EVER = new Prepared(
  'SELECT r.id FROM muster.rotations r WHERE r.identity_id = $1 ORDER BY r.id DESC LIMIT 100',
);
const FILTERS: Readonly<Record<keyof RotationFilter, string>> = {
  identityId: 'r.identity_id',
  targetId: 'r.target_id',
  pair: 'r.pair',
};
const INSERT = `
  INSERT INTO muster.rotations (id, identity_id, target_id, accounts, created_by, created_at, name, schedule, pair, calendar_ids,
    observe_seconds, consumer_deadline_seconds, expected_consumers, status, next_due_at, version, changed_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`;
const INSERT_ACCOUNT = 'INSERT INTO muster.rotation_accounts (rotation_id, target_id, account) VALUES ($1, $2, $3)';
const UPDATE = `
  UPDATE muster.rotations SET name = $2, schedule = $3, pair = $4, calendar_ids = $5, observe_seconds = $6,
    consumer_deadline_seconds = $7, expected_consumers = $8, status = $9, next_due_at = $10, version = $11, changed_at = $12
  WHERE id = $1`;
const SAVE_PROGRESS = new Prepared(
  `UPDATE muster.rotations SET current_version = $2, previous_version = $3, last_version = $4, rotated_at = $5 WHERE id = $1`,
);
const REMOVE = `UPDATE muster.rotations SET status = 'removed', next_due_at = NULL, version = $2, changed_at = $3 WHERE id = $1`;

function changeable(rotation: Rotation): unknown[] {
  const { name, schedule, pair, calendarIds, observeSeconds, consumerDeadlineSeconds } = rotation;
  const { expectedConsumers, status, nextDueAt, version, changedAt } = rotation;
  const asJson = schedule === null ? null : JSON.stringify(schedule);
  const waiting = [observeSeconds, consumerDeadlineSeconds, expectedConsumers];
  return [name, asJson, pair, calendarIds, ...waiting, status, nextDueAt, version, changedAt];
}

export interface RotationRow {
  readonly id: Id<'rotation'>;
  readonly name: string;
  readonly identity_id: Id<'identity'>;
  readonly target_id: Id<'target'> | null;
  readonly accounts: string[];
  readonly schedule: Json;
  readonly pair: string | null;
  readonly calendar_ids: Id<'calendar'>[];
  readonly observe_seconds: number;
  readonly consumer_deadline_seconds: number;
  readonly expected_consumers: string[];
  readonly status: RotationStatus;
  readonly current_version: number;
  readonly previous_version: number | null;
  readonly last_version: number;
  readonly rotated_at: Date | null;
  readonly next_due_at: Date | null;
  readonly version: number;
  readonly created_by: string;
  readonly created_at: Date;
  readonly changed_at: Date;
}

function known(rotation: Rotation | undefined): Rotation {
  if (!rotation)
    throw new RotationError('rotation_not_found', 'No rotation has that id. GET /v1/rotations lists them.');
  return rotation;
}

export function rotationOf(row: RotationRow): Rotation {
  return {
    id: row.id,
    name: row.name,
    identityId: row.identity_id,
    targetId: row.target_id,
    accounts: row.accounts,
    schedule: row.schedule,
    pair: row.pair,
    calendarIds: row.calendar_ids,
    observeSeconds: row.observe_seconds,
    consumerDeadlineSeconds: row.consumer_deadline_seconds,
    expectedConsumers: row.expected_consumers,
    status: row.status,
    currentVersion: row.current_version,
    previousVersion: row.previous_version,
    lastVersion: row.last_version,
    rotatedAt: row.rotated_at,
    nextDueAt: row.next_due_at,
    version: row.version,
    createdBy: row.created_by,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  };
}

import { Injectable } from '@nestjs/common';
import type { Foundation } from '../../inventory/index.js';
import type { Id } from '../../kernel/index.js';
import { brokenConstraint, type Tx } from '../../platform/index.js';
import type { Scope } from '../domain/scope.js';
import { SchedulesError } from './domain/errors.js';
import type { Schedule, ScheduleStatus } from './domain/schedule.js';

/** The table of schedules. What was removed is kept for the campaigns that came of it, and found by nobody. */
@Injectable()
export class SchedulesRepository {
  /** @throws SchedulesError `schedule_not_found` */
  async get(tx: Tx, id: Id<'reviewSchedule'>): Promise<Schedule> {
    return known((await this.select(tx, `WHERE s.id = $1 AND s.status <> 'removed'`, [id]))[0]);
  }

  async find(tx: Tx, id: Id<'reviewSchedule'>): Promise<Schedule | undefined> {
    return (await this.select(tx, `WHERE s.id = $1 AND s.status <> 'removed'`, [id]))[0];
  }

  /** @throws SchedulesError `schedule_not_found` */
  async lock(tx: Tx, id: Id<'reviewSchedule'>): Promise<Schedule> {
    return known((await this.select(tx, `WHERE s.id = $1 AND s.status <> 'removed' FOR UPDATE`, [id]))[0]);
  }

  /** Locks what rests on an analysis, in order of id. */
  lockRestingOn(tx: Tx, id: Id<'riskAnalysis'>): Promise<Schedule[]> {
    return this.select(tx, `WHERE s.risk_analysis_id = $1 AND s.status <> 'removed' ORDER BY s.id FOR UPDATE`, [id]);
  }

  /** Locks a schedule that is due, unless somebody is at it. */
  async lockDue(tx: Tx, id: Id<'reviewSchedule'>, at: Date): Promise<Schedule | undefined> {
    return (
      await this.select(tx, `WHERE s.id = $1 AND s.status = 'active' AND s.next_at <= $2 FOR UPDATE SKIP LOCKED`, [
        id,
        at,
      ])
    )[0];
  }

  async listDue(tx: Tx, at: Date): Promise<Id<'reviewSchedule'>[]> {
    const rows = await tx.query<{ id: Id<'reviewSchedule'> }>(
      `SELECT s.id FROM muster.review_schedules s WHERE s.status = 'active' AND s.next_at <= $1 ORDER BY s.next_at, s.id`,
      [at],
    );
    return rows.map(({ id }) => id);
  }

  /** The active ones whose next campaign starts within a time. */
  listNext(tx: Tx, from: Date, to: Date, count: number): Promise<Schedule[]> {
    return this.select(
      tx,
      `WHERE s.status = 'active' AND s.next_at >= $1 AND s.next_at < $2 ORDER BY s.next_at, s.id LIMIT $3`,
      [from, to, count],
    );
  }

  /** The newest first. */
  list(tx: Tx, before: Id<'reviewSchedule'> | undefined, count: number): Promise<Schedule[]> {
    return this.select(
      tx,
      `WHERE s.status <> 'removed' AND ($1::text IS NULL OR s.id < $1) ORDER BY s.id DESC LIMIT $2`,
      [before ?? null, count],
    );
  }

  /**
   * What a schedule rests on, which nobody changes until the transaction ends.
   *
   * @returns undefined where it was removed
   */
  async holdFoundation(tx: Tx, id: Id<'reviewSchedule'>): Promise<Foundation | undefined> {
    const rows = await tx.query<{ id: Id<'riskAnalysis'>; expires_at: Date }>(
      `SELECT a.id, a.expires_at FROM muster.review_schedules s JOIN muster.risk_analyses a ON a.id = s.risk_analysis_id
       WHERE s.id = $1 AND s.status <> 'removed' FOR SHARE OF s`,
      [id],
    );
    return rows[0] && { riskAnalysisId: rows[0].id, expiresAt: rows[0].expires_at };
  }

  /** Who runs what rests on an analysis. */
  async ownersRestingOn(tx: Tx, id: Id<'riskAnalysis'>): Promise<Id<'person'>[]> {
    const rows = await tx.query<{ owner_id: Id<'person'> }>(
      `SELECT DISTINCT s.owner_id FROM muster.review_schedules s WHERE s.risk_analysis_id = $1 AND s.status <> 'removed'`,
      [id],
    );
    return rows.map(({ owner_id }) => owner_id);
  }

  /** @throws SchedulesError `schedule_name_taken` */
  async insert(tx: Tx, schedule: Schedule): Promise<void> {
    await named(
      tx.execute(
        `INSERT INTO muster.review_schedules (id, name, scope, every_days, due_after_days, owner_id, management_id,
           risk_analysis_id, sample_percent, status, next_at, version, changed_at, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
        [...changeable(schedule), schedule.createdBy, schedule.createdAt],
      ),
    );
  }

  /** @throws SchedulesError `schedule_name_taken` */
  async save(tx: Tx, schedule: Schedule): Promise<void> {
    await named(
      tx.execute(
        `UPDATE muster.review_schedules SET name = $2, scope = $3, every_days = $4, due_after_days = $5, owner_id = $6,
           management_id = $7, risk_analysis_id = $8, sample_percent = $9, status = $10, next_at = $11, version = $12,
           changed_at = $13
         WHERE id = $1`,
        changeable(schedule),
      ),
    );
  }

  async remove(tx: Tx, { id }: Schedule, at: Date): Promise<void> {
    await tx.execute(
      `UPDATE muster.review_schedules SET status = 'removed', version = version + 1, changed_at = $2 WHERE id = $1`,
      [id, at],
    );
  }

  private async select(tx: Tx, rest: string, parameters: readonly unknown[]): Promise<Schedule[]> {
    const rows = await tx.query<ScheduleRow>(`SELECT ${COLUMNS} FROM muster.review_schedules s ${rest}`, parameters);
    return rows.map(scheduleOf);
  }
}

const COLUMNS = `s.id, s.name, s.scope, s.every_days, s.due_after_days, s.owner_id, s.management_id, s.risk_analysis_id,
  s.sample_percent, s.status, s.next_at, s.version, s.created_by, s.created_at, s.changed_at`;

interface ScheduleRow {
  readonly id: Id<'reviewSchedule'>;
  readonly name: string;
  readonly scope: Scope;
  readonly every_days: number;
  readonly due_after_days: number;
  readonly owner_id: Id<'person'>;
  readonly management_id: Id<'person'>;
  readonly risk_analysis_id: Id<'riskAnalysis'>;
  readonly sample_percent: number;
  readonly status: ScheduleStatus;
  readonly next_at: Date;
  readonly version: number;
  readonly created_by: string;
  readonly created_at: Date;
  readonly changed_at: Date;
}

function scheduleOf(row: ScheduleRow): Schedule {
  return {
    id: row.id,
    name: row.name,
    scope: row.scope,
    everyDays: row.every_days,
    dueAfterDays: row.due_after_days,
    ownerId: row.owner_id,
    managementId: row.management_id,
    riskAnalysisId: row.risk_analysis_id,
    samplePercent: row.sample_percent,
    status: row.status,
    nextAt: row.next_at,
    version: row.version,
    createdBy: row.created_by,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  };
}

function changeable(schedule: Schedule): unknown[] {
  return [
    schedule.id,
    schedule.name,
    JSON.stringify(schedule.scope),
    schedule.everyDays,
    schedule.dueAfterDays,
    schedule.ownerId,
    schedule.managementId,
    schedule.riskAnalysisId,
    schedule.samplePercent,
    schedule.status,
    schedule.nextAt,
    schedule.version,
    schedule.changedAt,
  ];
}

async function named(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (cause) {
    if (brokenConstraint(cause) === 'review_schedules_name')
      throw new SchedulesError('schedule_name_taken', 'Another schedule has this name; choose another.', { cause });
    throw cause;
  }
}

function known(schedule: Schedule | undefined): Schedule {
  if (!schedule)
    throw new SchedulesError('schedule_not_found', 'No schedule has that id; list them to find the right one.');
  return schedule;
}

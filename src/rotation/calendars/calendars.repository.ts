import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { brokenConstraint, Prepared, type Tx } from '../../platform/index.js';
import type { Exchange } from './exchanges/exchanges.js';
import type { Calendar, CalendarContent } from './domain/calendar.js';
import { CalendarError } from './domain/errors.js';

/** Which version of a calendar holds now. */
export interface CalendarVersion {
  readonly id: Id<'calendar'>;
  readonly version: number;
}

/** The table of calendars. What was removed is kept for the records that name it, and found by nobody. */
@Injectable()
export class CalendarsRepository {
  /** The newest first. */
  async list(tx: Tx, before: Id<'calendar'> | undefined, count: number): Promise<Calendar[]> {
    return (await tx.query<CalendarRow>(LIST, [before ?? null, count])).map(calendarOf);
  }

  /** @throws CalendarError `calendar_not_found` */
  async get(tx: Tx, id: Id<'calendar'>): Promise<Calendar> {
    return known((await tx.query<CalendarRow>(GET, [id])).map(calendarOf)[0]);
  }

  /** @throws CalendarError `calendar_not_found` */
  async lock(tx: Tx, id: Id<'calendar'>): Promise<Calendar> {
    return known((await tx.query<CalendarRow>(LOCK, [id])).map(calendarOf)[0]);
  }

  /** Those of them that stand. */
  versions(tx: Tx, ids: readonly Id<'calendar'>[]): Promise<CalendarVersion[]> {
    return tx.query<CalendarVersion>(VERSIONS, [ids]);
  }

  /** Those of them that stand, which nobody changes until the transaction ends. */
  hold(tx: Tx, ids: readonly Id<'calendar'>[]): Promise<CalendarVersion[]> {
    return tx.query<CalendarVersion>(HOLD, [ids]);
  }

  async findName(tx: Tx, id: Id<'calendar'>): Promise<string | undefined> {
    const rows = await tx.query<{ name: string }>('SELECT name FROM muster.calendars WHERE id = $1', [id]);
    return rows[0]?.name;
  }

  /** @throws CalendarError `calendar_name_taken` */
  async insert(tx: Tx, calendar: Calendar): Promise<void> {
    const { id, createdBy, createdAt } = calendar;
    await named(tx.execute(INSERT, [id, ...changeable(calendar), createdBy, createdAt]));
  }

  /** @throws CalendarError `calendar_name_taken` */
  async save(tx: Tx, calendar: Calendar): Promise<void> {
    await named(tx.execute(UPDATE, [calendar.id, ...changeable(calendar)]));
  }

  /** @throws CalendarError `calendar_in_use` */
  async remove(tx: Tx, { id }: Calendar, at: Date): Promise<void> {
    const [used] = await tx.query<{ count: string }>(USED, [[id]]);
    if (Number(used!.count) > 0)
      throw new CalendarError('calendar_in_use', 'Rotations keep to this calendar: take it out of them first.');
    await tx.execute(REMOVE, [id, at]);
  }

  /** Has everything that keeps to it be looked at anew at the next turn. */
  async lookAgain(tx: Tx, id: Id<'calendar'>): Promise<void> {
    await tx.execute(LOOK_AGAIN, [[id]]);
  }
}

const COLUMNS = `c.id, c.name, c.kind, c.exchange, c.zone, c.content, c.before_minutes, c.after_minutes, c.version,
  c.created_by, c.created_at, c.changed_at`;
const STANDING = `SELECT ${COLUMNS} FROM muster.calendars c WHERE c.status <> 'removed'`;
const LIST = `${STANDING} AND ($1::text IS NULL OR c.id < $1) ORDER BY c.id DESC LIMIT $2`;
const GET = new Prepared(`${STANDING} AND c.id = $1`);
const LOCK = new Prepared(`${STANDING} AND c.id = $1 FOR UPDATE`);
const VERSIONS = new Prepared(
  `SELECT c.id, c.version FROM muster.calendars c WHERE c.status <> 'removed' AND c.id = ANY ($1)`,
);
const HOLD = new Prepared(
  `SELECT c.id, c.version FROM muster.calendars c WHERE c.status <> 'removed' AND c.id = ANY ($1) ORDER BY c.id FOR SHARE`,
);
const INSERT = `
  INSERT INTO muster.calendars (id, name, kind, exchange, zone, content, before_minutes, after_minutes, version, changed_at,
    created_by, created_at, status)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'active')`;
const UPDATE = `
  UPDATE muster.calendars SET name = $2, kind = $3, exchange = $4, zone = $5, content = $6, before_minutes = $7,
    after_minutes = $8, version = $9, changed_at = $10
  WHERE id = $1`;
const REMOVE = `UPDATE muster.calendars SET status = 'removed', version = version + 1, changed_at = $2 WHERE id = $1`;
const USED = `
  SELECT count(*) FROM (SELECT 1 FROM muster.rotations r
    WHERE r.calendar_ids @> $1::text[] AND r.status <> 'removed' AND r.calendar_ids <> '{}' LIMIT 1) AS used`;
/** The first instant there is: it was never due then, so nothing is owed for it. */
const LOOK_AGAIN = `
  UPDATE muster.rotations r SET next_due_at = 'epoch'
  WHERE r.calendar_ids @> $1::text[] AND r.status = 'active' AND r.calendar_ids <> '{}' AND r.schedule IS NOT NULL`;

interface CalendarRow {
  readonly id: Id<'calendar'>;
  readonly name: string;
  readonly kind: CalendarContent['kind'];
  readonly exchange: Exchange | null;
  readonly zone: string | null;
  readonly content: string | null;
  readonly before_minutes: number;
  readonly after_minutes: number;
  readonly version: number;
  readonly created_by: string;
  readonly created_at: Date;
  readonly changed_at: Date;
}

function calendarOf(row: CalendarRow): Calendar {
  return {
    id: row.id,
    name: row.name,
    source: contentOf(row),
    beforeMinutes: row.before_minutes,
    afterMinutes: row.after_minutes,
    version: row.version,
    createdBy: row.created_by,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  };
}

function contentOf({ kind, exchange, zone, content }: CalendarRow): CalendarContent {
  switch (kind) {
    case 'exchange':
      return { kind, exchange: exchange! };
    case 'trading-days':
      return { kind, content: content! };
    case 'icalendar':
      return { kind, content: content!, zone: zone! };
  }
}

function changeable({ name, source, beforeMinutes, afterMinutes, version, changedAt }: Calendar): unknown[] {
  const exchange = source.kind === 'exchange' ? source.exchange : null;
  const zone = source.kind === 'icalendar' ? source.zone : null;
  const content = source.kind === 'exchange' ? null : source.content;
  return [name, source.kind, exchange, zone, content, beforeMinutes, afterMinutes, version, changedAt];
}

async function named(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (cause) {
    if (brokenConstraint(cause) === 'calendars_name')
      throw new CalendarError('calendar_name_taken', 'Another calendar has that name: choose another.', { cause });
    throw cause;
  }
}

function known(calendar: Calendar | undefined): Calendar {
  if (!calendar)
    throw new CalendarError('calendar_not_found', 'No calendar has that id. GET /v1/calendars lists them.');
  return calendar;
}

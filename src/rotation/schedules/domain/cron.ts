import { ScheduleError } from './errors.js';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** Days of the week come back to a date, the 29 February too, after at most 40 years (1888 and 1928; across 2100 likewise). */
const FURTHEST_DAYS = 41 * 366;
const LONGEST = 200;

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** What a field may say. */
interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
}

const MINUTES: Field = { name: 'minute', least: 0, most: 59 };
const HOURS: Field = { name: 'hour', least: 0, most: 23 };
const DAYS: Field = { name: 'day of the month', least: 1, most: 31 };
const MONTH: Field = { name: 'month', least: 1, most: 12, names: MONTHS };
/** Sunday is 0, and 7. */
const WEEKDAY: Field = { name: 'day of the week', least: 0, most: 7, names: WEEKDAYS };

/** Wall times that recur. */
export interface Cron {
  readonly text: string;
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** Both name days: then a day that either names is one (crontab(5), POSIX.1-2024 crontab). */
  readonly eitherDay: boolean;
}

/**
 * Reads five fields: minute, hour, day of the month, month, day of the week. Each is `*`, numbers, ranges `a-b`, lists with
 * commas and steps `/n`; months and days of the week also by their first three English letters. Nothing else is known: no
 * `L`, `W`, `#`, `?`, no seconds, no `@daily`.
 *
 * @throws ScheduleError `cron_invalid`, also where no day is ever meant
 */
export function parseCron(text: string): Cron {
  const fields = text.trim().split(/\s+/);
  if (text.length > LONGEST || fields.length !== 5)
    throw invalid('Give five fields: minute, hour, day of the month, month, day of the week, like `0 3 * * sun`.');
  const [minutes, hours, days, months, weekdays] = [MINUTES, HOURS, DAYS, MONTH, WEEKDAY].map((field, index) =>
    valuesOf(fields[index]!, field),
  ) as [Set<number>, Set<number>, Set<number>, Set<number>, Set<number>];
  const cron: Cron = {
    text: fields.join(' '),
    minutes: [...minutes].sort(ascending),
    hours: [...hours].sort(ascending),
    days,
    months,
    weekdays: new Set([...weekdays].map((day) => day % 7)),
    eitherDay: !fields[2]!.startsWith('*') && !fields[4]!.startsWith('*'),
  };
  if (nextWall(cron, Date.UTC(2024, 0, 1)) === null) throw invalid(`No day is ever \`${cron.text}\`.`);
  return cron;
}

/**
 * The first wall time that is meant, not before another.
 *
 * @param wall milliseconds, as a clock in UTC would show it; seconds are rounded up
 * @returns null where none follows within 41 years
 */
export function nextWall(cron: Cron, wall: number): number | null {
  const from = Math.ceil(wall / MINUTE) * MINUTE;
  let day = Math.floor(from / DAY) * DAY;
  const inDay = timeFrom(cron, (from - day) / MINUTE);
  if (inDay !== null && isDay(cron, new Date(day))) return day + inDay * MINUTE;
  const first = cron.hours[0]! * 60 + cron.minutes[0]!;
  const end = day + FURTHEST_DAYS * DAY;
  for (day += DAY; day <= end;) {
    const date = new Date(day);
    if (!cron.months.has(date.getUTCMonth() + 1)) day = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
    else if (isDay(cron, date)) return day + first * MINUTE;
    else day += DAY;
  }
  return null;
}

function isDay(cron: Cron, date: Date): boolean {
  if (!cron.months.has(date.getUTCMonth() + 1)) return false;
  const byDay = cron.days.has(date.getUTCDate());
  const byWeekday = cron.weekdays.has(date.getUTCDay());
  return cron.eitherDay ? byDay || byWeekday : byDay && byWeekday;
}

/** Minutes into the day. */
function timeFrom({ hours, minutes }: Cron, minute: number): number | null {
  const hour = Math.floor(minute / 60);
  if (hours.includes(hour)) {
    const later = minutes.find((value) => value >= minute % 60);
    if (later !== undefined) return hour * 60 + later;
  }
  const next = hours.find((value) => value > hour);
  return next === undefined ? null : next * 60 + minutes[0]!;
}

function valuesOf(text: string, field: Field): Set<number> {
  const values = new Set<number>();
  for (const part of text.toLowerCase().split(',')) {
    const match = /^(?:(\*)|([a-z0-9]+)(?:-([a-z0-9]+))?)(?:\/(\d{1,3}))?$/.exec(part);
    if (!match) throw invalid(`"${part}" is no ${field.name}.`);
    const [, star, low, high, step] = match;
    const by = step === undefined ? 1 : Number(step);
    const from = star ? field.least : valueOf(low!, field);
    const to = star || (step !== undefined && high === undefined) ? lastOf(field) : valueOf(high ?? low!, field);
    if (by < 1 || from > to) throw invalid(`"${part}" names no ${field.name}.`);
    for (let value = from; value <= to; value += by) values.add(value);
  }
  return values;
}

/** `*` and `5/2` end with the week, not with the second Sunday. */
function lastOf(field: Field): number {
  return field === WEEKDAY ? 6 : field.most;
}

function valueOf(text: string, field: Field): number {
  const named = field.names?.indexOf(text) ?? -1;
  const value = named >= 0 ? named + (field === MONTH ? 1 : 0) : /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  if (!(value >= field.least && value <= field.most)) throw invalid(`"${text}" is no ${field.name}.`);
  return value;
}

function ascending(one: number, other: number): number {
  return one - other;
}

function invalid(message: string): ScheduleError {
  return new ScheduleError('cron_invalid', message);
}

import type { Foreseen } from '../../src/rotation/schedules/domain/course.js';
import type { TradingDays } from '../../src/rotation/calendars/domain/trading-days.js';
import type { ScheduleText } from '../../src/rotation/schedules/domain/schedule.js';
import { type Plan, rotationId } from './histories.js';

const MINUTE = 60_000;
const DAY = 86_400_000;
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/**
 * What is wrong with a history, by the runtime's own clocks and the texts alone: it shares no code with what made it.
 *
 * @returns nothing where all is well
 */
export function violations(plan: Plan, history: readonly Foreseen[]): string[] {
  const begun = history.filter(({ held }) => held === null);
  return [
    ...begun
      .filter(({ at }) => plan.frozen.some((frozen) => isFrozen(frozen, at)))
      .map(({ at }) => `frozen at ${shown(at)}`),
    ...begun
      .filter(({ cause, at, rotationId: id }) => cause === 'schedule' && !opened(textOf(plan, id), at))
      .map(({ at }) => `outside of its window at ${shown(at)}`),
    ...begun.flatMap((one, index) => {
      const before = begun.slice(0, index).findLast(({ rotationId: id }) => id === one.rotationId);
      return tooOld(plan, one, before) ?? [];
    }),
    ...twice(plan, begun),
    ...apart(plan, begun),
  ];
}

/** No two beginnings of one rotation belong to one instant of its cron. */
function twice(plan: Plan, begun: readonly Foreseen[]): string[] {
  return plan.schedules.flatMap((text, index) => {
    const own = begun.filter(({ rotationId: id, cause }) => id === rotationId(index) && cause === 'schedule');
    return own.slice(1).flatMap((one, at) => {
      const before = own[at]!.at;
      const windows = opened(text, one.at);
      return windows && windows.last > before ? [] : [`twice in a window at ${shown(one.at)}`];
    });
  });
}

/** No window of either half holds a beginning of both, and a window and an observation lie between. */
function apart(plan: Plan, begun: readonly Foreseen[]): string[] {
  return begun.slice(1).flatMap((one, index) => {
    const before = begun[index]!;
    if (before.rotationId === one.rotationId) return [];
    const wrong: string[] = [];
    const windows = plan.schedules.map(({ cron, windowMinutes }) => (cron === null ? 0 : windowMinutes * MINUTE));
    const least = Math.max(...windows, ...plan.observeMs) + plan.observeMs[indexOf(before)]!;
    if (one.at - before.at < least) wrong.push(`pair ${(one.at - before.at) / MINUTE} min apart at ${shown(one.at)}`);
    for (const text of plan.schedules) {
      const windows = opened(text, one.at);
      if (windows && before.at >= windows.first) wrong.push(`pair within the window of ${shown(windows.first)}`);
    }
    return wrong;
  });
}

/** A rotation without a pair begins when its credential is too old, or as soon as nothing is frozen. */
function tooOld(plan: Plan, one: Foreseen, before: Foreseen | undefined): string[] | undefined {
  const { maximumAgeDays } = textOf(plan, one.rotationId);
  if (plan.schedules.length > 1 || maximumAgeDays === null) return undefined;
  const limit = (before?.at ?? plan.from) + maximumAgeDays * DAY;
  for (let at = limit; at < one.at; at += MINUTE)
    if (!plan.frozen.some((frozen) => isFrozen(frozen, at)))
      return [`too old since ${shown(limit)} at ${shown(one.at)}`];
  return undefined;
}

function isFrozen(frozen: Plan['frozen'][number], at: number): boolean {
  if ('stretches' in frozen) return frozen.stretches.some(({ from, to }) => at >= from && at < to);
  const day = Math.floor(wallOf(frozen.days.zone, at) / DAY);
  // Of today, and of yesterday where that one closes after midnight.
  return [day, day - 1].some((date) => sessionsOn(frozen.days, date).some(({ from, to }) => at >= from && at < to));
}

const sessionDays = new WeakMap<TradingDays, Map<number, readonly { from: number; to: number }[]>>();

/** What of a calendar's own words concerns a date, as instants. */
function sessionsOn(days: TradingDays, date: number): readonly { from: number; to: number }[] {
  const known = sessionDays.get(days) ?? new Map<number, readonly { from: number; to: number }[]>();
  sessionDays.set(days, known);
  const found = known.get(date);
  if (found) return found;
  const { zone, sessions, holidays, halfDays } = days;
  const name = new Date(date * DAY).toISOString().slice(0, 10);
  const weekday = WEEKDAYS[new Date(date * DAY).getUTCDay()];
  const early = halfDays.find((half) => half.date === name)?.close;
  const isHoliday = holidays.some((holiday) => holiday.date === name);
  const spans = sessions
    .filter((session) => !isHoliday && session.days.includes(weekday as never))
    .map(({ open, close }) => {
      const closes = date * DAY + minutes(early ?? close) + (minutes(close) <= minutes(open) ? DAY : 0);
      return { from: meant(zone, date * DAY + minutes(open)), to: meant(zone, closes) };
    });
  known.set(date, spans);
  return spans;
}

/** What a wall time means: the first instant that shows it; where the clocks leave it out, the first that shows a later one. */
function meant(zone: string, wall: number): number {
  const day = Math.floor(wall / DAY);
  const shown = shownOn(zone, day);
  const minute = Math.floor((wall - day * DAY) / MINUTE);
  return typeof shown === 'number' ? wall - shown : shown[minute]!;
}

/** No clock is further from UTC. */
const AROUND = [-2, -1, 1, 2];
const shownDays = new Map<string, (number | Float64Array | undefined)[]>();

/**
 * When the clocks of a zone show each minute of a date for the first time, by watching them: the instants, or how far they are
 * ahead of UTC where nothing is changed all around. Minutes that they leave out are meant by the next one that they show.
 */
function shownOn(zone: string, day: number): number | Float64Array {
  let days = shownDays.get(zone);
  if (!days) shownDays.set(zone, (days = []));
  const index = day - FIRST_DAY;
  const found = days[index];
  if (found !== undefined) return found;
  const offset = offsetsOn(zone, day);
  if (typeof offset === 'number' && AROUND.every((days) => offsetsOn(zone, day + days) === offset))
    return (days[index] = offset);
  const shown = new Float64Array(DAY / MINUTE);
  const [from, to] = [(day + AROUND[0]!) * DAY, (day + AROUND.at(-1)!) * DAY];
  let latest = wallOf(zone, from) - MINUTE;
  for (let at = from; at <= to; at += MINUTE)
    for (const wall = wallOf(zone, at); latest < wall;) {
      latest += MINUTE;
      if (Math.floor(latest / DAY) === day) shown[(latest - day * DAY) / MINUTE] = at;
    }
  return (days[index] = shown);
}

/** The first and the last of the instants of the cron whose windows are open at an instant. */
function opened(text: ScheduleText, at: number): { readonly first: number; readonly last: number } | undefined {
  const { cron, zone, windowMinutes } = text;
  if (cron === null) return undefined;
  const after = at - windowMinutes * MINUTE;
  const until = Math.floor(wallOf(zone, at) / DAY);
  let first: number | undefined;
  let last: number | undefined;
  // Where a whole date is left out, its times are meant on the next one.
  for (let day = Math.floor(wallOf(zone, after) / DAY) - 1; day <= until; day += 1) {
    const instants = instantsOn(text, day);
    const [from, to] = [countUpTo(instants, after), countUpTo(instants, at)];
    if (from === to) continue;
    first ??= instants[from]!;
    last = instants[to - 1]!;
  }
  return first === undefined || last === undefined ? undefined : { first, last };
}

/** How many of some instants, in order, are not after another. */
function countUpTo(instants: readonly number[], at: number): number {
  let [low, high] = [0, instants.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (instants[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The instants that a cron means by the times of a date, in order. */
function instantsOn(text: ScheduleText, day: number): readonly number[] {
  const meaning = meaningOf(text);
  const found = meaning.days.get(day);
  if (found) return found;
  const instants: number[] = [];
  if (isDay(meaning, day)) {
    const shown = shownOn(text.zone, day);
    for (const hour of meaning.hours)
      for (const minute of meaning.minutes) {
        const of = hour * 60 + minute;
        instants.push(typeof shown === 'number' ? day * DAY + of * MINUTE - shown : shown[of]!);
      }
  }
  meaning.days.set(day, instants);
  return instants;
}

/** What the five fields of a cron name. */
interface Meaning {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly dates: readonly number[];
  readonly months: readonly number[];
  readonly weekdays: readonly number[];
  readonly isEither: boolean;
  /** What is known of days already. */
  readonly days: Map<number, readonly number[]>;
}
const meanings = new WeakMap<ScheduleText, Meaning>();

function meaningOf(text: ScheduleText): Meaning {
  const known = meanings.get(text);
  if (known) return known;
  const [minute, hour, date, month, weekday] = text.cron!.split(' ') as [string, string, string, string, string];
  const meaning: Meaning = {
    ...{ minutes: valuesOf(minute, 0, 59), hours: valuesOf(hour, 0, 23), dates: valuesOf(date, 1, 31) },
    ...{ months: valuesOf(month, 1, 12), weekdays: valuesOf(weekday, 0, 6) },
    ...{ isEither: !date.startsWith('*') && !weekday.startsWith('*'), days: new Map() },
  };
  meanings.set(text, meaning);
  return meaning;
}

function isDay({ dates, months, weekdays, isEither }: Meaning, day: number): boolean {
  const date = new Date(day * DAY);
  if (!months.includes(date.getUTCMonth() + 1)) return false;
  const byDate = dates.includes(date.getUTCDate());
  const byWeekday = weekdays.includes(date.getUTCDay());
  return isEither ? byDate || byWeekday : byDate && byWeekday;
}

const fields = new Map<string, readonly number[]>();

function valuesOf(field: string, least: number, most: number): readonly number[] {
  const key = `${field} ${least} ${most}`;
  const known = fields.get(key);
  if (known) return known;
  const values: number[] = [];
  const parts = field.split(',');
  for (let value = least; value <= most; value += 1)
    if (parts.some((part) => names(part, value, least))) values.push(value);
  fields.set(key, values);
  return values;
}

function names(part: string, value: number, least: number): boolean {
  if (part === '*') return true;
  if (part.startsWith('*/')) return (value - least) % Number(part.slice(2)) === 0;
  const [low, high = low] = part.split('-').map(Number);
  return value >= low! && value <= high!;
}

const FIRST_DAY = Math.floor(Date.UTC(2025, 0, 1) / DAY);
const QUARTER = 15 * MINUTE;
const clocks = new Map<string, { readonly format: Intl.DateTimeFormat; readonly days: (number | Int32Array)[] }>();

/** By the runtime, a quarter of an hour at a time: no zone changes its clocks between, nor twice in a day. */
function wallOf(zone: string, at: number): number {
  const day = Math.floor(at / DAY);
  const offsets = offsetsOn(zone, day);
  return at + (typeof offsets === 'number' ? offsets : offsets[Math.floor((at - day * DAY) / QUARTER)]!);
}

/** How far the clocks are ahead of UTC on a day, or in each of its quarters where they are changed. */
function offsetsOn(zone: string, day: number): number | Int32Array {
  let clock = clocks.get(zone);
  if (!clock) {
    const numeric = 'numeric' as const;
    const parts = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric };
    const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...parts });
    clocks.set(zone, (clock = { format, days: [] }));
  }
  const { format, days } = clock;
  return (days[day - FIRST_DAY] ??= offsetsFrom(format, day));
}

function offsetsFrom(format: Intl.DateTimeFormat, day: number): number | Int32Array {
  const offset = offsetAt(format, day * DAY);
  if (offsetAt(format, (day + 1) * DAY) === offset) return offset;
  return Int32Array.from({ length: DAY / QUARTER }, (_, quarter) => offsetAt(format, day * DAY + quarter * QUARTER));
}

function offsetAt(format: Intl.DateTimeFormat, at: number): number {
  const [month, day, year, hour, minute, second] = format.format(at).split(/\D+/).map(Number);
  return Date.UTC(year!, month! - 1, day, hour, minute, second) - at;
}

function textOf(plan: Plan, id: string): ScheduleText {
  return plan.schedules[Number(id.slice(4))]!;
}

function indexOf({ rotationId: id }: Foreseen): number {
  return Number(id.slice(4));
}

function minutes(text: string): number {
  return (Number(text.slice(0, 2)) * 60 + Number(text.slice(3))) * MINUTE;
}

function shown(at: number): string {
  return new Date(at).toISOString();
}

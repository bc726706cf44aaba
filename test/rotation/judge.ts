import type { Foreseen } from '../../src/rotation/schedules/domain/course.js';
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
      .filter(({ cause, at, rotationId: id }) => cause === 'schedule' && opened(textOf(plan, id), at).length === 0)
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
      return opened(text, one.at).some((window) => window > before) ? [] : [`twice in a window at ${shown(one.at)}`];
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
    for (const text of plan.schedules)
      for (const from of opened(text, one.at))
        if (before.at >= from) wrong.push(`pair within the window of ${shown(from)}`);
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
  const { zone, sessions, holidays, halfDays } = frozen.days;
  const wall = wallOf(zone, at);
  const day = Math.floor(wall / DAY);
  // Of today, and of yesterday where that one closes after midnight.
  return [day, day - 1].some((date) => {
    const name = new Date(date * DAY).toISOString().slice(0, 10);
    if (holidays.some((holiday) => holiday.date === name)) return false;
    const early = halfDays.find((half) => half.date === name)?.close;
    return sessions.some(({ days, open, close }) => {
      if (!days.includes(WEEKDAYS[new Date(date * DAY).getUTCDay()] as never)) return false;
      const opens = date * DAY + minutes(open);
      const closes = date * DAY + minutes(early ?? close) + (minutes(close) <= minutes(open) ? DAY : 0);
      return within(zone, at, wall, opens, closes);
    });
  });
}

/** Over a change of the clocks a wall time may be before or after: what it means is the first instant that shows it, or a later one. */
function within(zone: string, at: number, wall: number, opens: number, closes: number): boolean {
  const offsets = [wall - at, wallOf(zone, at - DAY) - (at - DAY), wallOf(zone, at + DAY) - (at + DAY)];
  if (offsets.every((offset) => offset === offsets[0])) return wall >= opens && wall < closes;
  return at >= meant(zone, opens) && at < meant(zone, closes);
}

function meant(zone: string, wall: number): number {
  for (let at = wall - 27 * 3_600_000; ; at += 15 * MINUTE) if (wallOf(zone, at) >= wall) return exact(zone, wall, at);
}

function exact(zone: string, wall: number, at: number): number {
  let first = at;
  while (wallOf(zone, first - 1000) >= wall && at - first < 15 * MINUTE) first -= 1000;
  return first;
}

/** The instants of the cron whose windows are open at an instant. */
function opened(text: ScheduleText, at: number): number[] {
  const { cron, zone, windowMinutes } = text;
  if (cron === null) return [];
  const meaning = meaningOf(text);
  const found: number[] = [];
  const latest = Math.floor(at / MINUTE) * MINUTE;
  for (let from = latest; from > at - windowMinutes * MINUTE; from -= MINUTE) {
    const wall = wallOf(zone, from);
    const before = wallOf(zone, from - MINUTE);
    if (before >= wall || seen(zone, from, wall)) continue;
    // What the clocks left out just before is meant here as well.
    for (let shows = before + MINUTE; shows <= wall; shows += MINUTE)
      if (isMeant(meaning, shows)) {
        found.push(from);
        break;
      }
  }
  return found;
}

/** Whether the clocks showed it before: within three hours they were put back. */
function seen(zone: string, from: number, wall: number): boolean {
  if (wallOf(zone, from - 180 * MINUTE) - (from - 180 * MINUTE) === wall - from) return false;
  for (let at = from - MINUTE; at > from - 180 * MINUTE; at -= MINUTE) if (wallOf(zone, at) >= wall) return true;
  return false;
}

/** What the five fields of a cron name. */
type Meaning = readonly [fields: readonly string[], ...values: ReadonlySet<number>[]];
const meanings = new WeakMap<ScheduleText, Meaning>();

function meaningOf(text: ScheduleText): Meaning {
  const known = meanings.get(text);
  if (known) return known;
  const fields = text.cron!.split(' ');
  const ranges = [
    [0, 59],
    [0, 23],
    [1, 31],
    [1, 12],
    [0, 6],
  ] as const;
  const meaning: Meaning = [fields, ...ranges.map(([least, most], index) => valuesOf(fields[index]!, least, most))];
  meanings.set(text, meaning);
  return meaning;
}

function isMeant([fields, minutes, hours, days, months, weekdays]: Meaning, wall: number): boolean {
  const at = new Date(wall);
  if (!minutes!.has(at.getUTCMinutes()) || !hours!.has(at.getUTCHours()) || !months!.has(at.getUTCMonth() + 1))
    return false;
  const byDay = days!.has(at.getUTCDate());
  const byWeekday = weekdays!.has(at.getUTCDay());
  const isEither = !fields[2]!.startsWith('*') && !fields[4]!.startsWith('*');
  return isEither ? byDay || byWeekday : byDay && byWeekday;
}

function valuesOf(field: string, least: number, most: number): ReadonlySet<number> {
  const values = new Set<number>();
  for (const part of field.split(','))
    for (let value = least; value <= most; value += 1) {
      const [low, high = low] = part.split('-').map(Number);
      const isStep = part.startsWith('*/') && (value - least) % Number(part.slice(2)) === 0;
      if (part === '*' || isStep || (value >= low! && value <= high!)) values.add(value);
    }
  return values;
}

const REMEMBERED = 20_000;
const clocks = new Map<string, { readonly format: Intl.DateTimeFormat; readonly hours: Map<number, number> }>();

/** By the runtime, a quarter of an hour at a time: no zone changes its clocks between. */
function wallOf(zone: string, at: number): number {
  let clock = clocks.get(zone);
  if (!clock) {
    const numeric = 'numeric' as const;
    const parts = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric };
    const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...parts });
    clocks.set(zone, (clock = { format, hours: new Map() }));
  }
  const quarter = Math.floor(at / (15 * MINUTE));
  let offset = clock.hours.get(quarter);
  if (offset === undefined) {
    const [month, day, year, hour, minute, second] = clock.format
      .format(quarter * 15 * MINUTE)
      .split(/\D+/)
      .map(Number);
    offset = Date.UTC(year!, month! - 1, day, hour, minute, second) - quarter * 15 * MINUTE;
    if (clock.hours.size >= REMEMBERED) clock.hours.clear();
    clock.hours.set(quarter, offset);
  }
  return at + offset;
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

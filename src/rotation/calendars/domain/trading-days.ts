import { parse } from 'yaml';
import { z } from 'zod';
import { CalendarError } from './errors.js';
import { firstNotOver, merged, type Sessions, type Stretch } from './sessions.js';
import { Zone } from './zone.js';

export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

const MINUTE = 60_000;
const DAY = 86_400_000;
const MOST_SESSIONS_A_DAY = 8;
const MOST_DAYS = 4_000;

const date = z.iso.date();
const time = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a time of the day, like 09:30');
const wall = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}(?:T(?:[01]\d|2[0-3]):[0-5]\d)?$/, 'must be like 2026-12-24 or 2026-12-24T18:00')
  .refine((text) => z.iso.date().safeParse(text.slice(0, 10)).success, 'must be a date that exists');
const named = { name: z.string().max(100).optional() };

/** How trading days are written down: the exchanges' own data, and what people bring. */
export const tradingDaysFile = z
  .strictObject({
    name: z.string().max(200).optional(),
    /** Where it can be looked up. */
    source: z.string().max(500).optional(),
    zone: z.string().max(64),
    /** Years that holidays and half days are known of; beyond them every weekday's session counts. Absent: for ever. */
    firstYear: z.int().min(2000).max(2200).optional(),
    lastYear: z.int().min(2000).max(2200).optional(),
    /** A close not after its open is the next day's. */
    sessions: z
      .array(z.strictObject({ days: z.array(z.enum(WEEKDAYS)).min(1).max(7), open: time, close: time }))
      .max(MOST_SESSIONS_A_DAY)
      .default([]),
    holidays: z
      .array(z.strictObject({ date, ...named }))
      .max(MOST_DAYS)
      .default([]),
    halfDays: z
      .array(z.strictObject({ date, close: time, ...named }))
      .max(MOST_DAYS)
      .default([]),
    /** Times in which nothing may begin besides, by the zone's clocks. */
    freezes: z
      .array(z.strictObject({ from: wall, to: wall, ...named }))
      .max(MOST_DAYS)
      .default([]),
  })
  .refine(({ sessions, freezes }) => sessions.length + freezes.length > 0, 'must name sessions or freezes');

export type TradingDays = z.output<typeof tradingDaysFile>;

/**
 * Reads trading days from YAML.
 *
 * @throws CalendarError `calendar_invalid` with where and why, `zone_unknown`
 */
export function readTradingDays(text: string): TradingDays {
  let content: unknown;
  try {
    content = parse(text, { maxAliasCount: 0, schema: 'core' });
  } catch (cause) {
    throw new CalendarError('calendar_invalid', `The YAML cannot be read: ${firstLine(cause)}`, { cause });
  }
  const read = tradingDaysFile.safeParse(content);
  if (!read.success) {
    const { path, message } = read.error.issues[0]!;
    throw new CalendarError('calendar_invalid', `${path.join('.') || 'The calendar'} ${message}`.slice(0, 300));
  }
  Zone.of(read.data.zone);
  return read.data;
}

/**
 * The sessions of trading days, computed a day at a time and remembered.
 *
 * In a year that is not covered nothing is known of holidays and half days, so each of its weekdays counts as having its full
 * sessions: who does not know freezes too much rather than too little.
 */
export class TradingSessions implements Sessions {
  private readonly zone: Zone;
  private readonly closed: ReadonlySet<string>;
  private readonly early: ReadonlyMap<string, number>;
  private readonly freezes: readonly Stretch[];
  private readonly years = new Map<number, readonly Stretch[]>();

  constructor(
    private readonly days: TradingDays,
    private readonly beforeMinutes = 0,
    private readonly afterMinutes = 0,
  ) {
    this.zone = Zone.of(days.zone);
    this.closed = new Set(days.holidays.map((holiday) => holiday.date));
    this.early = new Map(days.halfDays.map((half) => [half.date, minutesOf(half.close)]));
    this.freezes = days.freezes.map(({ from, to }) => ({
      from: this.zone.instantOf(wallOf(from)),
      to: this.zone.instantOf(wallOf(to)),
    }));
  }

  from(instant: number): Stretch | null {
    const year = new Date(this.zone.wallAt(instant)).getUTCFullYear();
    const ahead = this.days.sessions.length > 0 ? 2 : this.lastFreezeYear - year;
    for (let at = year; at <= year + ahead; at += 1) {
      const found = firstNotOver(this.stretchesOf(at), instant);
      if (found) return found;
    }
    return null;
  }

  private get lastFreezeYear(): number {
    return new Date(Math.max(0, ...this.freezes.map(({ to }) => to))).getUTCFullYear() + 1;
  }

  /** Every session that begins in a year, the one that ends in it besides, merged. */
  private stretchesOf(year: number): readonly Stretch[] {
    const found = this.years.get(year);
    if (found) return found;
    const stretches: Stretch[] = [];
    for (let day = Date.UTC(year, 0, -1); day <= Date.UTC(year + 1, 0, 1); day += DAY)
      stretches.push(...this.dayAt(day));
    const bounds = {
      from: this.zone.instantOf(Date.UTC(year, 0, -1)),
      to: this.zone.instantOf(Date.UTC(year + 1, 0, 2)),
    };
    stretches.push(...this.freezes.filter(({ from, to }) => to > bounds.from && from < bounds.to));
    const result = merged(stretches);
    this.years.set(year, result);
    return result;
  }

  private dayAt(day: number): Stretch[] {
    const date = new Date(day).toISOString().slice(0, 10);
    if (this.closed.has(date)) return [];
    const weekday = WEEKDAYS[new Date(day).getUTCDay()]!;
    const early = this.early.get(date);
    return this.days.sessions
      .filter(({ days }) => days.includes(weekday))
      .flatMap((session) => {
        const open = minutesOf(session.open);
        const until = minutesOf(session.close);
        const usual = until > open ? until : until + 24 * 60;
        const close = early === undefined ? usual : Math.min(usual, early);
        if (close <= open) return [];
        return [
          {
            from: this.zone.instantOf(day + open * MINUTE) - this.beforeMinutes * MINUTE,
            to: this.zone.instantOf(day + close * MINUTE) + this.afterMinutes * MINUTE,
          },
        ];
      });
  }
}

/** The first instant that the data does not cover, or null where it covers all. */
export function coveredUntil({ lastYear, zone }: TradingDays): number | null {
  return lastYear === undefined ? null : Zone.of(zone).instantOf(Date.UTC(lastYear + 1, 0, 1));
}

function minutesOf(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}

function wallOf(text: string): number {
  return Date.parse(text.length === 10 ? `${text}T00:00:00Z` : `${text}:00Z`);
}

function firstLine(cause: unknown): string {
  return String((cause as Error).message)
    .split('\n')[0]!
    .slice(0, 200);
}

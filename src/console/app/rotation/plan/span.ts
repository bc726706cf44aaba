import { dayOf } from '../../reviews/days.js';
import type { Session } from '../calendars/calendars-queries.js';

const DAYS_A_WEEK = 7;
const DAY_MILLISECONDS = 86_400_000;

/** A stretch in which nothing rotates, as far as it lies in one day of the reader's clocks. */
export interface FrozenPart {
  readonly calendar: string;
  /** RFC 3339; so is `to`. */
  readonly from: string;
  readonly to: string;
  /** As shares of the day, 0 to 1. */
  readonly begins: number;
  readonly ends: number;
}

/** Every day of so many from one on, in weeks from Monday; those before and after fill the first and last week. */
export function weeksFrom(first: Date, days: number): Date[][] {
  const before = (first.getDay() + DAYS_A_WEEK - 1) % DAYS_A_WEEK;
  const count = Math.ceil((before + days) / DAYS_A_WEEK);
  return Array.from({ length: count }, (_, week) =>
    Array.from({ length: DAYS_A_WEEK }, (_each, day) => daysOn(first, week * DAYS_A_WEEK + day - before)),
  );
}

/** Midnight so many days on. */
export function daysOn(date: Date, days: number): Date {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);
}

/** What of sessions lies in a day; one that does not end lasts to its end. */
export function frozenOn(day: Date, calendar: string, sessions: readonly Session[]): FrozenPart[] {
  const [from, to] = [day.getTime(), daysOn(day, 1).getTime()];
  return sessions.flatMap((session) => {
    const begins = Math.max(from, Date.parse(session.from));
    const ends = Math.min(to, session.to === null ? Infinity : Date.parse(session.to));
    if (begins >= ends) return [];
    return {
      calendar,
      from: new Date(begins).toISOString(),
      to: new Date(ends).toISOString(),
      begins: (begins - from) / DAY_MILLISECONDS,
      ends: Math.min(1, (ends - from) / DAY_MILLISECONDS),
    };
  });
}

/** Things by the day of the reader's clocks that they fall on. */
export function byDay<Thing>(things: readonly Thing[], at: (thing: Thing) => string): ReadonlyMap<string, Thing[]> {
  const days = new Map<string, Thing[]>();
  for (const thing of things) {
    const day = dayOf(new Date(at(thing)));
    days.set(day, [...(days.get(day) ?? []), thing]);
  }
  return days;
}

import ICAL from 'ical.js';
import { RRuleTemporal } from 'rrule-temporal';
import { CalendarError } from './errors.js';
import { merged, type Stretch } from './sessions.js';
import { Zone } from './zone.js';

const SECOND = 1_000;
const DAY = 86_400_000;
/** An event that began before the horizon by no more than this may reach into it. */
const LONGEST = 31 * DAY;
const MOST_EVENTS = 2_000;
/** Occurrences of one calendar, and steps taken to find those of one rule. */
const MOST_OCCURRENCES = 50_000;
const FREQUENCIES: ReadonlySet<string> = new Set(['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY']);

/** When an event starts or ends, and by whose clocks. */
interface Moment {
  readonly wall: number;
  readonly zone: Zone;
  readonly isDate: boolean;
}

/**
 * Reads the busy times of an iCalendar (RFC 5545), within a horizon.
 *
 * Of it: VEVENT with DTSTART, DTEND or DURATION, RRULE (daily to yearly), RDATE, EXDATE and RECURRENCE-ID; zones by their
 * IANA name, times without one by the calendar's. An event that is cancelled or transparent is no session. What else would
 * change when an event happens is refused rather than passed over.
 *
 * @param zone of times that name none, and of whole days
 * @returns sorted, without overlap
 * @throws CalendarError `calendar_invalid`, `calendar_too_large`, `zone_unknown`
 */
export function readICalendar(text: string, zone: Zone, horizon: Stretch): Stretch[] {
  const events = eventsOf(text);
  const budget = { left: MOST_OCCURRENCES };
  const moved = new Map<string, number[]>();
  for (const event of events) {
    const original = momentOf(event, 'recurrence-id', zone);
    if (original) moved.set(uidOf(event), [...(moved.get(uidOf(event)) ?? []), instantOf(original)]);
  }
  return merged(
    events
      .filter(isBusy)
      .flatMap((event) => occurrences(event, zone, horizon, moved.get(uidOf(event)) ?? [], budget))
      .filter(({ from, to }) => to > horizon.from && from < horizon.to),
  );
}

function eventsOf(text: string): ICAL.Component[] {
  let calendar: ICAL.Component;
  try {
    calendar = new ICAL.Component(ICAL.parse(text) as unknown[]);
  } catch (cause) {
    throw invalid(`The iCalendar cannot be read: ${String((cause as Error).message).slice(0, 150)}`, cause);
  }
  if (calendar.name !== 'vcalendar') throw invalid('Give one VCALENDAR.');
  const events = calendar.getAllSubcomponents('vevent');
  if (events.length > MOST_EVENTS) throw tooLarge(`at most ${MOST_EVENTS} events`);
  return events;
}

function occurrences(
  event: ICAL.Component,
  calendarZone: Zone,
  horizon: Stretch,
  moved: readonly number[],
  budget: { left: number },
): Stretch[] {
  const start = momentOf(event, 'dtstart', calendarZone);
  if (!start) throw invalid(`The event ${uidOf(event)} has no DTSTART.`);
  if (event.hasProperty('exrule')) throw invalid('EXRULE is not read; name the days by EXDATE.');
  const endOf = lengthOf(event, start, calendarZone);
  const isMoved = event.hasProperty('recurrence-id');
  const left = new Set([...momentsOf(event, 'exdate', calendarZone).map(instantOf), ...(isMoved ? [] : moved)]);
  const begins = [
    ...(isMoved || !event.hasProperty('rrule') ? [start.wall] : ruleBegins(event, start, horizon, budget)),
    ...momentsOf(event, 'rdate', calendarZone).map((moment) => start.zone.wallAt(instantOf(moment))),
  ];
  return begins.flatMap((wall) => {
    const from = start.zone.instantOf(wall);
    return left.has(from) ? [] : [{ from, to: endOf(wall) }];
  });
}

/** Wall times by the clocks of the event's start: a rule is followed by the clocks, wherever they are put forward or back. */
function ruleBegins(event: ICAL.Component, start: Moment, horizon: Stretch, budget: { left: number }): number[] {
  const from = new Date(start.zone.wallAt(horizon.from) - LONGEST);
  const to = new Date(start.zone.wallAt(horizon.to));
  return event.getAllProperties('rrule').flatMap((property) => {
    const rule = (property.getFirstValue() as ICAL.Recur).clone();
    if (!FREQUENCIES.has(rule.freq)) throw invalid(`RRULE with FREQ=${rule.freq} is not read; DAILY to YEARLY are.`);
    if (rule.until) rule.until = utc(untilOf(rule.until, start));
    const rruleString = `DTSTART:${basic(start.wall)}\nRRULE:${rule.toString()}`;
    try {
      const begins = new RRuleTemporal({ rruleString, maxIterations: MOST_OCCURRENCES }).between(from, to, true);
      if ((budget.left -= begins.length) < 0) throw tooLarge(`at most ${MOST_OCCURRENCES} occurrences`);
      return begins.map(({ epochMilliseconds }) => epochMilliseconds);
    } catch (cause) {
      if (cause instanceof CalendarError) throw cause;
      throw invalid(`The RRULE of the event ${uidOf(event)} cannot be followed; see RFC 5545 §3.3.10.`, cause);
    }
  });
}

/** UNTIL is told in UTC where the start has a zone (RFC 5545 §3.3.10); a date means the whole of it. */
function untilOf(until: ICAL.Time, { zone }: Moment): number {
  if (until.isDate) return wallOf(until) + DAY - SECOND;
  return until.zone === ICAL.Timezone.utcTimezone ? zone.wallAt(wallOf(until)) : wallOf(until);
}

/** How the end follows from a start: by the clocks where both ends are on the same ones. */
function lengthOf(event: ICAL.Component, start: Moment, calendarZone: Zone): (wall: number) => number {
  const end = momentOf(event, 'dtend', calendarZone);
  if (end && end.zone.name === start.zone.name) {
    const length = end.wall - start.wall;
    return (wall) => start.zone.instantOf(wall + length);
  }
  const duration = event.getFirstPropertyValue('duration') as ICAL.Duration | null;
  const exact = end
    ? instantOf(end) - instantOf(start)
    : duration
      ? duration.toSeconds() * SECOND
      : start.isDate
        ? null
        : 0;
  if (exact === null) return (wall) => start.zone.instantOf(wall + DAY);
  return (wall) => start.zone.instantOf(wall) + exact;
}

function isBusy(event: ICAL.Component): boolean {
  const said = (name: string) => String(event.getFirstPropertyValue(name) ?? '').toUpperCase();
  return said('transp') !== 'TRANSPARENT' && said('status') !== 'CANCELLED';
}

function uidOf(event: ICAL.Component): string {
  return String(event.getFirstPropertyValue('uid') ?? '').slice(0, 200);
}

function momentOf(event: ICAL.Component, name: string, zone: Zone): Moment | undefined {
  return momentsOf(event, name, zone)[0];
}

function momentsOf(event: ICAL.Component, name: string, zone: Zone): Moment[] {
  return event.getAllProperties(name).flatMap((property) => {
    if (property.getFirstParameter('range'))
      throw invalid('RANGE=THISANDFUTURE is not read; give every event of its own.');
    const tzid = property.getFirstParameter('tzid');
    return property.getValues().map((value) => {
      if (!(value instanceof ICAL.Time)) throw invalid(`${name.toUpperCase()} must be dates or times.`);
      if (!Number.isFinite(wallOf(value))) throw invalid(`${name.toUpperCase()} is no date or time.`);
      const isUtc = value.zone === ICAL.Timezone.utcTimezone;
      return { wall: wallOf(value), isDate: value.isDate, zone: isUtc ? Zone.of('UTC') : tzid ? Zone.of(tzid) : zone };
    });
  });
}

function instantOf({ wall, zone }: Moment): number {
  return zone.instantOf(wall);
}

function wallOf({ year, month, day, hour, minute, second }: ICAL.Time): number {
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function utc(wall: number): ICAL.Time {
  return ICAL.Time.fromData({ ...partsOf(new Date(wall)), isDate: false }, ICAL.Timezone.utcTimezone);
}

function partsOf(at: Date) {
  return {
    ...{ year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate() },
    ...{ hour: at.getUTCHours(), minute: at.getUTCMinutes(), second: at.getUTCSeconds() },
  };
}

/** In the basic format, as though the wall time were UTC: the rule is followed without a zone. */
function basic(wall: number): string {
  return `${new Date(wall).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

function invalid(message: string, cause?: unknown): CalendarError {
  return new CalendarError('calendar_invalid', message, { cause });
}

function tooLarge(most: string): CalendarError {
  return new CalendarError('calendar_too_large', `A calendar holds ${most}; leave out what is past, or give two.`);
}

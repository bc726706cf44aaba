import { z } from 'zod';
import { idOf, instant, instantInput, line, pageQuery, toInstant, toInstantOrNull } from '../../platform/index.js';
import type { PreviewedCalendar, SeenCalendar } from './calendars.service.js';
import { CALENDAR_KINDS, type CalendarContent } from './domain/calendar.js';
import type { Stretch } from './domain/sessions.js';
import { EXCHANGES } from './exchanges/exchanges.js';

const MOST_CHARACTERS = 131_072;
const LONGEST_DAYS = 400;
export const MOST_SESSIONS = 2_000;

const margin = z.int().min(0).max(1_440);
const content = z.string().min(1).max(MOST_CHARACTERS);

const sourceInput = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('exchange'), exchange: z.enum(EXCHANGES) }),
    z.strictObject({
      kind: z.literal('trading-days'),
      content: content.describe('YAML; see docs/guides/rotation.md.'),
    }),
    z.strictObject({
      kind: z.literal('icalendar'),
      content: content.describe('RFC 5545; its events are the sessions.'),
      zone: line(64).describe('IANA name: of times that name no zone, and of whole days.'),
    }),
  ])
  .describe('An exchange whose trading days come with the service, or what one brings.');

const text = {
  source: sourceInput,
  beforeMinutes: margin.default(0).describe('By how much every session is taken to begin earlier.'),
  afterMinutes: margin.default(0).describe('By how much every session is taken to end later.'),
};

export const calendarPreviewBody = z.strictObject(text).meta({ id: 'CalendarText' });

export const newCalendarBody = z.strictObject({ name: line(200), ...text });

export const calendarChangeBody = z
  .strictObject({ name: line(200), source: sourceInput, beforeMinutes: margin, afterMinutes: margin })
  .partial()
  .refine((body) => Object.values(body).some((value) => value !== undefined), 'must change something');

export const calendarsQuery = z.strictObject(pageQuery);

/** What is no instant is refused as that, and not compared. */
export const sessionsQuery = z
  .strictObject({ from: instantInput, to: instantInput })
  .refine(({ from, to }) => !(Number(to) <= Number(from)), { path: ['to'], message: 'must be after from' })
  .refine(({ from, to }) => !(Number(to) - Number(from) > LONGEST_DAYS * 86_400_000), {
    path: ['to'],
    message: `must be within ${LONGEST_DAYS} days of from`,
  });

export const calendarSchema = z
  .strictObject({
    id: idOf('calendar'),
    name: z.string(),
    kind: z.enum(CALENDAR_KINDS),
    exchange: z.enum(EXCHANGES).nullable(),
    zone: z.string(),
    lookedUpAt: z.string().nullable().describe('Where it can be looked up.'),
    coveredUntil: instant.nullable().describe('From then on every weekday counts as a session, or nothing is known.'),
    beforeMinutes: margin,
    afterMinutes: margin,
    version: z.int(),
    createdBy: z.string(),
    createdAt: instant,
    changedAt: instant,
  })
  .meta({ id: 'Calendar' });

export const wholeCalendarSchema = calendarSchema
  .extend({ content: z.string().nullable().describe('As it was brought; null for an exchange.') })
  .meta({ id: 'WholeCalendar' });

export const sessionsSchema = z
  .strictObject({
    items: z.array(z.strictObject({ from: instant, to: instant.nullable().describe('Null where it does not end.') })),
    more: z.boolean().describe('Whether there are more than are shown.'),
  })
  .meta({ id: 'CalendarSessions' });

export const calendarPreviewSchema = sessionsSchema
  .extend({ zone: z.string(), coveredUntil: instant.nullable() })
  .meta({ id: 'CalendarPreview' });

export function showCalendar({ calendar, read }: SeenCalendar): z.input<typeof calendarSchema> {
  const { source, ...shown } = calendar;
  return {
    ...shown,
    kind: source.kind,
    exchange: source.kind === 'exchange' ? source.exchange : null,
    zone: read.zone,
    lookedUpAt: read.source,
    coveredUntil: toInstantOrNull(read.coveredUntil),
    createdAt: toInstant(calendar.createdAt),
    changedAt: toInstant(calendar.changedAt),
  };
}

export function showWholeCalendar(seen: SeenCalendar): z.input<typeof wholeCalendarSchema> {
  return { ...showCalendar(seen), content: broughtBy(seen.calendar.source) };
}

export function showSessions(sessions: readonly Stretch[], most: number): z.input<typeof sessionsSchema> {
  return {
    items: sessions.slice(0, most).map(({ from, to }) => ({
      from: toInstant(new Date(from)),
      to: Number.isFinite(to) ? toInstant(new Date(to)) : null,
    })),
    more: sessions.length > most,
  };
}

export function showPreview({ read, sessions }: PreviewedCalendar, most: number) {
  return { ...showSessions(sessions, most), zone: read.zone, coveredUntil: toInstantOrNull(read.coveredUntil) };
}

function broughtBy(source: CalendarContent): string | null {
  return source.kind === 'exchange' ? null : source.content;
}

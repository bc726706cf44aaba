import { hash } from 'node:crypto';
import { DAY_SECONDS, MINUTE_SECONDS } from '../../../kernel/index.js';
import { freeFrom, freeWithin, type Sessions, type Stretch } from '../../calendars/domain/sessions.js';
import { Zone } from '../../calendars/domain/zone.js';
import { type Cron, nextWall, parseCron } from './cron.js';
import { ScheduleError } from './errors.js';

/** When something rotates, as it is written down. */
export interface ScheduleText {
  /** Null where age alone decides. */
  readonly cron: string | null;
  /** IANA name, by whose clocks the cron is read. */
  readonly zone: string;
  /** How long after each of its instants a run may begin. */
  readonly windowMinutes: number;
  /** By how much at most of the window runs are spread. */
  readonly jitterMinutes: number;
  /** How old a credential may become; null where it does not matter. */
  readonly maximumAgeDays: number | null;
}

/** When something rotates, read and checked. */
export interface Schedule {
  readonly text: ScheduleText;
  readonly cron: Cron | null;
  readonly zone: Zone;
  readonly windowMs: number;
  readonly jitterMs: number;
  readonly maximumAgeMs: number | null;
}

/** An instant at which a run may begin, and why. */
export interface Beginning {
  readonly at: number;
  readonly cause: 'schedule' | 'maximum-age';
  /** What it belongs to, the window's end not itself part of it; null where age alone decides. */
  readonly window: Stretch | null;
}

/** What a beginning depends on besides the schedule. */
export interface Circumstances {
  /** Opaque; spreads what has the same schedule. */
  readonly rotationId: string;
  readonly freeze: Sessions;
  /** When a run of it last began; what was meant up to then has been done. Before the first one: since when it has its schedule. */
  readonly since: number;
  /** Since when the credential is what it is. */
  readonly bornAt: number;
}

const MINUTE = MINUTE_SECONDS * 1000;
const SECOND = 1000;
/** Nobody is told of anything further away. */
export const HORIZON_MS = 5 * 366 * DAY_SECONDS * 1000;
const AGAIN_MS = DAY_SECONDS * SECOND;
/** Windows looked at before one is believed never to be free. */
const MOST_WINDOWS = 20_000;

const read = new Map<string, Schedule>();
const REMEMBERED = 10_000;

/** @throws ScheduleError `cron_invalid`, `schedule_invalid`; CalendarError `zone_unknown` */
export function readSchedule(text: ScheduleText): Schedule {
  const key = `${text.cron}\0${text.zone}\0${text.windowMinutes}\0${text.jitterMinutes}\0${text.maximumAgeDays}`;
  const found = read.get(key);
  if (found) return found;
  if (text.cron === null && text.maximumAgeDays === null)
    throw new ScheduleError(
      'schedule_invalid',
      'Say by cron or maximumAgeDays when it rotates; leave it out for by hand only.',
    );
  if (text.jitterMinutes >= text.windowMinutes)
    throw new ScheduleError(
      'schedule_invalid',
      'Spread runs over less than the window: jitterMinutes below windowMinutes.',
    );
  const schedule: Schedule = {
    text,
    cron: text.cron === null ? null : parseCron(text.cron),
    zone: Zone.of(text.zone),
    windowMs: text.windowMinutes * MINUTE,
    jitterMs: text.jitterMinutes * MINUTE,
    maximumAgeMs: text.maximumAgeDays === null ? null : text.maximumAgeDays * DAY_SECONDS * SECOND,
  };
  if (read.size >= REMEMBERED) read.clear();
  read.set(key, schedule);
  return schedule;
}

/**
 * When a run may begin next: the first instant, not before another, that lies in a window or after the credential became too
 * old, and in no session.
 *
 * A window begins at an instant of the cron after `since` and lasts `windowMinutes`. In it the runs of rotations that share a
 * schedule are spread by a number that depends on the rotation and the window alone, over the time that is free of sessions, so
 * that a window with any free time in it has a beginning. A wall time that the clocks leave out means the first instant after
 * the gap, one that happens twice the first.
 *
 * @returns null where none is found within five years
 */
export function nextBeginning(schedule: Schedule, around: Circumstances, from: number): Beginning | null {
  const byWindow = nextInWindow(schedule, around, from);
  const byAge = nextByAge(schedule, around, from);
  if (byAge && (!byWindow || byAge.at < byWindow.at)) return byAge;
  return byWindow;
}

/** Every window that begins in a stretch, also those without free time, up to so many. */
export function windowsWithin(schedule: Schedule, { from, to }: Stretch, most: number): Stretch[] {
  const windows: Stretch[] = [];
  for (
    let window = windowAfter(schedule, from - 1);
    window && window.from < to;
    window = windowAfter(schedule, window.from)
  ) {
    if (windows.length === most) break;
    windows.push(window);
  }
  return windows;
}

/** Where in a window a rotation begins, sessions permitting; null where they leave nothing of it. */
export function placeIn(schedule: Schedule, window: Stretch, rotationId: string, freeze: Sessions): number | null {
  const free = freeWithin(freeze, window);
  const total = free.reduce((sum, { from, to }) => sum + to - from, 0);
  const spread = Math.floor(Math.min(schedule.jitterMs, Math.max(0, total - SECOND)) / SECOND);
  let left = total === 0 ? 0 : spreadOf(rotationId, window.from, spread) * SECOND;
  for (const { from, to } of free) {
    if (left < to - from) return from + left;
    left -= to - from;
  }
  return null;
}

function nextInWindow(
  schedule: Schedule,
  { rotationId, freeze, since }: Circumstances,
  from: number,
): Beginning | null {
  let after = Math.max(since, from - schedule.windowMs);
  for (let looked = 0; looked < MOST_WINDOWS; looked += 1) {
    const window = windowAfter(schedule, after);
    if (!window || window.from > from + HORIZON_MS) return null;
    const place = placeIn(schedule, window, rotationId, freeze);
    const at = place === null ? null : freeFrom(freeze, Math.max(place, from));
    if (at !== null && at < window.to) return { at, cause: 'schedule', window };
    after = window.from;
    // What is frozen as a whole is passed over at once: the next window that can be free ends after the sessions do.
    const free = freeFrom(freeze, Math.max(window.from, from));
    if (free === null) return null;
    if (free >= window.to) after = Math.max(after, free - schedule.windowMs);
  }
  return null;
}

/** What began and left the credential as it was, is not begun again before a day has passed. */
function nextByAge(
  { maximumAgeMs }: Schedule,
  { freeze, since, bornAt }: Circumstances,
  from: number,
): Beginning | null {
  if (maximumAgeMs === null) return null;
  const again = since > bornAt ? since + AGAIN_MS : from;
  const at = freeFrom(freeze, Math.max(from, bornAt + maximumAgeMs, again));
  return at === null || at > from + HORIZON_MS ? null : { at, cause: 'maximum-age', window: null };
}

/** The first window that begins after an instant. */
function windowAfter({ cron, zone, windowMs }: Schedule, after: number): Stretch | null {
  if (!cron) return null;
  // A time that the clocks left out is meant at the end of its gap, so what they left out just before is looked at again.
  let wall: number | null = zone.wallAt(after);
  for (;;) {
    wall = nextWall(cron, wall);
    if (wall === null) return null;
    const from = zone.instantOf(wall);
    if (from > after) return { from, to: from + windowMs };
    wall += MINUTE;
  }
}

/** A whole number from 0 to `most`, the same every time, evenly. */
function spreadOf(rotationId: string, windowFrom: number, most: number): number {
  if (most <= 0) return 0;
  const digest = hash('sha256', `${rotationId}\0${windowFrom}`, 'buffer');
  return digest.readUIntBE(0, 6) % (most + 1);
}

import { addSeconds, DAY_SECONDS } from '../../../kernel/index.js';
import type { LetterKind } from './letter.js';

/** How long before a hand-over runs out the first reminder of it is written. */
export const FIRST_REMINDER_SECONDS = 7 * DAY_SECONDS;

/** Who was not reminded on the day, because nothing ran, still is within this long. */
export const LATE_REMINDER_SECONDS = DAY_SECONDS;

/**
 * Which reminder of a hand-over is due: a week, three days and a day before it runs out, and on the day (UTC). Of those
 * that were missed only the last is.
 *
 * @param dueAt when the time to name another custodian runs out
 * @returns undefined while it is too early, and once it is too late
 */
export function reminderOf(dueAt: Date, at: Date): LetterKind | undefined {
  if (at >= addSeconds(dueAt, LATE_REMINDER_SECONDS)) return undefined;
  if (at >= startOfDay(dueAt)) return 'hand-over-today';
  if (at >= addSeconds(dueAt, -DAY_SECONDS)) return 'hand-over-in-1-day';
  if (at >= addSeconds(dueAt, -3 * DAY_SECONDS)) return 'hand-over-in-3-days';
  return at >= addSeconds(dueAt, -FIRST_REMINDER_SECONDS) ? 'hand-over-in-7-days' : undefined;
}

function startOfDay(at: Date): Date {
  return new Date(Math.floor(at.getTime() / (DAY_SECONDS * 1000)) * DAY_SECONDS * 1000);
}

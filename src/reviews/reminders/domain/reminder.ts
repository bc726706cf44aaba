import { addSeconds, DAY_SECONDS } from '../../../kernel/index.js';
import { BACKUP_AFTER_SECONDS, MANAGER_AFTER_SECONDS } from '../../items/domain/deciding.js';

/** Who is reminded: whoever decides, and those who come next when it is late (REV-2). */
export type ReminderReader = 'reviewer' | 'backup' | 'manager';

export interface Reminder {
  /** Which of a campaign's reminders it is: nobody gets the same one twice. */
  readonly occasion: string;
  readonly urgency: 'waits' | 'in-3-days' | 'in-1-day' | 'due' | 'late';
  readonly readers: readonly ReminderReader[];
}

/**
 * Which reminder of a campaign holds at an instant: when it begins and weekly, three days and a day before it is due, then,
 * and daily from then on, two days late to the backup custodian too, four days late to the manager. Of those that were
 * missed only the last is.
 */
export function remindersOf(
  { frozenAt, dueAt }: { readonly frozenAt: Date; readonly dueAt: Date },
  at: Date,
): Reminder {
  const readers: ReminderReader[] = ['reviewer'];
  if (at >= dueAt) {
    const days = wholeDays(dueAt, at);
    if (at >= addSeconds(dueAt, BACKUP_AFTER_SECONDS)) readers.push('backup');
    if (at >= addSeconds(dueAt, MANAGER_AFTER_SECONDS)) readers.push('manager');
    if (days === 0) return { occasion: `due ${day(dueAt)}`, urgency: 'due', readers };
    return { occasion: `late ${day(dueAt)} ${days}`, urgency: 'late', readers };
  }
  for (const days of [1, 3] as const)
    if (at >= addSeconds(dueAt, -days * DAY_SECONDS)) {
      const urgency = days === 1 ? 'in-1-day' : 'in-3-days';
      return { occasion: `${urgency} ${day(dueAt)}`, urgency, readers };
    }
  return { occasion: `week ${Math.floor(wholeDays(frozenAt, at) / 7)}`, urgency: 'waits', readers };
}

/** How long before an analysis lapses its people are told, in days, the last first. */
const NOTICE_DAYS = [1, 7, 30] as const;

/** Who was not told of a lapse, because nothing ran, still is within this long. */
export const LATE_NOTICE_SECONDS = 7 * DAY_SECONDS;
export const FIRST_NOTICE_SECONDS = 30 * DAY_SECONDS;

/**
 * Which notice of a risk analysis's lapse holds at an instant: 30, 7 and 1 days before, and when it has lapsed. Of those that
 * were missed only the last is.
 *
 * @returns how many days are left, at most; undefined while it is too early, and once it is too late
 */
export function noticeOf(expiresAt: Date, at: Date): 30 | 7 | 1 | 0 | undefined {
  if (at >= addSeconds(expiresAt, LATE_NOTICE_SECONDS)) return undefined;
  if (at >= expiresAt) return 0;
  return NOTICE_DAYS.find((days) => at >= addSeconds(expiresAt, -days * DAY_SECONDS));
}

function wholeDays(from: Date, to: Date): number {
  return Math.floor((to.getTime() - from.getTime()) / (DAY_SECONDS * 1000));
}

/** A campaign that is put off is reminded of anew. */
function day(at: Date): string {
  return at.toISOString().slice(0, 10);
}

import type { RotationSchedule } from './rotation-queries.js';

const MINUTES_AN_HOUR = 60;
const MINUTES_A_DAY = 1_440;

/** “2 hours”, “90 minutes”. */
export function minutesLong(minutes: number): string {
  if (minutes === 0) return counted(0, 'minute');
  if (minutes % MINUTES_A_DAY === 0) return counted(minutes / MINUTES_A_DAY, 'day');
  if (minutes % MINUTES_AN_HOUR === 0) return counted(minutes / MINUTES_AN_HOUR, 'hour');
  return counted(minutes, 'minute');
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** When something rotates, as one would say it. */
export function scheduleWords(schedule: RotationSchedule | null): string {
  if (schedule === null) return 'By hand only.';
  const { cron, zone, windowMinutes, jitterMinutes, maximumAgeDays } = schedule;
  const age = maximumAgeDays === null ? null : counted(maximumAgeDays, 'day');
  if (cron === null) return age === null ? 'By hand only.' : `When it is ${age} old.`;
  const spread = jitterMinutes > 0 ? `, spread over ${minutesLong(jitterMinutes)}` : '';
  const limit = age === null ? '' : ` Never older than ${age}.`;
  return `${cronWords(cron)}, by the clocks of ${zone}; within ${minutesLong(windowMinutes)} of it${spread}.${limit}`;
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const SHORT = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** The usual crons in words; any other as it is written. */
function cronWords(cron: string): string {
  const [minute = '', hour = '', day, month, weekday = ''] = cron.trim().toLowerCase().split(/\s+/);
  const isPlain = /^\d{1,2}$/.test(minute) && /^\d{1,2}$/.test(hour) && month === '*';
  if (!isPlain) return `At “${cron}”`;
  const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
  if (day === '*' && weekday === '*') return `Every day at ${time}`;
  if (day === '*') {
    if (weekday === 'mon-fri' || weekday === '1-5') return `Every weekday at ${time}`;
    const name = DAYS[SHORT.indexOf(weekday)] ?? (/^[0-6]$/.test(weekday) ? DAYS[Number(weekday)] : undefined);
    return name === undefined ? `At “${cron}”` : `Every ${name} at ${time}`;
  }
  if (weekday === '*' && /^\d{1,2}$/.test(day ?? '')) return `On day ${day} of every month at ${time}`;
  return `At “${cron}”`;
}

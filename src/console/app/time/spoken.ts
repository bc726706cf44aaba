const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;
const UNITS = [
  ['year', 365 * DAY],
  ['month', 30 * DAY],
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
] as const;
const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const EXACT = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'medium',
  hourCycle: 'h23',
});
const TIME = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', hourCycle: 'h23' });
const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });

/** “3 hours ago”, “in 2 days”, “now”. */
export function fromNow(at: string, now: number): string {
  const seconds = Math.round((Date.parse(at) - now) / 1000);
  const unit = UNITS.find(([, length]) => Math.abs(seconds) >= length);
  return unit ? RELATIVE.format(Math.trunc(seconds / unit[1]), unit[0]) : 'now';
}

/** In the reader's own time zone, to the second. */
export function exactly(at: string): string {
  return EXACT.format(new Date(at));
}

export function onDay(at: string): string {
  return DATE.format(new Date(at));
}

/** Words of the service with their instants in the reader's own time zone. */
export function inOwnTime(words: string): string {
  return words.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, exactly);
}

/** “09:30”, in the reader's own time zone. */
export function atTime(at: string): string {
  return TIME.format(new Date(at));
}

/** “45 s”, “15 min”, “8 h”, “7 days”. */
export function lasting(seconds: number): string {
  if (seconds < 2 * MINUTE) return `${seconds} s`;
  if (seconds < 2 * HOUR) return `${Math.round(seconds / MINUTE)} min`;
  if (seconds < 2 * DAY) return `${Math.round(seconds / HOUR)} h`;
  return `${Math.round(seconds / DAY)} days`;
}

const DAY_MILLISECONDS = 86_400_000;

/** The day so many days from now, as a date field has it. */
export function dayAhead(days: number, now = Date.now()): string {
  const date = new Date(now + days * DAY_MILLISECONDS);
  return dayOf(date);
}

/** A day as a date field has it, in the reader's own time zone. */
export function dayOf(date: Date): string {
  const two = (number: number) => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The last second of a day in the reader's own time zone, as RFC 3339. */
export function endOfDay(day: string): string {
  return new Date(`${day}T23:59:59`).toISOString();
}

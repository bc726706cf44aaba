const DAYS_A_WEEK = 7;

/** A month as the address has it: `2026-11`. */
export type Month = string;

/** The month of an instant in the reader's own time zone. */
export function monthOf(date: Date): Month {
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}`;
}

/** So many months on; what is no month becomes the one given instead. */
export function monthsOn(month: Month, by: number): Month {
  const [year, number] = month.split('-').map(Number);
  return monthOf(new Date(year!, number! - 1 + by, 1));
}

export function isMonth(text: string | undefined): text is Month {
  return text !== undefined && /^\d{4}-(0[1-9]|1[0-2])$/.test(text);
}

/** Every day on the sheet of a month, in weeks from Monday; those before and after fill its first and last week. */
export function weeksOf(month: Month): Date[][] {
  const [year, number] = month.split('-').map(Number);
  const first = new Date(year!, number! - 1, 1);
  const before = (first.getDay() + DAYS_A_WEEK - 1) % DAYS_A_WEEK;
  const length = new Date(year!, number!, 0).getDate();
  const weeks = Math.ceil((before + length) / DAYS_A_WEEK);
  return Array.from({ length: weeks }, (_, week) =>
    Array.from(
      { length: DAYS_A_WEEK },
      (_each, day) => new Date(year!, number! - 1, 1 - before + week * DAYS_A_WEEK + day),
    ),
  );
}

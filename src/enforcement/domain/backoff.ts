const FIRST_MILLISECONDS = 200;
const LONGEST_MILLISECONDS = 5000;

/**
 * How long to wait before the next attempt: a random share of a bound that doubles, so that a thousand points do not
 * come back in one instant.
 *
 * @param failures attempts that failed in a row, from 1
 * @param random from 0 to below 1
 */
export function backoffMilliseconds(failures: number, random: number): number {
  const bound = Math.min(LONGEST_MILLISECONDS, FIRST_MILLISECONDS * 2 ** Math.min(failures - 1, 10));
  return Math.ceil(bound * (0.5 + random / 2));
}

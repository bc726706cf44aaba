const FIRST_RETRY_MILLISECONDS = 200;
const SHORTEST_BOUND_MILLISECONDS = 1_000;
const LONGEST_RETRY_MILLISECONDS = 60_000;
const LONGEST_WAIT_MILLISECONDS = 86_400_000;
/** How much of the time is given to chance, so that a thousand consumers that began together do not come together. */
const SPREAD = 0.1;

/**
 * How long to wait after an answer: what the service said, or up to a tenth less.
 *
 * @param renewAfterSeconds as the service answered
 * @param random from 0 to below 1
 */
export function renewalMilliseconds(renewAfterSeconds: number, random: number): number {
  const milliseconds = Math.min(LONGEST_WAIT_MILLISECONDS, Math.max(0, renewAfterSeconds) * 1000);
  return Math.ceil(milliseconds * (1 - SPREAD * random));
}

/**
 * How long to wait after a failure: a random share of a bound that doubles up to a quarter of the time between renewals, and a
 * minute at most. So who renews every few seconds comes back within a second.
 *
 * @param failures attempts that failed in a row, from 1
 * @param renewAfterSeconds as the service last answered; undefined when it never did
 * @param random from 0 to below 1
 */
export function retryMilliseconds(failures: number, renewAfterSeconds: number | undefined, random: number): number {
  const longest = Math.min(
    LONGEST_RETRY_MILLISECONDS,
    Math.max(SHORTEST_BOUND_MILLISECONDS, (renewAfterSeconds ?? Infinity) * 250),
  );
  const bound = Math.min(longest, FIRST_RETRY_MILLISECONDS * 2 ** Math.min(failures - 1, 20));
  return Math.ceil(bound * (0.5 + random / 2));
}

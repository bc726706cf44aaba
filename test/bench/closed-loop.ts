/** What came of one case. */
export interface Lap {
  readonly operations: number;
  readonly errors: number;
  readonly firstError: string | undefined;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** What was prepared was used up before the time was. */
  readonly endedEarly: boolean;
}

const TOO_MANY_ERRORS = 100;

/**
 * Runs a closed loop: each client does one operation after another until the time is up.
 *
 * @param operate does one operation for the client of that number; false when nothing is left to do. Whatever it throws
 *   counts as an error and has no latency
 */
export async function closedLoop(
  clients: number,
  seconds: number,
  operate: (client: number) => Promise<boolean>,
): Promise<Lap> {
  const latencies: number[] = [];
  const errors: string[] = [];
  let endedEarly = false;
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1000;
  const work = async (client: number): Promise<void> => {
    for (let at = performance.now(); at < endsAt && errors.length < TOO_MANY_ERRORS && !endedEarly;) {
      try {
        if (!(await operate(client))) endedEarly = true;
        else latencies.push(performance.now() - at);
      } catch (error) {
        errors.push(error instanceof Error ? error.message : String(error));
      }
      at = performance.now();
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, client) => work(client)));
  const elapsedMs = performance.now() - startedAt;
  latencies.sort((one, other) => one - other);
  return {
    operations: latencies.length,
    errors: errors.length,
    firstError: errors[0],
    seconds: elapsedMs / 1000,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    endedEarly,
  };
}

/** The smallest value that at least that share of the values does not exceed; NaN when there is none. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

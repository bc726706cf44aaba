import { runInNewContext } from 'node:vm';

const MOST_CPU_SECONDS = 20;
/** A busy machine makes a few of them of one. */
const MOST_WALL_SECONDS = 100;

/**
 * What it gives, if within twenty seconds of processor time: an expression that tries every way of reading a hostile line would go on
 * for years, and nothing else in the process ends it.
 */
export function bounded<Result>(work: () => Result): Result {
  const before = process.cpuUsage();
  const result = runInNewContext('work()', { work }, { timeout: MOST_WALL_SECONDS * 1000 }) as Result;
  const { user, system } = process.cpuUsage(before);
  if (user + system > MOST_CPU_SECONDS * 1_000_000)
    throw new Error(`It took ${Math.round((user + system) / 1_000_000)} seconds of processor time.`);
  return result;
}

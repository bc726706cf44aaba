import { runInNewContext } from 'node:vm';

/**
 * What it gives, if within twenty seconds: an expression that tries every way of reading a hostile line would go on for years, and
 * nothing else in the process ends it.
 */
export function bounded<Result>(work: () => Result): Result {
  return runInNewContext('work()', { work }, { timeout: 20_000 }) as Result;
}

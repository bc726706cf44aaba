import { setTimeout as delay } from 'node:timers/promises';
import { ClientError, ServiceRefusal } from '../../client/index.js';
import { retryMilliseconds } from '../../consumer/index.js';

/**
 * Does something until it is done, with a growing pause between: while the service is away, or while `goesOn` says so.
 *
 * @param failed hears of each failure and how long is waited
 * @throws what does not pass by itself; the signal's reason once it is aborted
 */
export async function patiently<Result>(
  work: () => Promise<Result>,
  failed: (error: unknown, retryInMilliseconds: number) => void,
  signal: AbortSignal,
  goesOn: (error: unknown) => boolean = isAway,
): Promise<Result> {
  for (let failures = 1; ; failures += 1) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || !goesOn(error)) throw error;
      const pause = retryMilliseconds(failures, undefined, Math.random());
      failed(error, pause);
      await delay(pause, undefined, { signal });
    }
  }
}

const PASSING = [408, 425, 429];

/** Whether the service cannot be had now, and may be later. */
export function isAway(error: unknown): boolean {
  if (error instanceof ServiceRefusal) return error.status >= 500 || PASSING.includes(error.status);
  return error instanceof ClientError && error.code === 'unreachable';
}

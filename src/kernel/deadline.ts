import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Does something that ends with a signal, or after so long.
 *
 * In place of `AbortSignal.any` over `AbortSignal.timeout`: nothing holds the latter there, and once it is collected nobody is told
 * any more (Node 20). One that is listened to is held.
 *
 * @param work gives up when its signal aborts
 * @throws what `work` threw; after `milliseconds` its signal's reason is a `TimeoutError`
 */
export async function withDeadline<Result>(
  signal: AbortSignal,
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const ending = new AbortController();
  const reasons = [signal, AbortSignal.timeout(milliseconds)];
  const end = () => ending.abort(reasons.find(({ aborted }) => aborted)!.reason);
  for (const one of reasons) one.addEventListener('abort', end);
  if (signal.aborted) end();
  try {
    return await work(ending.signal);
  } finally {
    for (const one of reasons) one.removeEventListener('abort', end);
  }
}

/**
 * Waits for something, and no longer than so long; whatever does it is not ended by that.
 *
 * @param late what comes of it then
 */
export async function inTime<Result, Late>(
  milliseconds: number,
  work: Promise<Result>,
  late: () => Late,
): Promise<Result | Late> {
  const over = new AbortController();
  const waited = sleep(milliseconds, undefined, { signal: over.signal, ref: false }).then(late);
  waited.catch(() => undefined);
  try {
    return await Promise.race([work, waited]);
  } finally {
    over.abort();
  }
}

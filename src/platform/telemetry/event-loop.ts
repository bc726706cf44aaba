import { monitorEventLoopDelay } from 'node:perf_hooks';

const MAX_DELAY_MS = 1_000;

/**
 * A check of the event loop: down while its median delay since the last check is above a second, which means that
 * answers come too late to be of use.
 */
export function eventLoopCheck(): () => boolean {
  const delays = monitorEventLoopDelay({ resolution: 20 });
  delays.enable();
  return () => {
    const medianMs = delays.percentile(50) / 1e6;
    delays.reset();
    return !(medianMs > MAX_DELAY_MS);
  };
}

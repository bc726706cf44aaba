import { setTimeout as delay } from 'node:timers/promises';

/** Waits for what is about to become true; it fails by the test’s own limit, however slow the machine. */
export async function untilTrue(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(10);
}

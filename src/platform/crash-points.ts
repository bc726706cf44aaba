import { readFileSync } from 'node:fs';

const { NODE_ENV, MUSTER_CRASH_AT } = process.env;
const list = NODE_ENV === 'test' ? MUSTER_CRASH_AT : undefined;
const reached = new Set<string>();
let watcher: ((point: string) => void) | undefined;

/**
 * Has a test see every point that anything in its own process comes to, so that it can end one worker and not the process: by what
 * it throws there. Nothing unless NODE_ENV is `test`.
 */
export function watchCrashPoints(seen: ((point: string) => void) | undefined): void {
  watcher = NODE_ENV === 'test' ? seen : undefined;
}

/**
 * A numbered point at which a test kills the process as `kill -9` would, to show that nothing is lost, doubled or
 * half-done afterwards (P3). It does nothing unless NODE_ENV is `test` and the file that MUSTER_CRASH_AT names lists it, as
 * `issue:2 register:1` does; whoever comes to one of several stands there until somebody has come to each.
 */
export async function crashPoint(useCase: string, number: number): Promise<void> {
  const point = `${useCase}:${number}`;
  watcher?.(point);
  if (list === undefined) return;
  const armed = readFileSync(list, 'utf8').split(' ');
  if (!armed.includes(point)) return;
  reached.add(point);
  if (armed.every((one) => reached.has(one))) process.kill(process.pid, 'SIGKILL');
  await new Promise(() => undefined);
}

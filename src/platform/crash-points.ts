const armed = process.env.NODE_ENV === 'test' ? process.env.MUSTER_CRASH_AT : undefined;

/**
 * A numbered point at which a test kills the process as `kill -9` would, to show that nothing is lost, doubled or
 * half-done afterwards (P3). It does nothing unless NODE_ENV is `test` and MUSTER_CRASH_AT names it, like `issue:2`.
 */
export function crashPoint(useCase: string, number: number): void {
  if (armed === `${useCase}:${number}`) process.kill(process.pid, 'SIGKILL');
}

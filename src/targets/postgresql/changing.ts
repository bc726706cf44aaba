import { setTimeout as sleep } from 'node:timers/promises';

const MOST_TRIES = 20;
const LONGEST_PAUSE_MILLISECONDS = 50;

/**
 * Changes who may what. Of two who change one row of the catalogs at the same moment, whoever comes later is refused, for no other
 * reason (`tuple concurrently updated`): it does as well a moment after.
 *
 * @param change one statement or transaction, which may be asked for again
 */
export async function changing<Result>(change: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1)
    try {
      return await change();
    } catch (error) {
      if (tries === MOST_TRIES || !metAnother(error)) throw error;
      await sleep(Math.random() * LONGEST_PAUSE_MILLISECONDS);
    }
}

/** It has no code of its own, and its words are in the server's language: what is left is who says it (heapam.c). */
function metAnother(error: unknown): boolean {
  const { code, routine } = error as Readonly<Record<'code' | 'routine', unknown>>;
  return code === 'XX000' && (routine === 'simple_heap_update' || routine === 'simple_heap_delete');
}

import { parentPort, workerData } from 'node:worker_threads';
import { SourceError } from '../errors.js';
import { look } from './look.js';
import type { LookSaid, LookTask } from './task.js';
import type { ThreadSaid } from './thread.js';

/** Told together: a message costs more than what is in it. */
const AT_ONCE = 256;
const tell = (message: ThreadSaid) => parentPort!.postMessage(message);
let held: LookSaid[] = [];

function flush(): void {
  if (held.length > 0) tell({ said: held });
  held = [];
}

async function work(): Promise<void> {
  try {
    await look(workerData as LookTask, (said) => {
      held.push(said);
      if (held.length >= AT_ONCE || said.kind === 'progress') flush();
    });
    flush();
    tell({ ended: true });
  } catch (error) {
    // Its own words and no others: those of a library may quote what was read.
    if (!(error instanceof SourceError)) throw error;
    tell({ failed: { code: error.code, words: error.message } });
  }
}

void work();

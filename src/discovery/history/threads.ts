import type { Worker } from 'node:worker_threads';
import { rulesInUse } from '../scan/rules-in-use.js';
import type { Describing } from '../scan/sighting.js';
import type { BlobSighting, Report } from './blob-sighting.js';
import { takeThread } from './early-thread.js';
import { HistoryThread } from './history-thread.js';
import type { PackJob } from './pack-job.js';

/** What a thread is started with. */
export interface ThreadTask {
  readonly describing: Describing;
  /** Rules of the user's, as they stand in their file. */
  readonly rules: string | null;
  /** What an earlier scan found. */
  readonly known: readonly BlobSighting[];
}

/** The work that threads share, one task after the other. */
export interface SharedWork {
  readonly jobs: readonly PackJob[];
  /** The next task that nobody has taken yet, of all jobs' in their order. */
  readonly next: SharedArrayBuffer;
}

export function threadOf({ describing, rules, known }: ThreadTask, number: number): HistoryThread {
  return new HistoryThread(rulesInUse(rules).engine, describing, known, number);
}

/** Takes tasks until none is left. Several threads do this at once; between two tasks others have their turn, and what is waited for. */
export async function takeTasks(
  thread: HistoryThread,
  { jobs, next }: SharedWork,
  report: (report: Report) => void,
  between: () => Promise<void> | undefined = () => undefined,
): Promise<void> {
  const counter = new Int32Array(next);
  const tasks = jobs.flatMap((job) => Array.from({ length: job.plan.tasks.length - 1 }, (_, task) => ({ job, task })));
  for (;;) {
    const taken = tasks[Atomics.add(counter, 0, 1)];
    if (!taken) return;
    thread.scanTask(taken.job, taken.task);
    report(thread.report());
    await new Promise((resolve) => setImmediate(resolve));
    await between();
  }
}

/** A second thread, which compiles its rules while the first still plans. */
export class SecondThread {
  private readonly ended: Promise<never>;
  /** It ends by itself then, and nobody waits for that. */
  private isDone = false;

  private constructor(private readonly worker: Worker) {
    this.ended = new Promise((_, reject) => {
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('A thread of the scan ended without a word.')));
    });
    // Whoever waits for its work is told.
    this.ended.catch(() => undefined);
  }

  /** Has it get ready, where it pays. */
  static start(task: ThreadTask, packBytes: number): SecondThread | null {
    const worker = takeThread(packBytes);
    worker?.postMessage(task);
    return worker && new SecondThread(worker);
  }

  /** Gives it its share. @returns when nothing is left to take */
  work(work: SharedWork, report: (report: Report) => void): Promise<void> {
    const done = new Promise<void>((resolve) => {
      this.worker.on('message', (message: Report | 'done') => {
        if (message !== 'done') return report(message);
        this.isDone = true;
        resolve();
      });
      this.worker.postMessage(work);
    });
    const first = Promise.race([done, this.ended]);
    first.catch(() => undefined);
    return first;
  }

  async stop(): Promise<void> {
    if (!this.isDone) await this.worker.terminate();
  }
}

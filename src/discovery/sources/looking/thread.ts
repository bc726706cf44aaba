import { existsSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { SourceError, unlessStopped } from '../errors.js';
import { look } from './look.js';
import type { LookSaid, LookTask } from './task.js';

/** What a thread tells: what was seen, and then how it ended. */
export type ThreadSaid =
  | { readonly said: readonly LookSaid[] }
  | { readonly ended: true }
  | { readonly failed: { readonly code: SourceError['code']; readonly words: string } };

/** The compiled program, beside what this is packed in or beside this file. */
const PROGRAMS = ['../look-worker.cjs', 'worker.js'];
/** Of JavaScript's own; what the scanner holds beside that is bounded by itself. */
const MOST_HEAP_MEGABYTES = 1024;

/**
 * Looks in a thread of its own, so that the service goes on meanwhile, and whatever a hostile file does to it ends that thread alone.
 * Where its program is not compiled, as in tests, in this one.
 *
 * @throws SourceError as `look`, `source_stopped`, `source_too_large`, `source_failed`
 */
export async function* lookInThread(task: LookTask, signal: AbortSignal): AsyncGenerator<LookSaid> {
  unlessStopped(signal);
  const program = PROGRAMS.map((name) => path.join(import.meta.dirname, name)).find(existsSync);
  const waiting = new Waiting();
  const stop = program === undefined ? lookHere(task, waiting) : startThread(program, task, waiting);
  const onAbort = () => waiting.fail(new SourceError('source_stopped', 'It was told to stop: run it again.'));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    yield* waiting.all();
  } finally {
    signal.removeEventListener('abort', onAbort);
    await stop();
  }
}

function lookHere(task: LookTask, waiting: Waiting): () => Promise<void> {
  look(task, (said) => waiting.add([said])).then(
    () => waiting.end(),
    (error: unknown) => waiting.fail(error),
  );
  return () => Promise.resolve();
}

function startThread(program: string, task: LookTask, waiting: Waiting): () => Promise<void> {
  const resourceLimits = { maxOldGenerationSizeMb: MOST_HEAP_MEGABYTES };
  const worker = new Worker(program, { workerData: task, resourceLimits });
  worker.on('message', (message: ThreadSaid) => {
    if ('said' in message) waiting.add(message.said);
    else if ('failed' in message) waiting.fail(new SourceError(message.failed.code, message.failed.words));
    else waiting.end();
  });
  worker.once('error', (error: NodeJS.ErrnoException) => waiting.fail(endOf(error)));
  worker.once('exit', () =>
    waiting.fail(new SourceError('source_failed', 'Looking ended without a word: run it again.')),
  );
  return async () => void (await worker.terminate());
}

function endOf({ code }: NodeJS.ErrnoException): SourceError {
  if (code === 'ERR_WORKER_OUT_OF_MEMORY')
    return new SourceError('source_too_large', 'The source takes more memory than one may: split it into several.');
  return new SourceError('source_failed', 'Looking failed: see the log of the worker.', { cause: code ?? 'unknown' });
}

/** What has been said and not yet been heard. What comes after the end or a failure counts for nothing. */
class Waiting {
  private held: LookSaid[] = [];
  private over: { readonly error?: unknown } | undefined;
  private wake: () => void = () => undefined;

  add(said: readonly LookSaid[]): void {
    if (this.over) return;
    for (const one of said) this.held.push(one);
    this.wake();
  }

  end(): void {
    this.over ??= {};
    this.wake();
  }

  fail(error: unknown): void {
    this.over ??= { error };
    this.wake();
  }

  async *all(): AsyncGenerator<LookSaid> {
    for (;;) {
      const said = this.held;
      this.held = [];
      yield* said;
      if (this.held.length > 0) continue;
      if (this.over && 'error' in this.over) throw this.over.error;
      if (this.over) return;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        if (this.held.length > 0 || this.over) resolve();
      });
    }
  }
}

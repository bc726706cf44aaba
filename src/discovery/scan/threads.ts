import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Skipped } from '../domain/finding.js';
import { Inspector } from './inspector.js';
import type { ListedFile } from './listing.js';
import type { Passwords } from './password-proofs.js';
import { rulesInUse, skippedRules } from './rules-in-use.js';
import type { Describing, Sighting } from './sighting.js';

/** What a thread is started with. */
export interface Task {
  readonly files: readonly ListedFile[];
  /** The next file that nobody has taken yet. */
  readonly next: SharedArrayBuffer;
  readonly describing: Describing;
  /** Rules of the user's, as they stand in their file. */
  readonly rules: string | null;
}

/** What a thread saw. */
export interface Seen {
  readonly sightings: readonly Sighting[];
  readonly passwords?: Passwords;
  readonly skipped: readonly Skipped[];
  readonly files: number;
  readonly bytes: number;
}

/** Taken at once: few enough that no thread waits long for another's. */
const AT_ONCE = 16;
/** Below so many, a second thread costs more of the processor (it starts, and warms up, as the first does) than it saves of time. */
const FILES_FOR_TWO = 8000;
/** The program of the second thread: the one in the bundle, which loads what V8 made of it, or the one compiled beside this file. */
const PROGRAMS = ['../scan-worker.cjs', 'worker.js'];

/** Takes files until none is left. Several threads do this at once. */
export function takeFiles({ files, next, describing, rules }: Task, progress?: (done: number) => void): Seen {
  const { engine, givenUp } = rulesInUse(rules);
  const inspector = new Inspector(engine, describing);
  const counter = new Int32Array(next);
  for (;;) {
    const from = Atomics.add(counter, 0, AT_ONCE);
    if (from >= files.length) break;
    for (const [file, shown] of files.slice(from, from + AT_ONCE)) inspector.file(file, shown);
    progress?.(Math.min(from + AT_ONCE, files.length));
  }
  const { sightings, skipped, files: read, bytes, passwords } = inspector;
  return { sightings, passwords, skipped: [...skipped, ...skippedRules(givenUp)], files: read, bytes };
}

/**
 * Starts the second thread where it pays, and where its program is compiled.
 *
 * @returns what it saw, once all is done; undefined where there is no second thread
 */
export function startSecond(task: Task): Promise<Seen> | undefined {
  if (task.files.length < FILES_FOR_TWO || availableParallelism() < 2) return undefined;
  const program = PROGRAMS.map((name) => path.join(import.meta.dirname, name)).find(existsSync);
  if (program === undefined) return undefined;
  const worker = new Worker(program, { workerData: task });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('A thread of the scan ended without a word.')));
  });
}

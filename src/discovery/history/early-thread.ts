import { existsSync, readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { stateFileOf, stateFolder } from './state-file.js';

/** Below so many bytes of packs, a second thread takes longer to start than it saves. */
const BYTES_FOR_TWO = 6_000_000;
/** The program of the second thread: the one in the bundle, which loads what V8 made of it, or the one compiled beside this file. */
const PROGRAMS = ['../history-worker.cjs', 'worker.js'];

let waiting: Worker | undefined;

/**
 * A thread that waits for its task: the one that was started early, or a new one.
 *
 * @param packBytes what there is to scan
 * @returns null where a second thread does not pay, or its program is not compiled
 */
export function takeThread(packBytes: number): Worker | null {
  if (packBytes < BYTES_FOR_TWO || availableParallelism() < 2) return null;
  const thread = waiting ?? started();
  waiting = undefined;
  thread?.ref();
  return thread;
}

/**
 * Starts the thread before anything else is loaded, which takes as long as that does, where a history is to be scanned of which no
 * scan has left anything. By what was typed that is a guess: where nobody wants the thread, nobody waits for it, and what is wrong with
 * the place the scan itself will say.
 *
 * @param words of the command line
 */
export function startEarly(words: readonly string[], environment: NodeJS.ProcessEnv): void {
  try {
    if (isPaying(words, environment)) waiting = started() ?? undefined;
  } catch {
    return;
  }
  const forget = () => (waiting = undefined);
  waiting?.once('error', forget).once('exit', forget).unref();
}

const PACKS = 'objects/pack';

function isPaying(words: readonly string[], environment: NodeJS.ProcessEnv): boolean {
  if (!words.includes('--history') || availableParallelism() < 2) return false;
  const folders = [...words.filter((word) => !word.startsWith('-')), '.'];
  const git = folders
    .flatMap((folder) => [path.join(folder, '.git'), folder])
    .find((directory) => existsSync(path.join(directory, PACKS)));
  if (git === undefined || bytesOf(path.join(git, PACKS)) < BYTES_FOR_TWO) return false;
  return words.includes('--no-cache') || !existsSync(stateFileOf(stateFolder(environment), git));
}

function bytesOf(folder: string): number {
  const packs = readdirSync(folder).filter((name) => name.endsWith('.pack'));
  return packs.reduce(
    (sum, name) => sum + (statSync(path.join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

function started(): Worker | null {
  const program = PROGRAMS.map((name) => path.join(import.meta.dirname, name)).find(existsSync);
  return program === undefined ? null : new Worker(program, { resourceLimits: { maxYoungGenerationSizeMb: 8 } });
}

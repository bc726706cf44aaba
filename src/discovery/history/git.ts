import type { ChildProcess } from 'node:child_process';
import { fstatSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { HistoryError } from './errors.js';
import type { Repository } from './repository.js';
import { NOT_FOUND, spawnWatched } from './watched-git.js';

/**
 * The repository is an attacker's, its configuration included: nothing that it names may run, nothing may be fetched, and
 * what it hides (replacements, grafts) is looked at.
 */
export const SETTINGS = [
  'protocol.allow=never',
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.pager=cat',
  'log.showSignature=false',
  'log.mailmap=false',
  'log.follow=false',
  'diff.external=',
  'diff.orderFile=/dev/null',
  'submodule.recurse=false',
  'core.quotePath=false',
  // Of a pack not all is held in memory at once: it takes git a twentieth longer of the largest, and half the memory.
  'core.packedGitWindowSize=1m',
  'core.packedGitLimit=64m',
];
export const ENVIRONMENT = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_GRAFT_FILE: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_ASKPASS: 'false',
  GIT_SSH_COMMAND: 'false',
  GIT_ALLOW_PROTOCOL: '',
  LC_ALL: 'C',
};

/** Of a damaged store git may turn in circles: it is ended where at so many looks in a row it had printed nothing. */
const MOST_SILENT_LOOKS = 60;
const LOOK_MILLISECONDS = 1000;

/**
 * What a hostile store may make git take: processor seconds, bytes written to a file in blocks of 512, memory in kibibytes.
 */
const LIMITS = ['-t 1800', '-f 8388608', '-d 3145728'];
const BLOCK_BYTES = 512;

export interface GitProcess {
  readonly input: Writable;
  readonly output: Readable;
  /** Ends with the process. @throws HistoryError `git_failed`: it could not be started, or said no */
  readonly done: Promise<void>;
}

/** Has somebody look, again and again. @returns a way to end that */
export type Looking = (look: () => void) => () => void;

/** Seconds in which we did something else are one look together. */
const everySecond: Looking = (look) => {
  const timer = setInterval(look, LOOK_MILLISECONDS);
  return () => clearInterval(timer);
};

/** Starts git on a repository without letting that decide anything. The directory is named: whose it is does not matter to us. */
export function startGit(
  repository: Repository,
  parameters: readonly string[],
  looking: Looking = everySecond,
): GitProcess {
  const child = spawnGit(repository, parameters, ['pipe', 'pipe', 'ignore']);
  const input = inputOf(child);
  const stdout = child.stdout as Socket;
  const grows = growing(() => stdout.bytesRead);
  // Where we have not read what it printed, git waits for us.
  endWhenSilent(child, () => grows() || (!stdout.destroyed && stdout.readableLength > 0), looking);
  return { input, output: stdout, done: endOf(child, parameters) };
}

function inputOf(child: ChildProcess): Writable {
  const input = child.stdin!;
  // It may end before all is written: what it says about that comes by `done`.
  input.on('error', () => undefined);
  return input;
}

/** What git is asked for, its end, and a way to end it. */
export interface PrintingGit {
  readonly input: Writable;
  readonly done: Promise<void>;
  stop(): void;
}

export interface PrintingOptions {
  readonly looking?: Looking;
  /** Of what it prints; where it is more, it fails. */
  readonly mostBytes?: number;
}

/** The same, printing into a file that is open until it was stopped: it does not wait for us to read. */
export function startGitInto(
  fd: number,
  repository: Repository,
  parameters: readonly string[],
  { looking = everySecond, mostBytes }: PrintingOptions = {},
): PrintingGit {
  const limits = mostBytes === undefined ? LIMITS : [...LIMITS, `-f ${Math.ceil(mostBytes / BLOCK_BYTES)}`];
  const child = spawnGit(repository, parameters, ['pipe', fd, 'ignore'], limits);
  const input = inputOf(child);
  const grows = growing(() => fstatSync(fd).size);
  // Where not all is asked for yet, git waits for us.
  const stopLooking = endWhenSilent(child, () => grows() || !input.writableEnded, looking);
  const stop = () => {
    stopLooking();
    child.kill('SIGKILL');
  };
  return { input, done: endOf(child, parameters), stop };
}

/** @returns whether a size is larger than it was when that was asked before */
function growing(sizeNow: () => number): () => boolean {
  let size = 0;
  return () => {
    const before = size;
    size = sizeNow();
    return size > before;
  };
}

function endWhenSilent(child: ChildProcess, hasPrinted: () => boolean, looking: Looking): () => void {
  let silentLooks = 0;
  const stopLooking = looking(() => {
    silentLooks = hasPrinted() ? 0 : silentLooks + 1;
    if (silentLooks === MOST_SILENT_LOOKS) child.kill('SIGKILL');
  });
  child.once('close', stopLooking);
  return stopLooking;
}

type Stdio = readonly [input: 'pipe', output: number | 'pipe', errors: 'ignore'];

function spawnGit(
  repository: Repository,
  parameters: readonly string[],
  stdio: Stdio,
  limits: readonly string[] = LIMITS,
): ChildProcess {
  return spawnWatched(argumentsFor(repository, parameters), { ...optionsFor(repository), stdio, limits });
}

function argumentsFor({ gitDirectory }: Repository, parameters: readonly string[]): string[] {
  return ['--no-pager', ...SETTINGS.flatMap((setting) => ['-c', setting]), `--git-dir=${gitDirectory}`, ...parameters];
}

function optionsFor({ gitDirectory }: Repository) {
  return { cwd: gitDirectory, env: { ...ENVIRONMENT, PATH: process.env.PATH ?? '' } };
}

function endOf(child: ChildProcess, parameters: readonly string[]): Promise<void> {
  const done = new Promise<void>((resolve, reject) => {
    const notStarted = (cause?: Error) =>
      reject(new HistoryError('git_failed', 'git cannot be started. Install it, or scan without commits.', { cause }));
    child.once('error', notStarted);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else if (code === NOT_FOUND) notStarted();
      else
        reject(
          new HistoryError('git_failed', `git ${parameters[0]} ended with ${code}. Run git fsck on the repository.`),
        );
    });
  });
  done.catch(() => undefined);
  return done;
}

import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { existsSync, fstatSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { HistoryError } from './errors.js';
import type { Repository } from './repository.js';

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

/** Of a damaged store git may turn in circles. */
const SILENCE_MILLISECONDS = 60_000;
const LOOK_MILLISECONDS = 1000;

/**
 * What a hostile store may make git take: processor seconds, bytes written to a file in blocks of 512, memory in kibibytes. They hold
 * when we have been killed, too.
 */
const LIMITS = ['-t 1800', '-f 8388608', '-d 3145728'];
const SHELL = '/bin/sh';
const LIMITED = [...LIMITS.map((limit) => `ulimit ${limit} 2>/dev/null`), 'exec git "$@"'].join('; ');
/** What a shell says of a program that it does not find. */
const NOT_FOUND = 127;

export interface GitProcess {
  readonly input: Writable;
  readonly output: Readable;
  /** Ends with the process. @throws HistoryError `git_failed`: it could not be started, or said no */
  readonly done: Promise<void>;
}

/** Starts git on a repository without letting that decide anything. The directory is named: whose it is does not matter to us. */
export function startGit(repository: Repository, parameters: readonly string[]): GitProcess {
  const child = spawnGit(repository, parameters, ['pipe', 'pipe', 'ignore']);
  const { stdin, stdout } = child as ChildProcess & { readonly stdin: Writable; readonly stdout: Readable };
  // It may end before all is written: what it says about that comes by `done`.
  stdin.on('error', () => undefined);
  const watch = setTimeout(() => child.kill('SIGKILL'), SILENCE_MILLISECONDS);
  stdout.on('data', () => watch.refresh());
  stdout.pause();
  child.once('close', () => clearTimeout(watch));
  return { input: stdin, output: stdout, done: endOf(child, parameters) };
}

/**
 * The same, printing into a file that is open: it does not wait for us to read.
 *
 * @returns a way to end it, and its end
 */
export function startGitInto(
  fd: number,
  repository: Repository,
  parameters: readonly string[],
): { readonly done: Promise<void>; stop(): void } {
  const child = spawnGit(repository, parameters, ['ignore', fd, 'ignore']);
  let [printed, silent] = [0, 0];
  const watch = setInterval(() => {
    const { size } = fstatSync(fd);
    silent = size > printed ? 0 : silent + LOOK_MILLISECONDS;
    printed = size;
    if (silent >= SILENCE_MILLISECONDS) child.kill('SIGKILL');
  }, LOOK_MILLISECONDS);
  child.once('close', () => clearInterval(watch));
  const stop = () => {
    clearInterval(watch);
    child.kill('SIGKILL');
  };
  return { done: endOf(child, parameters), stop };
}

function spawnGit(repository: Repository, parameters: readonly string[], stdio: StdioOptions): ChildProcess {
  const words = argumentsFor(repository, parameters);
  const options = { ...optionsFor(repository), stdio };
  return existsSync(SHELL) ? spawn(SHELL, ['-c', LIMITED, 'git', ...words], options) : spawn('git', words, options);
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

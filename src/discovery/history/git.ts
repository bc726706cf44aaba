import { type ChildProcess, spawn } from 'node:child_process';
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

export interface GitProcess {
  readonly input: Writable;
  readonly output: Readable;
  /** Ends with the process. @throws HistoryError `git_failed`: it could not be started, or said no */
  readonly done: Promise<void>;
}

/** Starts git on a repository without letting that decide anything. The directory is named: whose it is does not matter to us. */
export function startGit(repository: Repository, parameters: readonly string[]): GitProcess {
  const child = spawn('git', argumentsFor(repository, parameters), {
    ...optionsFor(repository),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  // It may end before all is written: what it says about that comes by `done`.
  child.stdin.on('error', () => undefined);
  const watch = setTimeout(() => child.kill('SIGKILL'), SILENCE_MILLISECONDS);
  child.stdout.on('data', () => watch.refresh());
  child.stdout.pause();
  child.once('close', () => clearTimeout(watch));
  return { input: child.stdin, output: child.stdout, done: endOf(child, parameters) };
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
  const child = spawn('git', argumentsFor(repository, parameters), {
    ...optionsFor(repository),
    stdio: ['ignore', fd, 'ignore'],
  });
  return { done: endOf(child, parameters), stop: () => child.kill() };
}

function argumentsFor({ gitDirectory }: Repository, parameters: readonly string[]): string[] {
  return ['--no-pager', ...SETTINGS.flatMap((setting) => ['-c', setting]), `--git-dir=${gitDirectory}`, ...parameters];
}

function optionsFor({ gitDirectory }: Repository) {
  return { cwd: gitDirectory, env: { ...ENVIRONMENT, PATH: process.env.PATH ?? '' } };
}

function endOf(child: ChildProcess, parameters: readonly string[]): Promise<void> {
  const done = new Promise<void>((resolve, reject) => {
    child.once('error', (cause) =>
      reject(new HistoryError('git_failed', 'git cannot be started. Install it, or scan without commits.', { cause })),
    );
    child.once('close', (code) => {
      if (code === 0) resolve();
      else
        reject(
          new HistoryError('git_failed', `git ${parameters[0]} ended with ${code}. Run git fsck on the repository.`),
        );
    });
  });
  done.catch(() => undefined);
  return done;
}

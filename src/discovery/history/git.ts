import { spawn } from 'node:child_process';
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

export interface GitProcess {
  readonly input: Writable;
  readonly output: Readable;
  /** Ends with the process. @throws HistoryError `git_failed`: it could not be started, or said no */
  readonly done: Promise<void>;
  /** For whoever has read enough. */
  stop(): void;
}

/** Starts git on a repository without letting that decide anything. The directory is named: whose it is does not matter to us. */
export function startGit({ gitDirectory }: Repository, parameters: readonly string[]): GitProcess {
  const settings = SETTINGS.flatMap((setting) => ['-c', setting]);
  const child = spawn('git', ['--no-pager', ...settings, `--git-dir=${gitDirectory}`, ...parameters], {
    cwd: gitDirectory,
    env: { ...ENVIRONMENT, PATH: process.env.PATH ?? '' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let stopped = false;
  const done = new Promise<void>((resolve, reject) => {
    child.once('error', (cause) =>
      reject(new HistoryError('git_failed', 'git cannot be started. Install it, or scan without commits.', { cause })),
    );
    child.once('close', (code) => {
      if (code === 0 || stopped) resolve();
      else
        reject(
          new HistoryError('git_failed', `git ${parameters[0]} ended with ${code}. Run git fsck on the repository.`),
        );
    });
  });
  // It may end before all is written: what it says about that comes by `done`.
  child.stdin.on('error', () => undefined);
  done.catch(() => undefined);
  return {
    input: child.stdin,
    output: child.stdout,
    done,
    stop: () => {
      stopped = true;
      child.kill();
    },
  };
}

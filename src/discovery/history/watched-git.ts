import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Writable } from 'node:stream';

const SHELL = '/bin/sh';
/** What a shell says of a program that it does not find. */
export const NOT_FOUND = 127;

export interface WatchedOptions extends Pick<SpawnOptions, 'cwd' | 'env' | 'detached'> {
  readonly stdio: readonly (number | 'ignore' | 'pipe')[];
  /** What a shell is told to keep it within. They hold when we have been killed, too. */
  readonly limits?: readonly string[];
}

/**
 * Starts git so that it ends where we are gone without having said that it ended: also whoever is killed has its end of the pipe closed.
 * With it ends whatever it started where it is `detached`: it has a group of its own then. Without a shell it is started as it is.
 */
export function spawnWatched(
  words: readonly string[],
  { stdio, limits = [], ...options }: WatchedOptions,
): ChildProcess {
  if (!existsSync(SHELL)) return spawn('git', words, { ...options, stdio: [...stdio] });
  const whom = options.detached ? '0' : '$$';
  const watch = `{ read -r ended <&3 || kill -KILL ${whom}; } >/dev/null 2>&1 &`;
  const limited = limits.map((limit) => `ulimit ${limit} 2>/dev/null; `).join('');
  const child = spawn(SHELL, ['-c', `${limited}${watch} exec git "$@" 3<&-`, 'git', ...words], {
    ...options,
    stdio: [...stdio, 'pipe'],
  });
  const pipe = child.stdio[3] as Writable;
  pipe.on('error', () => undefined);
  child.once('exit', () => pipe.end('\n'));
  return child;
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { CliError } from '../errors.js';
import { readNamedFile } from '../private-file.js';
import type { AfterChange } from './config.js';

/**
 * Has whoever uses it take up what has changed: by a signal, or a command, which is given nothing of it.
 *
 * @throws CliError `command_failed`, `command_not_found`, `file_unreadable`
 */
export async function takeUp(change: AfterChange | undefined): Promise<void> {
  if (!change) return;
  if ('signal' in change) return signalTo(change.pidFile, change.signal);
  const [file, ...args] = change.command;
  const signal = AbortSignal.timeout(change.timeoutSeconds * 1000);
  const child = spawn(file!, args, { stdio: ['ignore', 'ignore', 'inherit'], signal, killSignal: 'SIGKILL' });
  const [code] = (await once(child, 'exit').catch((error: NodeJS.ErrnoException) => {
    throw error.name === 'AbortError'
      ? new CliError('command_failed', `${file!} took longer than ${change.timeoutSeconds} s.`)
      : new CliError('command_not_found', `${file!} cannot be started: is it spelled right, and on the PATH?`);
  })) as [number | null];
  if (code !== 0) throw new CliError('command_failed', `${file!} ended with ${code ?? 'a signal'}: see what it said.`);
}

async function signalTo(pidFile: string, signal: NodeJS.Signals): Promise<void> {
  const pid = Number((await readNamedFile(pidFile)).toString().trim());
  if (!Number.isSafeInteger(pid) || pid <= 1)
    throw new CliError('file_unreadable', `${pidFile} holds no number of a process.`);
  try {
    process.kill(pid, signal);
  } catch {
    throw new CliError('command_failed', `There is no process ${pid} to signal, which ${pidFile} names.`);
  }
}

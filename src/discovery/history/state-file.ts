import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import path from 'node:path';

/** Where the states of this user's repositories lie (XDG Base Directory Specification, `XDG_CACHE_HOME`). */
export function stateFolder(environment: NodeJS.ProcessEnv): string {
  const base = environment['XDG_CACHE_HOME'];
  return path.join(base && path.isAbsolute(base) ? base : path.join(homedir(), '.cache'), 'muster', 'scans');
}

/** The file in it that a scan of a repository leaves. */
export function stateFileOf(folder: string, commonDirectory: string): string {
  return path.join(folder, `${digestOf(path.resolve(commonDirectory)).slice(0, 32)}.scan`);
}

export function digestOf(...parts: readonly (string | number)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${String(part).length} ${part}\0`);
  return hash.digest('hex');
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const UNPRIVILEGED = 'nobody';

/** The operating system's account that PostgreSQL runs under. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root: then it runs as `nobody`. Any other user runs it as themselves (undefined). */
export async function accountForPostgres(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all([
    run('id', ['-u', UNPRIVILEGED], { cwd: '/' }),
    run('id', ['-g', UNPRIVILEGED], { cwd: '/' }),
  ]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/** Whether the account can reach a directory: asked of the system itself, which also knows of access lists. */
export function canEnter(directory: string, account: Account): Promise<boolean> {
  return run('/bin/sh', ['-c', 'cd -- "$1"', 'sh', directory], { cwd: '/', ...account }).then(
    () => true,
    () => false,
  );
}

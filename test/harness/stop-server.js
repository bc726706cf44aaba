import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

/** Stops the database of a test run, if it has one. */
export function stopServer(run) {
  const description = path.join(run, 'stop.json');
  if (!existsSync(description)) return;
  const { pgCtl, directory, account, socketDirectory } = JSON.parse(readFileSync(description, 'utf8'));
  spawnSync(pgCtl, ['-D', directory, '-m', 'immediate', '-w', 'stop'], { cwd: '/', ...account });
  rmSync(socketDirectory, { recursive: true, force: true });
}

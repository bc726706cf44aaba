import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { urlsOn } from '../../src/platform/database/embedded-postgres.js';
import type { Home } from './service-process.js';

/** The superuser's URL of the embedded database in a home, while it runs. */
export async function embeddedSuperuserUrl({ data }: Home): Promise<string> {
  const { passwords } = JSON.parse(await readFile(path.join(data, 'database.json'), 'utf8')) as {
    readonly passwords: Parameters<typeof urlsOn>[1];
  };
  const directory = (await readFile(path.join(data, 'postgresql/postmaster.pid'), 'utf8')).split('\n')[4]!;
  return urlsOn(directory, passwords)('postgres', 'muster');
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { withClient } from '../../src/platform/database/connection.js';
import { startThrowAwayPostgres } from '../../src/platform/database/throw-away-postgres.js';
import { ensureBuilt, REPOSITORY } from '../harness/build.js';

jest.setTimeout(120_000);

async function folderOf(url: string): Promise<string> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ directory: string }>(`SELECT current_setting('data_directory') AS directory`);
    return rows[0]!.directory.replace(/\/cluster$/, '');
  });
}

describe('a PostgreSQL that is thrown away', () => {
  beforeAll(ensureBuilt);

  it('answers on 127.0.0.1 alone, to passwords alone, and is gone once it is stopped', async () => {
    const { superuserUrl, stop } = await startThrowAwayPostgres();
    const folder = await folderOf(superuserUrl);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    await withClient(superuserUrl, async (client) => {
      const { rows } = await client.query(
        `SELECT current_setting('listen_addresses') AS listens,
           (SELECT array_agg(DISTINCT auth_method) FROM pg_hba_file_rules) AS ways`,
      );
      expect(rows).toEqual([{ listens: '127.0.0.1', ways: ['scram-sha-256'] }]);
    });
    const unknown = new URL(superuserUrl);
    unknown.password = 'guessed';
    await expect(withClient(unknown.href, () => Promise.resolve())).rejects.toMatchObject({ code: '28P01' });
    await stop();
    await stop();
    expect(existsSync(folder)).toBe(false);
    await expect(withClient(superuserUrl, () => Promise.resolve())).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('is gone with the process that started it, where that is killed', async () => {
    const program = `
      import { startThrowAwayPostgres } from './dist/src/platform/database/throw-away-postgres.js';
      process.stdout.write((await startThrowAwayPostgres()).superuserUrl);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      cwd: REPOSITORY,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [url] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    const folder = await folderOf(url);
    child.kill('SIGKILL');
    while (existsSync(folder)) await sleep(50);
    await expect(withClient(url, () => Promise.resolve())).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

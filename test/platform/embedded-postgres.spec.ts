import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { withClient } from '../../src/platform/database/connection.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/database/embedded-postgres.js';
import { ensureBuilt, REPOSITORY } from '../harness/build.js';

const installationId = 'ins_0192f0c1a2b37c4d8e5f60718293a4b5';

describe('the embedded PostgreSQL', () => {
  const running: EmbeddedPostgres[] = [];
  let home: string;
  let dataDirectory: string;

  async function start(directory = dataDirectory): Promise<EmbeddedPostgres> {
    const postgres = await startEmbeddedPostgres({ dataDirectory: directory, installationId });
    running.push(postgres);
    return postgres;
  }

  /** Lets another process start it, and gives that process back once it has. */
  async function startElsewhere(): Promise<{ process: ChildProcess; postmaster: number }> {
    const program = `
      import { startEmbeddedPostgres } from './dist/src/platform/database/embedded-postgres.js';
      await startEmbeddedPostgres(${JSON.stringify({ dataDirectory, installationId })});
      console.log('started');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      cwd: REPOSITORY,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    return { process: child, postmaster: await postmasterOf(dataDirectory) };
  }

  beforeAll(async () => {
    await ensureBuilt();
    home = await mkdtemp(path.join(tmpdir(), 'muster data '));
    dataDirectory = path.join(home, "it's data");
    await chmod(home, 0o711);
  });
  afterEach(async () => {
    for (const postgres of running.splice(0)) await postgres.stop();
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  it('starts in an empty directory whose name has spaces and quotes, in UTF-8, with no TCP port', async () => {
    const { urls, version } = await start();
    expect(version).toMatch(/^18\./);
    await withClient(urls.ownerUrl, async (client) => {
      const { rows } = await client.query<Record<string, string>>(
        `SELECT current_setting('server_encoding') AS encoding, current_setting('listen_addresses') AS addresses,
           current_setting('fsync') AS fsync`,
      );
      expect(rows).toEqual([{ encoding: 'UTF8', addresses: '', fsync: 'on' }]);
      await client.query('CREATE TABLE kept (word text)');
      await client.query(`INSERT INTO kept VALUES ('Zürich')`);
    });
  });

  it('keeps its passwords to the owner of the file, and lets nobody in without one', async () => {
    const { urls } = await start();
    expect((await stat(path.join(dataDirectory, 'database.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(path.join(dataDirectory, 'postgresql'))).mode & 0o777).toBe(0o700);
    const wrong = new URL(urls.appUrl);
    wrong.password = 'guess';
    await expect(withClient(wrong.href, async () => undefined)).rejects.toMatchObject({ code: '28P01' });
  });

  it('keeps the data over a stop and a start', async () => {
    const { urls } = await start();
    expect(await words(urls.ownerUrl)).toEqual(['Zürich']);
  });

  it('refuses a second Muster on the same data, and leaves the first alone', async () => {
    const { urls } = await start();
    await expect(startEmbeddedPostgres({ dataDirectory, installationId })).rejects.toMatchObject({
      code: 'data_directory_in_use',
    });
    expect(await words(urls.ownerUrl)).toEqual(['Zürich']);
  });

  it('takes over the server that a killed process left behind', async () => {
    const elsewhere = await startElsewhere();
    elsewhere.process.kill('SIGKILL');
    await once(elsewhere.process, 'exit');
    const { urls } = await start();
    expect(await postmasterOf(dataDirectory)).toBe(elsewhere.postmaster);
    expect(await words(urls.ownerUrl)).toEqual(['Zürich']);
  });

  it('recovers when the server was killed with the process', async () => {
    const elsewhere = await startElsewhere();
    elsewhere.process.kill('SIGKILL');
    process.kill(elsewhere.postmaster, 'SIGKILL');
    await once(elsewhere.process, 'exit');
    const { urls } = await start();
    expect(await words(urls.ownerUrl)).toEqual(['Zürich']);
  });

  it('is not misled by a process number that was given away again after a crash', async () => {
    const lines = [process.pid, path.join(dataDirectory, 'postgresql'), 0, 5432, '/tmp/gone', '', '', 'ready'];
    await writeFile(pidFileOf(dataDirectory), `${lines.join('\n')}\n`);
    const { urls } = await start();
    expect(await words(urls.ownerUrl)).toEqual(['Zürich']);
  });

  it('starts from a copy of the data directory while the original runs', async () => {
    await (await start()).stop();
    const copy = path.join(home, 'copy');
    await promisify(execFile)('cp', ['-a', dataDirectory, copy]);
    const original = await start();
    await copyFile(pidFileOf(dataDirectory), pidFileOf(copy));
    const { urls } = await start(copy);
    await withClient(urls.ownerUrl, (client) => client.query(`UPDATE kept SET word = 'copied'`));
    expect(await words(original.urls.ownerUrl)).toEqual(['Zürich']);
  });

  it('says what to do when the passwords are lost', async () => {
    const file = path.join(dataDirectory, 'database.json');
    const text = await readFile(file, 'utf8');
    await rm(file);
    await expect(start()).rejects.toMatchObject({
      code: 'credentials_lost',
      message: expect.stringMatching(/Restore/),
    });
    await writeFile(file, text.slice(0, 40), { mode: 0o600 });
    await expect(start()).rejects.toMatchObject({ code: 'credentials_lost' });
    await writeFile(file, text.replaceAll(/"[\w-]{32}"/g, `"${'x'.repeat(32)}"`), { mode: 0o600 });
    await expect(start()).rejects.toMatchObject({ code: 'credentials_lost' });
    await writeFile(file, text, { mode: 0o600 });
    await start();
  });
});

const asRoot = process.getuid?.() === 0 ? it : it.skip;

describe('the embedded PostgreSQL of root', () => {
  asRoot('runs beside a home that its account cannot enter, and leaves the mode of that home alone', async () => {
    const home = await mkdtemp(path.join(tmpdir(), 'muster-home-'));
    const id = `ins_${randomBytes(16).toString('hex')}`;
    await chmod(home, 0o700);
    const postgres = await startEmbeddedPostgres({ dataDirectory: path.join(home, 'data'), installationId: id });
    try {
      expect(postgres.directory).toBe(`/var/lib/muster/${id}/postgresql`);
      expect((await stat(`/var/lib/muster/${id}`)).mode & 0o777).toBe(0o700);
      expect((await stat(home)).mode & 0o777).toBe(0o700);
    } finally {
      await postgres.stop();
      await rm(`/var/lib/muster/${id}`, { recursive: true });
      await rm(home, { recursive: true });
    }
  });
});

async function words(url: string): Promise<string[]> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ word: string }>('SELECT word FROM kept');
    return rows.map(({ word }) => word);
  });
}

async function postmasterOf(dataDirectory: string): Promise<number> {
  return Number((await readFile(pidFileOf(dataDirectory), 'utf8')).split('\n')[0]);
}

function pidFileOf(dataDirectory: string): string {
  return path.join(dataDirectory, 'postgresql', 'postmaster.pid');
}

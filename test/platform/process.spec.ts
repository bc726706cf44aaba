import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { REPOSITORY } from '../harness/build.js';
import { type Home, newHome, ServiceProcess } from '../harness/service-process.js';

jest.setTimeout(120_000);

const TELL_WHAT_IS_LOADED = path.join(REPOSITORY, 'test/harness/tell-what-is-loaded.cjs');

describe('the process', () => {
  const started: ServiceProcess[] = [];
  let home: Home;
  let token: string;

  async function start(environment: Record<string, string> = {}): Promise<ServiceProcess> {
    const muster = await ServiceProcess.start(home, environment);
    started.push(muster);
    return muster;
  }

  const pidFile = () => path.join(home.data, 'postgresql', 'postmaster.pid');

  beforeAll(async () => {
    home = await newHome();
  });
  afterEach(async () => {
    for (const muster of started.splice(0)) await muster.stop();
  });
  afterAll(() => home.remove());

  it('starts in an empty directory and says what to do next, each command ready to be pasted', async () => {
    const muster = await start();
    await muster.ready();
    const lines = muster.written.split('\n').map((line) => line.trim());
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Muster \d+\.\d+\.\d+ is ready \(\d+\.\d s\)$/),
        expect.stringMatching(/^API and console {3}https:\/\/localhost:\d+ {5}\(certificates required: \d+\)/),
        expect.stringMatching(/^data {14}\.\/data {2}\(embedded PostgreSQL 18\) {9}unseal secret {2}config\/muster\//),
        expect.stringMatching(
          /^first sign-in {5}npx muster login --setup-token-file data\/setup-token .*--ca-fingerprint sha256:[0-9a-f]{64} /,
        ),
        expect.stringMatching(/^see it work {7}npx muster tour .*--ca-fingerprint sha256:[0-9a-f]{64}$/),
      ]),
    );
    token = (await muster.cast.administrator()).token;
    expect(await muster.stop()).toEqual({ code: 0, signal: null });
  });

  it('loads what V8 made of it when it was built, and keeps everything over a restart', async () => {
    const muster = await start({ NODE_OPTIONS: `--require ${TELL_WHAT_IS_LOADED}` });
    await muster.ready();
    const loaded = [...muster.written.matchAll(/^(\S+)\.cjs (taken|compiled anew)$/gm)];
    expect(loaded.map(([, , how]) => how)).toContain('taken');
    // Of the two programs that begin by being loaded nothing is made before.
    const anew = loaded.flatMap(([, name, how]) => (how === 'taken' ? [] : [name]));
    expect(anew.filter((name) => name !== 'service' && name !== 'signer')).toEqual([]);
    // It says no more how to make the first administrator.
    expect(muster.written).not.toContain('first sign-in');
    expect((await muster.visitor({ token }).call('GET', '/v1/me')).status).toBe(200);
  });

  it('comes back after kill -9 on the same database, with the same root and nothing lost', async () => {
    const killed = await start();
    await killed.ready();
    await killed.kill();
    const muster = await start();
    await muster.ready();
    expect(muster.root).toBe(killed.root);
    expect((await muster.visitor({ token }).call('GET', '/v1/me')).status).toBe(200);
  });

  it('refuses to run twice on one data directory, and leaves the first alone', async () => {
    const first = await start();
    await first.ready();
    const second = await start({ LISTEN_PORT: '0', MUTUAL_PORT: '0' });
    expect(await second.ended()).toEqual({ code: 1, signal: null });
    expect(second.written).toContain(`Another Muster is running on ${home.data}.`);
    expect((await first.visitor({ token }).call('GET', '/v1/me')).status).toBe(200);
  });

  it('ends when its database ends', async () => {
    const muster = await start();
    await muster.ready();
    process.kill(Number((await readFile(pidFile(), 'utf8')).split('\n')[0]), 'SIGKILL');
    expect(await muster.ended()).toEqual({ code: 1, signal: null });
    expect(muster.written).toContain('The embedded PostgreSQL has ended');
  });

  it('only migrates when that is its role', async () => {
    const muster = await start({ MUSTER_ROLES: 'migrate' });
    expect(await muster.ended()).toEqual({ code: 0, signal: null });
    expect(muster.written).toContain('Muster has migrated the database.');
  });

  it('names every mistake in its configuration and ends with 2', async () => {
    const muster = await start({ LISTEN_PORT: 'eighty', LOG_LEVEL: 'loud' });
    expect(await muster.ended()).toEqual({ code: 2, signal: null });
    expect(muster.written).toMatch(/LISTEN_PORT must .*"eighty"[^]*LOG_LEVEL must .*"loud"/);
  });

  it('leaves no database running when it is told to stop while it starts', async () => {
    const muster = await start();
    while (!existsSync(pidFile())) await sleep(10);
    expect(await muster.stop()).toEqual({ code: 0, signal: null });
    expect(muster.written).not.toContain('is ready');
    expect(existsSync(pidFile())).toBe(false);
  });
});

import { createPublicKey, verify } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import {
  ChildSigner,
  Keystore,
  KeystoreRepository,
  type SignerConfiguration,
  UnitOfWork,
} from '../../src/platform/index.js';
import { cloneDatabase, openDataSource, type TestDatabase } from '../harness/index.js';

const SECRET = 'a passphrase that nobody would guess';
const ED25519_SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

let directory: string;
let database: TestDatabase;
let dataSource: DataSource;
let running: ChildSigner[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'muster-signer-'));
  database = await cloneDatabase();
  dataSource = await openDataSource(database.appUrl);
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map((signer) => signer.close()));
  await dataSource.destroy();
  await database.drop();
  await rm(directory, { recursive: true });
});

async function signerWith(change: Partial<SignerConfiguration> = {}): Promise<ChildSigner> {
  const configuration = { databaseUrl: database.signerUrl, unsealFile: null, dataDirectory: null, ...change };
  const signer = new ChildSigner({ configuration }, new KeystoreRepository(new UnitOfWork(dataSource)));
  running.push(signer);
  await signer.start();
  return signer;
}

const checkpoint = (size: number, root = 1) =>
  `log.example/muster\n${size}\n${Buffer.alloc(32, root).toString('base64')}\n`;

describe('the signer', () => {
  it('is sealed until it has the secret, founds the keystore once, and gives the same keys ever after', async () => {
    const first = await signerWith();
    expect(first.unsealed()).toBe(false);
    await expect(first.serviceKey()).rejects.toMatchObject({ code: 'sealed' });
    await expect(first.signCheckpoint(checkpoint(1))).rejects.toMatchObject({ code: 'sealed' });

    await first.unseal(SECRET);
    expect(first.unsealed()).toBe(true);
    const serviceKey = await first.serviceKey();
    expect(serviceKey).toHaveLength(32);

    const second = await signerWith();
    await second.unseal(SECRET);
    expect(await second.serviceKey()).toEqual(serviceKey);
    expect(await second.logPublicKey()).toEqual(await first.logPublicKey());
  });

  it('founds one keystore when two processes start at once', async () => {
    const both = await Promise.all([signerWith(), signerWith()]);
    await Promise.all(both.map((signer) => signer.unseal(SECRET)));
    const [one, other] = await Promise.all(both.map((signer) => signer.serviceKey()));
    expect(one).toEqual(other);
  });

  it('knows a wrong secret, and slows guessing down', async () => {
    await (await signerWith()).unseal(SECRET);
    const signer = await signerWith();
    for (let guess = 0; guess < 3; guess += 1)
      await expect(signer.unseal(`${SECRET} ${guess}`)).rejects.toMatchObject({ code: 'unseal_secret_wrong' });
    await expect(signer.unseal(SECRET)).rejects.toMatchObject({ code: 'unseal_rate_limited' });
    await sleep(1100);
    await signer.unseal(SECRET);
  });

  it('refuses to be founded on a secret that can be guessed', async () => {
    const signer = await signerWith();
    await expect(signer.unseal('1234')).rejects.toMatchObject({ code: 'unseal_secret_weak' });
    await expect(signer.unseal('aaaaaaaaaaaaaaaaaaaaaaaa')).rejects.toMatchObject({ code: 'unseal_secret_weak' });
  });

  it('signs checkpoints that verify under the log’s key (C2SP signed-note)', async () => {
    const signer = await signerWith();
    await signer.unseal(SECRET);
    const note = await signer.signCheckpoint(checkpoint(7));
    const [text, line] = [note.slice(0, note.indexOf('\n\n') + 1), note.slice(note.indexOf('\n\n') + 2)];
    expect(text).toBe(checkpoint(7));
    const signature = Buffer.from(/^— log\.example\/muster (\S+)\n$/.exec(line)![1]!, 'base64').subarray(4);
    const key = Buffer.concat([ED25519_SPKI_PREFIX, await signer.logPublicKey()]);
    const publicKey = createPublicKey({ key, format: 'der', type: 'spki' });
    expect(verify(null, Buffer.from(text), publicKey, signature)).toBe(true);
  });

  it.each([
    ['is no checkpoint', 'Please pay 100 EUR to Mallory\n'],
    ['is smaller than the last', checkpoint(6)],
    ['forks the log at the same size', checkpoint(7, 2)],
    ['names another log', checkpoint(8).replace('log.example', 'evil.example')],
  ])('signs nothing that %s', async (_why, text) => {
    const signer = await signerWith();
    await signer.unseal(SECRET);
    await signer.signCheckpoint(checkpoint(7));
    await expect(signer.signCheckpoint(text)).rejects.toMatchObject({ code: 'checkpoint_refused' });
  });

  it('comes back by itself when it is killed, and refuses what it had not answered', async () => {
    const file = { path: join(directory, 'muster/unseal-secret'), own: true };
    const events: string[] = [];
    const signer = new ChildSigner(
      {
        configuration: { databaseUrl: database.signerUrl, unsealFile: file, dataDirectory: null },
        onEvent: (event) => events.push(event),
      },
      new KeystoreRepository(new UnitOfWork(dataSource)),
    );
    running.push(signer);
    await signer.start();
    await signer.unseal();
    const before = await signer.serviceKey();
    const child = (signer as unknown as { child: { pid: number } }).child;
    const unanswered = signer.signCheckpoint(checkpoint(1)).catch((error: { code: string }) => error.code);
    process.kill(child.pid, 'SIGKILL');
    expect(['signer_unavailable', expect.stringContaining('log.example')]).toContainEqual(await unanswered);
    while (signer.unsealed()) await sleep(5);
    expect(await signer.serviceKey()).toEqual(before);
    expect(events).toEqual(['ended', 'restarted']);
  });

  it('shows no secret in its arguments or environment', async () => {
    process.env.MUSTER_CANARY = 'canary-9f31';
    const signer = await signerWith();
    await signer.unseal(SECRET);
    const { pid } = (signer as unknown as { child: { pid: number } }).child;
    const shown = `${await readFile(`/proc/${pid}/cmdline`, 'utf8')}${await readFile(`/proc/${pid}/environ`, 'utf8')}`;
    delete process.env.MUSTER_CANARY;
    expect(shown).toContain('main.js');
    for (const secret of [SECRET, 'canary-9f31', database.signerUrl, 'NODE_OPTIONS'])
      expect(shown).not.toContain(secret);
  });
});

describe('the unseal file', () => {
  const own = () => ({ path: join(directory, 'config/muster/ins_1/unseal-secret'), own: true });

  it('is made at the first start, for its owner alone, and read at the next', async () => {
    const warnings = await (await signerWith({ unsealFile: own() })).unseal();
    expect(warnings.join()).toContain('in clear');
    expect((await stat(own().path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(directory, 'config/muster/ins_1'))).mode & 0o777).toBe(0o700);
    expect(await readFile(own().path, 'utf8')).toMatch(/^[A-Za-z0-9_-]{43}\n$/);
    await (await signerWith({ unsealFile: own() })).unseal();
  });

  it('is never made anew for a keystore that exists', async () => {
    await (await signerWith({ unsealFile: own() })).unseal();
    await rm(own().path);
    const signer = await signerWith({ unsealFile: own() });
    await expect(signer.unseal()).rejects.toMatchObject({ code: 'unseal_secret_missing' });
    expect(await readdir(join(directory, 'config/muster/ins_1'))).toEqual([]);
  });

  it('is refused when others can read Muster’s own, and only warned of when the operator named it', async () => {
    await (await signerWith({ unsealFile: own() })).unseal();
    await chmod(own().path, 0o644);
    const signer = await signerWith({ unsealFile: own() });
    await expect(signer.unseal()).rejects.toMatchObject({ code: 'unseal_file_exposed' });
    const named = await signerWith({ unsealFile: { ...own(), own: false } });
    expect((await named.unseal()).join()).toContain('every user');
  });

  it('is refused inside the data directory', async () => {
    const data = join(directory, 'data');
    await mkdir(data);
    await writeFile(join(data, 'secret'), SECRET, { mode: 0o600 });
    const signer = await signerWith({ unsealFile: { path: join(data, 'secret'), own: false }, dataDirectory: data });
    await expect(signer.unseal()).rejects.toMatchObject({ code: 'unseal_file_misplaced' });
  });

  it('is asked of the operator when there is none', async () => {
    const signer = await signerWith();
    await expect(signer.unseal()).rejects.toMatchObject({ code: 'unseal_secret_missing' });
  });
});

describe('the keystore', () => {
  it('is sealed without the service key and opens with it', async () => {
    const keystore = new Keystore();
    const place = { table: 'muster.people', row: 'per_1', field: 'email' };
    expect(() => keystore.seal(place, Buffer.from('x'))).toThrow(expect.objectContaining({ code: 'sealed' }));
    const signer = await signerWith();
    await signer.unseal(SECRET);
    keystore.unlock(await signer.serviceKey());
    expect(keystore.open(place, keystore.seal(place, Buffer.from('x'))).toString()).toBe('x');
  });
});

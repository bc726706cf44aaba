import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { noteKey, openNote } from '../../src/crypto/index.js';
import { ChildSigner, Keystore, type SignerConfiguration } from '../../src/platform/index.js';
import { ensureBuilt } from '../harness/build.js';
import { cloneDatabase, type TestDatabase } from '../harness/index.js';

const SECRET = 'a passphrase that nobody would guess';

/** Each unsealing costs a third of a second and 128 MiB on purpose, and the machine may be busy. */

let directory: string;
let database: TestDatabase;
let running: ChildSigner[];

beforeAll(() => ensureBuilt());

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'muster-signer-'));
  database = await cloneDatabase();
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map((signer) => signer.close()));
  await database.drop();
  await rm(directory, { recursive: true });
});

async function signerWith(change: Partial<SignerConfiguration> = {}): Promise<ChildSigner> {
  const configuration = { databaseUrl: database.signerUrl, unsealFile: null, dataDirectory: null, ...change };
  const signer = new ChildSigner({ configuration, appUrl: database.appUrl });
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

  it('knows a wrong secret', async () => {
    await (await signerWith()).unseal(SECRET);
    const signer = await signerWith();
    await expect(signer.unseal(`${SECRET}.`)).rejects.toMatchObject({ code: 'unseal_secret_wrong' });
    expect(signer.unsealed()).toBe(false);
  });

  it('signs checkpoints that verify under the log’s key, and no fork (C2SP signed-note)', async () => {
    const signer = await signerWith();
    await signer.unseal(SECRET);
    const key = noteKey('log.example/muster', await signer.logPublicKey());
    expect(openNote(await signer.signCheckpoint(checkpoint(7)), key)).toBe(checkpoint(7));
    await expect(signer.signCheckpoint(checkpoint(7, 2))).rejects.toMatchObject({ code: 'checkpoint_refused' });
  });

  it('comes back by itself when it is killed, and refuses what it had not answered', async () => {
    const file = { path: join(directory, 'muster/unseal-secret'), own: true };
    const events: string[] = [];
    const signer = new ChildSigner({
      configuration: { databaseUrl: database.signerUrl, unsealFile: file, dataDirectory: null },
      appUrl: database.appUrl,
      onEvent: (event) => events.push(event),
    });
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

  (process.platform === 'linux' ? it : it.skip)('shows no secret in its arguments or environment', async () => {
    process.env.MUSTER_CANARY = 'canary-9f31';
    const signer = await signerWith();
    await signer.unseal(SECRET);
    const { pid } = (signer as unknown as { child: { pid: number } }).child;
    const shown = `${await readFile(`/proc/${pid}/cmdline`, 'utf8')}${await readFile(`/proc/${pid}/environ`, 'utf8')}`;
    delete process.env.MUSTER_CANARY;
    expect(shown).toContain('signer.cjs');
    for (const secret of [SECRET, 'canary-9f31', database.signerUrl, 'NODE_OPTIONS'])
      expect(shown).not.toContain(secret);
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

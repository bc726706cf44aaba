import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { KeystoreRow, SignerConfiguration } from '../../platform/index.js';
import { Custody } from './custody.js';
import { Vault } from './vault.js';

const SECRET = 'a passphrase that nobody would guess';
const CHEAP = { N: 2 ** 4, r: 8, p: 1 };

let directory: string;
let rows: readonly KeystoreRow[];
let nowMs: number;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'muster-custody-'));
  rows = [];
  nowMs = 0;
});
afterEach(() => rm(directory, { recursive: true }));

function custodyOf(places: Partial<SignerConfiguration> = {}, vault = new Vault()): Custody {
  const all = { unsealFile: null, dataDirectory: null, ...places };
  return new Custody(
    vault,
    async () => rows,
    all,
    () => nowMs,
    CHEAP,
  );
}

async function found(custody: Custody, secret?: string): Promise<Custody> {
  const outcome = await custody.unseal(secret);
  if (outcome.kind !== 'unfounded') throw new Error('The keystore was founded before.');
  rows = outcome.rows;
  await custody.unseal(secret);
  return custody;
}

describe('custody of the keys', () => {
  it('gives the same keys for the same secret, and none before', async () => {
    const first = await found(custodyOf(), SECRET);
    const second = custodyOf();
    expect(() => second.serviceKey()).toThrow(expect.objectContaining({ code: 'sealed' }));
    expect(() => second.logKey()).toThrow(expect.objectContaining({ code: 'sealed' }));
    await second.unseal(SECRET);
    expect(second.serviceKey()).toEqual(first.serviceKey());
    expect(second.logKey().publicKey).toEqual(first.logKey().publicKey);
  });

  it('keeps the signer’s key apart from the service’s', async () => {
    const vault = new Vault();
    const custody = await found(custodyOf({}, vault), SECRET);
    const service = new Vault();
    service.unlock(custody.serviceKey());
    const place = { table: 'muster.authorities', row: 'aut_1', field: 'sealed_key' };
    expect(() => service.open(place, vault.seal(place, Buffer.from('key')))).toThrow(
      expect.objectContaining({ code: 'seal_broken' }),
    );
  });

  it('asks for the secret itself, also a moment after it was founded on it', async () => {
    const custody = custodyOf();
    const outcome = await custody.unseal(SECRET);
    if (outcome.kind === 'unfounded') rows = outcome.rows;
    await expect(custody.unseal(`${SECRET}.`)).rejects.toMatchObject({ code: 'unseal_secret_wrong' });
    expect(() => custody.serviceKey()).toThrow(expect.objectContaining({ code: 'sealed' }));
    await custody.unseal(SECRET);
    const later = custodyOf();
    await later.unseal(SECRET);
    expect(custody.serviceKey()).toEqual(later.serviceKey());
  });

  it('opens the keystore that is stored, when another process was first to found it', async () => {
    const late = custodyOf();
    await late.unseal(SECRET);
    const first = await found(custodyOf(), SECRET);
    await late.unseal(SECRET);
    expect(late.serviceKey()).toEqual(first.serviceKey());
    expect(late.logKey().publicKey).toEqual(first.logKey().publicKey);
  });

  it('slows guessing down, and forgets the guesses once the right secret came', async () => {
    const custody = await found(custodyOf(), SECRET);
    const guess = () => custody.unseal('a passphrase that somebody guessed');
    for (let count = 0; count < 3; count += 1)
      await expect(guess()).rejects.toMatchObject({ code: 'unseal_secret_wrong' });
    await expect(custody.unseal(SECRET)).rejects.toMatchObject({ code: 'unseal_rate_limited' });
    nowMs += 1_000;
    await expect(guess()).rejects.toMatchObject({ code: 'unseal_secret_wrong' });
    nowMs += 1_999;
    await expect(guess()).rejects.toMatchObject({ code: 'unseal_rate_limited' });
    nowMs += 1;
    await custody.unseal(SECRET);
    await expect(guess()).rejects.toMatchObject({ code: 'unseal_secret_wrong' });
    await custody.unseal(SECRET);
  });

  it.each(['1234', 'aaaaaaaaaaaaaaaaaaaaaaaa', 'abababababababababab'])('is not founded on %s', async (secret) => {
    await expect(custodyOf().unseal(secret)).rejects.toMatchObject({ code: 'unseal_secret_weak' });
  });

  it.each<[string, (row: KeystoreRow) => KeystoreRow, string]>([
    ['the salt changed', (row) => ({ ...row, salt: row.salt && Buffer.alloc(32) }), 'unseal_secret_wrong'],
    ['the verifier changed', (row) => ({ ...row, verifier: row.verifier && Buffer.alloc(32) }), 'unseal_secret_wrong'],
    ['guessing was made cheap', (row) => ({ ...row, params: row.params && { N: 2, r: 8, p: 1 } }), 'seal_broken'],
    ['guessing was made dear', (row) => ({ ...row, params: row.params && { N: 2 ** 30, r: 8, p: 1 } }), 'seal_broken'],
    ['the log key changed', (row) => ({ ...row, sealed: row.sealed && Buffer.alloc(80) }), 'seal_broken'],
  ])('opens nothing when %s in the database', async (_what, change, code) => {
    await found(custodyOf(), SECRET);
    rows = rows.map(change);
    const custody = custodyOf();
    await expect(custody.unseal(SECRET)).rejects.toMatchObject({ code });
    expect(() => custody.serviceKey()).toThrow(expect.objectContaining({ code: 'sealed' }));
  });

  it('says when the log key is gone', async () => {
    await found(custodyOf(), SECRET);
    rows = rows.filter(({ kind }) => kind === 'root');
    await expect(custodyOf().unseal(SECRET)).rejects.toMatchObject({ code: 'key_unknown' });
  });
});

describe('the unseal file', () => {
  const own = () => ({ path: join(directory, 'config/muster/ins_1/unseal-secret'), own: true });

  it('is made at the first start, for its owner alone, and read at the next', async () => {
    await found(custodyOf({ unsealFile: own() }));
    expect((await stat(own().path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(directory, 'config/muster/ins_1'))).mode & 0o777).toBe(0o700);
    expect(await readFile(own().path, 'utf8')).toMatch(/^[A-Za-z0-9_-]{43}\n$/);
    const outcome = await custodyOf({ unsealFile: own() }).unseal(undefined);
    expect(outcome).toEqual({ kind: 'unsealed', warnings: [expect.stringContaining('in clear')] });
  });

  it('is never made anew for a keystore that exists', async () => {
    await found(custodyOf({ unsealFile: own() }));
    await rm(own().path);
    await expect(custodyOf({ unsealFile: own() }).unseal(undefined)).rejects.toMatchObject({
      code: 'unseal_secret_missing',
    });
    expect(await readdir(join(directory, 'config/muster/ins_1'))).toEqual([]);
  });

  it('is never made where the operator named it', async () => {
    const custody = custodyOf({ unsealFile: { ...own(), own: false } });
    await expect(custody.unseal(undefined)).rejects.toMatchObject({ code: 'unseal_secret_missing' });
  });

  it('is refused when others can read Muster’s own, and only warned of when the operator named it', async () => {
    await found(custodyOf({ unsealFile: own() }));
    await chmod(own().path, 0o644);
    await expect(custodyOf({ unsealFile: own() }).unseal(undefined)).rejects.toMatchObject({
      code: 'unseal_file_exposed',
    });
    const outcome = await custodyOf({ unsealFile: { ...own(), own: false } }).unseal(undefined);
    expect(outcome).toEqual({ kind: 'unsealed', warnings: [expect.stringContaining('every user')] });
  });

  it.each(['directly', 'behind a link'])('is refused inside the data directory, %s', async (how) => {
    const dataDirectory = join(directory, 'data');
    await mkdir(dataDirectory);
    await writeFile(join(dataDirectory, 'secret'), SECRET, { mode: 0o600 });
    await symlink(join(dataDirectory, 'secret'), join(directory, 'link'));
    const path = how === 'directly' ? join(dataDirectory, 'secret') : join(directory, 'link');
    const custody = custodyOf({ unsealFile: { path, own: false }, dataDirectory });
    await expect(custody.unseal(undefined)).rejects.toMatchObject({ code: 'unseal_file_misplaced' });
  });

  it.each([
    ['empty', ''],
    ['blank', ' \n\n'],
    ['huge', 'x'.repeat(5_000)],
  ])('is refused when it is %s', async (_what, text) => {
    const path = join(directory, 'secret');
    await writeFile(path, text, { mode: 0o600 });
    const custody = custodyOf({ unsealFile: { path, own: false } });
    await expect(custody.unseal(undefined)).rejects.toMatchObject({ code: 'unseal_secret_missing' });
  });

  it('is asked of the operator when there is none', async () => {
    await expect(custodyOf().unseal(undefined)).rejects.toMatchObject({ code: 'unseal_secret_missing' });
  });
});

import { execFile } from 'node:child_process';
import { createHash, createPrivateKey } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { deriveKey, openAt, type Place, stretch } from '../../src/crypto/index.js';
import { Keystore, type KeystoreRow } from '../../src/platform/index.js';
import { withClient } from '../../src/platform/database/connection.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/database/embedded-postgres.js';
import { Custody } from '../../src/issuance/signer/custody.js';
import { Vault } from '../../src/issuance/signer/vault.js';
import { type Home, newHome, ServiceProcess } from '../harness/service-process.js';

jest.setTimeout(300_000);

const EMAIL = 'grace.canary-5d1e@example.com';
const PURPOSES = ['sealing', 'service-key', 'signer-key', 'fingerprint', 'blind-index', 'unseal-verifier'];

interface Sealed {
  readonly place: Place;
  readonly sealed: Buffer;
  readonly under: 'service' | 'signer';
}

/** The firm's installation, and what a thief copied of it: the whole data directory, and not the unseal secret. */
let firm: Home;
let thief: Home;
let secret: string;
let stolen: EmbeddedPostgres;
let cells: readonly (Buffer | string)[];
let sealed: readonly Sealed[];
let root: KeystoreRow;
/** Opened with the secret, to know what must not be found. */
let vault: Vault;
let keystore: Keystore;
let serviceKey: Buffer;

beforeAll(async () => {
  [firm, thief] = await Promise.all([newHome(), newHome()]);
  const service = await ServiceProcess.start(firm);
  await service.ready();
  const setupToken = (await readFile(path.join(firm.data, 'setup-token'), 'utf8')).trim();
  const setup = await service.ask(
    'POST',
    '/v1/setup',
    JSON.stringify({ setupToken, name: 'Grace Canary', email: EMAIL }),
  );
  expect(setup.status).toBe(201);
  await service.stop();
  const [installation] = await readdir(path.join(firm.config, 'muster'));
  secret = (await readFile(path.join(firm.config, 'muster', installation!, 'unseal-secret'), 'utf8')).trim();
  await rm(thief.data, { recursive: true });
  await promisify(execFile)('cp', ['-a', firm.data, thief.data]);
  stolen = await startEmbeddedPostgres({ dataDirectory: thief.data, installationId: installation! });
  await readStolen();
});
afterAll(async () => {
  await stolen?.stop();
  await Promise.all([firm.remove(), thief.remove()]);
});

async function readStolen(): Promise<void> {
  await withClient(stolen.urls.ownerUrl, async (client) => {
    const rowsOf = async <Row>(sql: string) => (await client.query(sql)).rows as Row[];
    const tables = await rowsOf<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
        WHERE schemaname IN ('muster', 'audit', 'bullmq')`,
    );
    const found: (Buffer | string)[] = [];
    for (const { name } of tables)
      for (const row of await rowsOf<Record<string, unknown>>(`SELECT * FROM ${name}`)) found.push(...leavesOf(row));
    cells = found;
    const keystoreRows = await rowsOf<KeystoreRow>('SELECT * FROM muster.keystore');
    root = keystoreRows.find(({ kind }) => kind === 'root')!;
    const places = { unsealFile: null, dataDirectory: null };
    vault = new Vault();
    const custody = new Custody(
      vault,
      async () => keystoreRows,
      places,
      () => 0,
    );
    await custody.unseal(secret);
    serviceKey = custody.serviceKey();
    keystore = new Keystore();
    keystore.unlock(serviceKey);
    sealed = (
      await rowsOf<{ under: 'service' | 'signer'; table: string; row: string; field: string; sealed: Buffer }>(`
        SELECT 'signer' AS under, 'muster.keystore' AS table, id AS row, 'sealed' AS field, sealed
          FROM muster.keystore WHERE kind = 'log-key'
        UNION ALL SELECT 'service', 'muster.keystore', id, 'sealed', sealed FROM muster.keystore WHERE kind = 'tls-key'
        UNION ALL SELECT 'signer', 'muster.authorities', id, 'sealed_key', sealed_key FROM muster.authorities
        UNION ALL SELECT 'signer', 'muster.signing_keys', id, 'sealed_key', sealed_key FROM muster.signing_keys
        UNION ALL SELECT 'service', 'muster.person_keys', person_id, 'key', key_sealed FROM muster.person_keys`)
    ).map(({ under, table, row, field, sealed: envelope }) => ({
      under,
      place: { table, row, field },
      sealed: envelope,
    }));
  });
}

function leavesOf(value: unknown): (Buffer | string)[] {
  if (Buffer.isBuffer(value) || typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || value instanceof Date) return [];
  return Object.values(value).flatMap(leavesOf);
}

function openWith(one: Sealed, place: Place): Buffer | undefined {
  try {
    return one.under === 'signer' ? vault.open(place, one.sealed) : keystore.open(place, one.sealed);
  } catch {
    return undefined;
  }
}

async function filesOf(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

/** What a key could be mistaken for when it lies somewhere: its bytes, and every text they are written as. */
function formsOf(key: Buffer): readonly Buffer[] {
  const hex = key.toString('hex');
  const texts = [hex, hex.toUpperCase(), key.toString('base64').replace(/=+$/, ''), key.toString('base64url')];
  return [key, ...texts.map((text) => Buffer.from(text))];
}

/** The part of a PKCS#8 key that is secret: the seed (RFC 8410 §7) or the scalar (RFC 5915 §3). */
function secretPart(pkcs8: Buffer): Buffer {
  const { d } = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({ format: 'jwk' });
  return Buffer.from(d!, 'base64url');
}

describe('a stolen database and disk (P10)', () => {
  it('hold sealed keys of every kind, which the unseal secret opens in their places', () => {
    const tables = new Set(sealed.map(({ place }) => place.table));
    expect([...tables].sort()).toEqual(
      expect.arrayContaining(['muster.authorities', 'muster.keystore', 'muster.person_keys', 'muster.signing_keys']),
    );
    for (const one of sealed) expect(openWith(one, one.place)).toBeDefined();
  });

  it('hold no key, no secret and no person’s data in the clear, in any file', async () => {
    const signerKeys = sealed
      .filter(({ under }) => under === 'signer')
      .map((one) => secretPart(openWith(one, one.place)!));
    const personKeys = sealed
      .filter(({ place }) => place.table === 'muster.person_keys')
      .map((one) => openWith(one, one.place)!);
    const stretched = await stretch(secret, root.salt!, root.params!);
    const derived = PURPOSES.flatMap((purpose) => [deriveKey(stretched, purpose), deriveKey(serviceKey, purpose)]);
    const keys = [Buffer.from(secret, 'base64url'), stretched, ...derived, ...signerKeys, ...personKeys];
    const needles = [Buffer.from(secret), Buffer.from(EMAIL), Buffer.from('Grace Canary'), ...keys.flatMap(formsOf)];
    const hits: string[] = [];
    let seenSalt = false;
    for (const file of await filesOf(thief.data)) {
      const bytes = await readFile(file);
      seenSalt ||= bytes.includes(root.salt!);
      if (needles.some((needle) => bytes.includes(needle))) hits.push(path.relative(thief.data, file));
    }
    expect(hits).toEqual([]);
    expect(seenSalt).toBe(true); // so the search does find what is there
  });

  it('hold nothing that opens a sealed value as its key, raw or derived', async () => {
    const texts = (await Promise.all((await smallFiles()).map((file) => readFile(file, 'utf8')))).flatMap(tokensOf);
    const candidates = new Map<string, Buffer>();
    for (const cell of [...cells, ...texts])
      for (const key of keysFrom(cell)) candidates.set(key.toString('latin1'), key);
    expect(candidates.size).toBeGreaterThan(100);
    const opened = sealed.flatMap((one) => [...candidates.values()].filter((bytes) => openAnyway(one, bytes)));
    expect(opened).toEqual([]);
    const one = sealed.find(({ under }) => under === 'service')!;
    expect(openAnyway(one, deriveKey(serviceKey, 'sealing'))).toBe(true); // so the attempt does open with the key
  });

  it('hold nothing that is the unseal secret: no password, no token, no id', async () => {
    const passwords = tokensOf(await readFile(path.join(thief.data, 'database.json'), 'utf8'));
    const guesses = [...passwords.filter((word) => word.length > 20), thief.data, 'muster', ''];
    const opens = async (guess: string) => {
      const signerKey = deriveKey(await stretch(guess, root.salt!, root.params!), 'signer-key');
      return sealed.some((one) => openAnyway(one, signerKey));
    };
    for (const guess of guesses) expect(await opens(guess)).toBe(false);
    expect(await opens(secret)).toBe(true);
  });

  it('start sealed, and make no secret of their own', async () => {
    await stolen.stop();
    const service = await ServiceProcess.start(thief);
    await service.sealed();
    expect((await service.ask('GET', '/health/ready')).status).toBe(503);
    expect((await service.ask('GET', '/v1/authorities')).status).toBe(503);
    await service.stop();
    expect(await filesOf(thief.config).catch(() => [])).toEqual([]);
  });

  it('hold ciphertext that opens in no other row, field or table, even with the secret', () => {
    for (const one of sealed)
      for (const other of sealed) if (other !== one) expect(openWith(one, other.place)).toBeUndefined();
    for (const one of sealed)
      for (const change of [{ table: 'muster.people' }, { row: 'x' }, { field: 'name' }])
        expect(openWith(one, { ...one.place, ...change })).toBeUndefined();
  });
});

/** Opens without looking at the key id, as a thief would. */
function openAnyway({ place, sealed: envelope }: Sealed, bytes: Buffer): boolean {
  return openAt({ id: envelope.subarray(1, 9), bytes }, place, envelope) !== undefined;
}

async function smallFiles(): Promise<readonly string[]> {
  const names = await readdir(thief.data, { withFileTypes: true });
  return names.filter((entry) => entry.isFile()).map(({ name }) => path.join(thief.data, name));
}

function tokensOf(text: string): string[] {
  return text.split(/[^\w+/=.-]+/).filter((word) => word !== '');
}

/** Every 256-bit key that a value could be, by itself or by one derivation. */
function keysFrom(cell: Buffer | string): Buffer[] {
  const encodings = ['utf8', 'hex', 'base64', 'base64url'] as const;
  const raw = typeof cell === 'string' ? encodings.map((encoding) => Buffer.from(cell, encoding)) : [cell];
  const whole = raw.filter((bytes) => bytes.length >= 16);
  const cut = whole
    .filter((bytes) => bytes.length >= 32)
    .flatMap((bytes) => [bytes.subarray(0, 32), bytes.subarray(-32)]);
  const hashed = whole.map((bytes) => createHash('sha256').update(bytes).digest());
  const keys = [...cut, ...hashed];
  return [...keys, ...keys.flatMap((key) => PURPOSES.map((purpose) => deriveKey(key, purpose)))];
}

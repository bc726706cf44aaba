import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Client } from 'pg';
import {
  type Case,
  CASES,
  expectStatus,
  isReading,
  nameOf,
  operationOf,
  type Ready,
  Scene,
  Search,
  Secrets,
  send,
} from './cases/index.js';
import { malformedBodies, malformedPaths, malformedQueries } from './cases/malformed.js';
import { embeddedSuperuserUrl } from '../harness/embedded-database.js';
import { type Home, newHome, ServiceProcess } from '../harness/service-process.js';

jest.setTimeout(240_000);

const ENVIRONMENT = {
  LOG_LEVEL: 'trace',
  RATE_LIMIT_FAILURES_PER_MINUTE: '1000000',
  RATE_LIMIT_REQUESTS_PER_MINUTE: '10000000',
};

let home: Home;
let service: ServiceProcess;
let scene: Scene;
/** Every refusal that was answered. */
const refusals: Buffer[] = [];

async function unsealSecret(): Promise<string> {
  const [installation] = await readdir(path.join(home.config, 'muster'));
  return (await readFile(path.join(home.config, 'muster', installation!, 'unseal-secret'), 'utf8')).trim();
}

/** Each case rightly, under an idempotency key and once more, and then with each thing wrong with it. */
async function runEverything(): Promise<void> {
  for (const [at, one] of CASES.entries()) {
    const ready = await one.prepare(scene);
    const headers: Record<string, string> = isReading(one) ? {} : { 'idempotency-key': `case-${at}` };
    const malformed = [...malformedBodies(one, ready), ...malformedPaths(one, ready), ...malformedQueries(one, ready)];
    for (const { otherwise } of malformed) refusals.push((await send(one, ready, otherwise)).bytes);
    if (operationOf(one)['x-muster-action'] !== 'public') refusals.push(await asStranger(one, ready));
    const reply = await send(one, ready, { headers });
    expectStatus(reply, one.status);
    if (operationOf(one)['x-muster-secret']) keepSecretsOf(reply.body, nameOf(one));
    const again = await send(one, ready, { headers });
    if (again.status >= 400) refusals.push(again.bytes);
  }
}

async function asStranger(one: Case, ready: Ready): Promise<Buffer> {
  const authorization = `Bearer ${scene.secrets.word('a bearer token that does not hold')}`;
  return (await send(one, ready, { by: scene.stranger(), headers: { authorization } })).bytes;
}

const SECRET_MEMBERS = ['token', 'signInToken', 'access_token'];

function keepSecretsOf(answer: unknown, name: string): void {
  JSON.parse(JSON.stringify(answer ?? null), (key, value: unknown) => {
    if (!SECRET_MEMBERS.includes(key) || typeof value !== 'string') return value;
    const what = `the ${key} that ${name} answered`;
    scene.secrets.keep(what, value, value.startsWith('eyJ') ? value.split('.')[2]! : value);
    return value;
  });
}

const search = () => new Search(scene.secrets.all);

/** Every row of every table of a schema, as text, with its table before it. */
async function dump(superuser: Client, schema: string): Promise<Buffer> {
  const { rows: tables } = await superuser.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = $1 ORDER BY 1`,
    [schema],
  );
  const parts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await superuser.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
    parts.push(...rows.map(({ row }) => `${name} ${row}`));
  }
  return Buffer.from(parts.join('\n'));
}

/** Every file below a directory; those that end while they are read are of no account. */
async function* filesBelow(directory: string): AsyncGenerator<[name: string, bytes: Buffer]> {
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const bytes = await readFile(file).catch(() => undefined);
    if (bytes) yield [path.relative(directory, file), bytes];
  }
}

describe('the search itself', () => {
  const secrets = new Secrets();
  const token = secrets.keep('a token', `mst_${Buffer.alloc(32, 0xa7).toString('base64url')}`);
  const word = secrets.word('a name');
  const raw = Buffer.from(token.slice(4), 'base64url');

  it.each([
    ['as it is', Buffer.from(`name=${word};`)],
    ['in hexadecimal', Buffer.from(`x${Buffer.from(word).toString('hex')}`)],
    ['in base64, wherever it begins', Buffer.from(Buffer.from(`"name":"${word}"`).toString('base64'))],
    ['in base64url behind one byte', Buffer.from(Buffer.from(`-${word}`).toString('base64url'))],
    ['as bytes', Buffer.concat([Buffer.of(1, 2), raw])],
    ['as hexadecimal bytes', Buffer.from(`\\x${raw.toString('hex')}`)],
    ['without its prefix', Buffer.from(token.slice(4))],
    ['in UTF-16', Buffer.from(word, 'utf16le')],
  ])('finds a secret %s', (_how, bytes) => {
    expect(new Search(secrets.all).in(bytes)).not.toEqual([]);
  });

  it('finds nothing where there is nothing', () => {
    expect(new Search(secrets.all).in(Buffer.from(`zq mst_ ${'AAAA'.repeat(100)}`))).toEqual([]);
  });
});

describe('after everything was run (P9)', () => {
  beforeAll(async () => {
    home = await newHome();
    service = await ServiceProcess.start(home, ENVIRONMENT);
    await service.ready();
    const setupToken = (await readFile(path.join(home.data, 'setup-token'), 'utf8')).trim();
    const administrator = await service.cast.administrator();
    scene = await Scene.open({ place: service, administrator, superuserUrl: await embeddedSuperuserUrl(home) });
    scene.secrets.keep('the first setup token', setupToken);
    scene.secrets.keep('the first administrator’s name', 'Ada Administrator');
    scene.secrets.keep('the first administrator’s address', 'ada@example.com');
    scene.secrets.keep('the unseal secret', await unsealSecret());
    await scene.settle();
    await runEverything();
  });
  afterAll(async () => {
    await scene?.close();
    await service?.stop();
    await home?.remove();
  });

  it('there are secrets of every kind to look for', () => {
    const kinds = new Set(scene.secrets.all.map(({ what }) => what));
    for (const kind of [
      'a person’s name',
      'a person’s e-mail address',
      'a session token',
      'a sign-in token',
      'a setup token',
      'a join token',
      'a private key',
      'an OIDC token',
      'an access token',
      'a claim that names somebody',
      'the inner digest of an API key',
      'the unseal secret',
    ])
      expect(kinds).toContain(kind);
  });

  it('no refusal repeats one', () => {
    expect(refusals.length).toBeGreaterThan(1000);
    expect(search().in(Buffer.concat(refusals))).toEqual([]);
  });

  it('neither the service’s output nor its metrics show one, at the most talkative level', async () => {
    expect(service.written).toContain('"level":"debug"');
    expect(search().in(Buffer.from(service.written))).toEqual([]);
    const metrics = await scene.stranger().call('GET', '/metrics');
    expect(metrics.bytes.toString()).toContain('# HELP');
    expect(search().in(metrics.bytes)).toEqual([]);
  });

  it.each(['audit', 'bullmq', 'muster', 'public'])('no row of schema %s holds one', async (schema) => {
    expect(search().in(await dump(scene.superuser, schema))).toEqual([]);
  });

  it('the log has leaves and images to look through, jobs were run, and answers kept', async () => {
    const { rows } = await scene.superuser.query<Record<string, boolean>>(
      `SELECT (SELECT count(*) FROM audit.records) > 150 AS records, (SELECT count(*) FROM audit.leaves) > 150 AS leaves,
        (SELECT count(*) FROM audit.images) > 150 AS images, (SELECT count(*) FROM bullmq.job) > 0 AS jobs,
        (SELECT count(*) FROM muster.idempotency_keys WHERE state = 'answered') > 20 AS answers,
        (SELECT count(*) FROM muster.idempotency_keys WHERE state = 'withheld') > 5 AS withheld`,
    );
    expect(rows[0]).toEqual({ records: true, leaves: true, images: true, jobs: true, answers: true, withheld: true });
  });

  it('no file of the data directory holds one: tables, write-ahead log and the database’s own log among them', async () => {
    await scene.superuser.query('CHECKPOINT');
    const finder = search();
    const found: string[] = [];
    let size = 0;
    for await (const [name, bytes] of filesBelow(home.data)) {
      size += bytes.length;
      found.push(...finder.in(bytes).map((find) => `${name}: ${find}`));
    }
    expect(found).toEqual([]);
    expect(size).toBeGreaterThan(20_000_000);
  });
});

import { mkdir, readdir, readFile, realpath, writeFile } from 'node:fs/promises';
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
import { answersAbout, lookAtPlantedSources } from './cases/planted-sources.js';
import { malformedBodies, malformedPaths, malformedQueries } from './cases/malformed.js';
import { embeddedSuperuserUrl } from '../harness/embedded-database.js';
import { MAIL_PASSWORD, MailServer } from '../harness/mail-server.js';
import { OpenIdProvider, SSO_CLIENT } from '../harness/openid-provider.js';
import { freePort } from '../harness/ports.js';
import { type Home, newHome, ServiceProcess } from '../harness/service-process.js';
import type { Reply } from '../harness/visitor.js';

jest.setTimeout(600_000);

const ENVIRONMENT = {
  LOG_LEVEL: 'trace',
  RATE_LIMIT_FAILURES_PER_MINUTE: '1000000',
  RATE_LIMIT_REQUESTS_PER_MINUTE: '10000000',
};

let home: Home;
let service: ServiceProcess;
let scene: Scene;
let provider: OpenIdProvider;
let mail: MailServer;
/** What was looked at, with secrets in it. */
let sources: Awaited<ReturnType<typeof lookAtPlantedSources>>;
/** Every refusal that was answered. */
const refusals: Buffer[] = [];

async function unsealSecret(): Promise<string> {
  const [installation] = await readdir(path.join(home.config, 'muster'));
  return (await readFile(path.join(home.config, 'muster', installation!, 'unseal-secret'), 'utf8')).trim();
}

/** What it is told to sign people in by a provider, and to write to them. */
async function neighbours(): Promise<Record<string, string>> {
  const ports = (home.ports = { open: await freePort(), mutual: await freePort() });
  provider = await OpenIdProvider.start(`https://localhost:${ports.open}/v1/sign-in/sso/callback`);
  mail = await MailServer.start();
  const caFile = path.join(home.directory, 'provider.pem');
  await writeFile(caFile, provider.caPem);
  return {
    ...mail.environment,
    ...{ SSO_ISSUER: provider.issuer, SSO_CLIENT_ID: SSO_CLIENT.id, SSO_CLIENT_SECRET: SSO_CLIENT.secret },
    ...{ SSO_CA_FILE: caFile, SSO_ALLOW_PRIVATE: 'true' },
  };
}

/** Of what can be wrong with a request every so many: P13 sends all of it, and looks through what it is told. */
const EVERY = 24;

/** Each case with some things wrong with it, and then rightly, under an idempotency key and once more. */
async function runEverything(): Promise<void> {
  for (const [at, one] of CASES.entries()) {
    const ready = await one.prepare(scene);
    const headers: Record<string, string> = isReading(one) ? {} : { 'idempotency-key': `case-${at}` };
    const malformed = [...malformedBodies(one, ready), ...malformedPaths(one, ready), ...malformedQueries(one, ready)];
    for (const { otherwise } of malformed.filter((_wrong, place) => place % EVERY === at % EVERY))
      refusals.push((await send(one, ready, otherwise)).bytes);
    if (operationOf(one)['x-muster-action'] !== 'public') refusals.push(await asStranger(one, ready));
    const reply = await send(one, ready, { headers });
    expectStatus(reply, one.status);
    keepSecretsOf(reply, nameOf(one));
    const again = await send(one, ready, { headers });
    if (again.status >= 400) refusals.push(again.bytes);
  }
}

async function asStranger(one: Case, ready: Ready): Promise<Buffer> {
  const authorization = `Bearer ${scene.secrets.word('a bearer token that does not hold')}`;
  return (await send(one, ready, { by: scene.stranger(), headers: { authorization } })).bytes;
}

/** What of an answer is secret, by its member's name: the part that nothing else contains. */
const SECRET_MEMBERS: Readonly<Record<string, (value: string) => string | null | undefined>> = {
  token: signatureOf,
  signInToken: signatureOf,
  access_token: signatureOf,
  secret: (value) => value,
  device_code: (value) => value,
  user_code: (value) => value,
  redirectTo: (url) => new URL(url).searchParams.get('code'),
  url: (url) => new URL(url).hash.slice(1),
};

/** Of a token in three parts the last; any other as it is. */
function signatureOf(token: string): string {
  return token.startsWith('eyJ') ? token.split('.')[2]! : token;
}

function keepSecretsOf({ body, headers }: Reply, name: string): void {
  const keep = (what: string, value: string | null | undefined) => value && scene.secrets.keep(what, value);
  JSON.parse(JSON.stringify(body ?? null), (key, value: unknown) => {
    if (key === 'codes' && Array.isArray(value))
      for (const code of value as string[]) keep(`a recovery code that ${name} answered`, code);
    if (typeof value === 'string') keep(`the ${key} that ${name} answered`, SECRET_MEMBERS[key]?.(value));
    return value;
  });
  for (const cookie of headers['set-cookie'] ?? [])
    keep('a session in a cookie', /^__Host-muster-session=([^;]+)/.exec(cookie)?.[1]);
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
    // Beside the data, which is looked through.
    const folder = path.join(await realpath(home.directory), 'planted');
    await mkdir(folder);
    service = await ServiceProcess.start(home, { ...ENVIRONMENT, SOURCE_FOLDERS: folder, ...(await neighbours()) });
    await service.ready();
    const setupToken = (await readFile(path.join(home.data, 'setup-token'), 'utf8')).trim();
    const administrator = await service.cast.administrator();
    const superuserUrl = await embeddedSuperuserUrl(home);
    scene = await Scene.open({ place: service, administrator, superuserUrl, signInProvider: provider });
    scene.secrets.keep('the first setup token', setupToken);
    scene.secrets.keep('the first administrator’s name', 'Ada Administrator');
    scene.secrets.keep('the first administrator’s address', 'ada@example.com');
    scene.secrets.keep('the unseal secret', await unsealSecret());
    scene.secrets.keep('the secret shared with the provider', SSO_CLIENT.secret);
    scene.secrets.keep('the password of the mail server', MAIL_PASSWORD);
    await scene.settle();
    await runEverything();
    sources = await lookAtPlantedSources(scene, folder);
  });
  afterAll(async () => {
    await scene?.close();
    await service?.stop();
    await provider?.stop();
    await mail?.stop();
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
      'what somebody calls an authenticator',
      'the secret of a code generator',
      'the secret of a code generator, decoded',
      'a recovery code',
      'a recovery code that POST /v1/authenticators/recovery-codes answered',
      'the secret that POST /v1/authenticators/totp answered',
      'the name of a machine',
      'a device code',
      'a user code',
      'a code verifier',
      'an authorization code',
      'the url that POST /v1/browser-sign-ins answered',
      'a session in a cookie',
      'the state of a single sign-on',
      'the code of a single sign-on',
      'the secret shared with the provider',
      'the password of the mail server',
      'the password of a target',
      'the password of a source',
      'a password that was planted in a repository',
      'a private key that was planted in an image',
      'what opens a source of AWS',
    ])
      expect(kinds).toContain(kind);
  });

  it('no refusal repeats one', () => {
    expect(refusals.length).toBeGreaterThan(500);
    expect(search().in(Buffer.concat(refusals))).toEqual([]);
  });

  it('neither the service’s output nor its metrics show one, at the most talkative level', async () => {
    expect(service.written).toContain('"level":"debug"');
    expect(search().in(Buffer.from(service.written))).toEqual([]);
    const metrics = await scene.stranger().call('GET', '/metrics');
    expect(metrics.bytes.toString()).toContain('# HELP');
    expect(search().in(metrics.bytes)).toEqual([]);
  });

  it('no answer about what sources of any kind found shows one', async () => {
    expect(sources.map(({ run }) => [run!.state, run!.observed > 0, run!.failure])).toEqual(
      sources.map(() => ['finished', true, null]),
    );
    const answers = await answersAbout(scene, sources);
    expect(answers.toString()).toContain('NHI2-secret-leakage');
    expect(search().in(answers)).toEqual([]);
  });

  it('no letter holds one but its reader’s own name and address', () => {
    const credentials = scene.secrets.all.filter(({ what }) => !/(name|address)$/.test(what));
    const written = mail.letters.map(({ email: { subject, text, html } }) => [subject, text, html].join('\n'));
    expect(written.length).toBeGreaterThan(0);
    expect(new Search(credentials).in(Buffer.from(written.join('\n')))).toEqual([]);
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

import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import type { Connection } from 'mysql2/promise';
import type { Tools } from '../../src/discovery/sources/kind.js';
import { EgressClient, Resolver, signAws } from '../../src/platform/index.js';
import { awsIam } from '../../src/discovery/sources/aws-iam.js';
import { git } from '../../src/discovery/sources/git.js';
import { mysql } from '../../src/discovery/sources/mysql.js';
import { redis } from '../../src/discovery/sources/redis.js';
import { RULES } from '../../src/discovery/rules/index.js';
import { GitRepository } from '../discovery/git-repository.js';
import { seeded } from '../discovery/scan/made-rules.js';
import {
  accountOf,
  accountsIn,
  allOf,
  credentialsIn,
  keepsToTheSourceContract,
  testTools,
} from '../discovery/sources/source-contract.js';
import { MariadbServer } from './mariadb-server.js';
import { Judge } from './judge.js';
import { MotoServer } from './moto-server.js';
import { RedisServer } from './redis-server.js';
import { SshServer } from './ssh-server.js';

jest.setTimeout(180_000);

const PASSWORD = randomBytes(24).toString('base64url');
const sha256 = (secret: string) => createHash('sha256').update(secret).digest('base64url');

describe('users of a Redis server', () => {
  let server: RedisServer;
  let admin: Redis;
  const secret = randomBytes(24).toString('base64url');

  beforeAll(async () => {
    await new Judge('redis-server', 'your system’s package redis-server, 7.0 or later').introduce('redis-server', [
      '--version',
    ]);
    server = await RedisServer.startWithUsers(PASSWORD);
    admin = new Redis(server.url());
    const set = (...words: readonly string[]) => admin.call('ACL', 'SETUSER', ...words);
    // What docs/guides/sources.md says to grant, and nothing else.
    await set('muster', 'on', `>${PASSWORD}`, '+acl|list', '+client|list', '+client|info');
    await set('ci', 'on', `>${secret}`, '~cache:*', '%R~data:*', '&jobs', '+@read', '-keys', '(~queue:* +lpush)');
    await set('open', 'on', 'nopass', '~*', '+@all');
    await set('left', 'off', `>${secret}`, '~*', '+get');
  });
  afterAll(async () => {
    admin?.disconnect();
    await server?.remove();
  });

  const open = (password = PASSWORD, port = new URL(server.url()).port) =>
    redis.open(
      { knownAs: ['cache.example:6379'] },
      { url: `redis://muster:${password}@127.0.0.1:${port}` },
      testTools(),
    );

  keepsToTheSourceContract(() => ({
    source: () => open(),
    secrets: [PASSWORD, secret],
    refused: () => open('another'),
    away: () => open(PASSWORD, '1'),
  }));

  it('have what the ACL lets them, and passwords that are known by their digests', async () => {
    const said = await allOf(open());
    expect(accountOf(said, 'ci')).toMatchObject({
      identifiers: ['redis:cache.example:6379:ci'],
      grants: expect.arrayContaining([
        { privilege: '+@read', resource: 'cache:*' },
        { privilege: '+@read', resource: 'data:*' },
        { privilege: expect.stringContaining('+lpush'), resource: 'selector' },
      ]),
      facts: { disabled: false, privileged: false, more: { takenAway: expect.stringContaining('-keys') } },
    });
    expect(accountOf(said, 'open').facts).toMatchObject({ privileged: true, more: { tooWide: expect.any(String) } });
    expect(accountOf(said, 'left').facts.disabled).toBe(true);
    const held = credentialsIn(said).filter(({ digest }) => digest === sha256(secret));
    expect(held.map(({ holders }) => holders[0])).toEqual([
      'redis:cache.example:6379:ci',
      'redis:cache.example:6379:left',
    ]);
  });
});

describe('accounts of a MariaDB server', () => {
  let server: MariadbServer;
  let root: Connection;

  beforeAll(async () => {
    await new Judge('mariadbd', 'your system’s package mariadb-server, 10.5 or later').introduce('mariadbd', [
      '--version',
    ]);
    server = await MariadbServer.start();
    root = await server.root();
    for (const statement of [
      // What docs/guides/sources.md says to grant, and nothing else.
      `CREATE USER muster@'127.0.0.1' IDENTIFIED BY '${PASSWORD}'`,
      `GRANT SELECT ON mysql.* TO muster@'127.0.0.1'`,
      `GRANT PROCESS ON *.* TO muster@'127.0.0.1'`,
      'CREATE DATABASE shop',
      'CREATE TABLE shop.orders (id int)',
      'CREATE ROLE readers',
      'CREATE ROLE keepers',
      'GRANT SELECT ON shop.* TO readers',
      'GRANT RELOAD ON *.* TO keepers',
      'GRANT readers TO keepers',
      `CREATE USER ledger@'%' IDENTIFIED BY '${PASSWORD}'`,
      `GRANT INSERT ON shop.orders TO ledger@'%'`,
      `GRANT UPDATE (id) ON shop.orders TO ledger@'%'`,
      `GRANT keepers TO ledger@'%'`,
      `CREATE USER ledger@'10.%' ACCOUNT LOCK`,
      `CREATE USER open@'%'`,
      `CREATE USER boss@'%' IDENTIFIED BY '${PASSWORD}'`,
      `GRANT ALL ON *.* TO boss@'%' WITH GRANT OPTION`,
    ])
      await root.query(statement);
  });
  afterAll(async () => {
    await root?.end();
    await server?.remove();
  });

  const open = (password = PASSWORD, port = server.port) =>
    mysql.open({ knownAs: ['db.example'] }, { url: `mysql://muster:${password}@127.0.0.1:${port}` }, testTools());

  keepsToTheSourceContract(() => ({
    source: () => open(),
    secrets: [PASSWORD],
    refused: () => open('another'),
    away: () => open(PASSWORD, 1),
  }));

  it('have what they are granted by themselves and by roles, also by roles of roles', async () => {
    const said = await allOf(open());
    const ledger = accountOf(said, 'ledger');
    expect(ledger.identifiers).toEqual([`mysql:db.example:${server.port}:ledger`]);
    expect(ledger.grants).toEqual(
      expect.arrayContaining([
        { privilege: 'INSERT', resource: 'shop.orders' },
        { privilege: 'UPDATE', resource: 'shop.orders(id)' },
        { privilege: 'MEMBER', resource: 'role keepers' },
        { privilege: 'RELOAD', resource: '*', through: 'role keepers' },
        { privilege: 'MEMBER', resource: 'role readers' },
        { privilege: 'SELECT', resource: 'shop.*', through: 'role readers' },
      ]),
    );
    expect(ledger.facts).toMatchObject({ privileged: false, disabled: false });
    expect(accountOf(said, 'ledger@10.%')).toMatchObject({
      ...{ identifiers: [`mysql:db.example:${server.port}:ledger@10.%`], facts: { disabled: true } },
    });
    expect(accountOf(said, 'readers')).toMatchObject({
      accountKind: 'role',
      grants: [{ privilege: 'SELECT', resource: 'shop.*' }],
    });
    expect(accountOf(said, 'keepers').grants).toContainEqual({ privilege: 'RELOAD', resource: '*' });
    expect(accountOf(said, 'boss')).toMatchObject({
      grants: [{ privilege: '*', resource: '*' }],
      facts: { privileged: true },
    });
    expect(accountOf(said, 'open').facts.more['tooWide']).toBe('It signs in without a password.');
    expect(accountsIn(said).some(({ name }) => name.startsWith('mariadb.sys'))).toBe(false);
  });
});

describe('a repository behind an OpenSSH server', () => {
  const token = RULES.find(({ id }) => id === 'github-pat-classic')!.shape.grammar.make(seeded(21));
  let server: SshServer;
  let repository: GitRepository;
  let root: string;
  let turn = 0;

  beforeAll(async () => {
    await new Judge('ssh', 'your system’s package openssh-client').introduce('ssh', ['-V']);
    server = await SshServer.start();
    repository = GitRepository.create();
    repository.commit({ 'deploy.env': `GITHUB_TOKEN=${token}\n` });
    root = realpathSync(mkdtempSync(path.join(tmpdir(), 'muster-interop-')));
  });
  afterAll(async () => {
    await server?.remove();
    repository?.remove();
    rmSync(root, { recursive: true, force: true });
  });

  const open = (access: object = {}, url = server.url(repository.folder)) =>
    git.open(
      git.settings.parse({ url }),
      { privateKey: server.privateKey, knownHosts: server.knownHosts, ...access },
      testTools({ ownFolder: path.join(root, `own-${(turn += 1)}`) }),
    );

  keepsToTheSourceContract(() => ({
    source: () => open(),
    secrets: [token, server.privateKey.split('\n')[2]!],
    refused: () => open({ privateKey: server.strangersKey }),
    away: () => open({}, `ssh://git@127.0.0.1:1${repository.folder}`),
  }));

  it('is fetched by a deploy key from the server that has the known key, and from no other', async () => {
    expect(credentialsIn(await allOf(open())).map(({ lastFour }) => lastFour)).toEqual([token.slice(-4)]);
    const another = server.knownHosts.replace(
      /ssh-ed25519 .*/,
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl',
    );
    await expect(allOf(open({ knownHosts: another }))).rejects.toMatchObject({ code: 'source_untrusted' });
    const missing = open({}, server.url(`${repository.folder}-nowhere`));
    await expect(allOf(missing)).rejects.toMatchObject({ code: 'source_missing' });
  });
});

describe('users of AWS IAM, as moto answers', () => {
  let server: MotoServer;
  let key = { accessKeyId: 'first', secretAccessKey: 'first' };
  let ledgers: typeof key;

  /** Asks as an administrator would. */
  const call = async (action: string, parameters: Readonly<Record<string, string>>): Promise<string> => {
    const all = { Action: action, Version: '2010-05-08', ...parameters };
    // Moto signs what it read, written anew as Python writes it.
    const body = new URLSearchParams(all).toString().replaceAll('*', '%2A');
    const request = {
      ...({ method: 'POST', url: `${server.url}/`, body } as const),
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    } as const;
    const headers = signAws(request, key, { region: 'us-east-1', service: 'iam' }, new Date());
    const answer = await fetch(server.url, { method: 'POST', headers, body });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return text;
  };
  const keyOf = async (user: string) => {
    const xml = await call('CreateAccessKey', { UserName: user });
    const [id, secret] = ['AccessKeyId', 'SecretAccessKey'].map((name) => new RegExp(`<${name}>(.*?)<`).exec(xml)![1]!);
    return { accessKeyId: id!, secretAccessKey: secret! };
  };
  const allow = (user: string, action: string | readonly string[], resource: string) =>
    call('PutUserPolicy', {
      ...{ UserName: user, PolicyName: 'own' },
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: action, Resource: resource }],
      }),
    });

  beforeAll(async () => {
    const python = `${process.env.INTEROP_VENV ?? '/tmp/muster-interop'}/bin/python3`;
    const judge = new Judge(python, "python3 -m venv /tmp/muster-interop, then its pip install 'moto[server,iam,sts]'");
    await judge.introduce('moto', ['-c', 'import moto; print(moto.__version__)']);
    server = await MotoServer.start();
    await call('CreateUser', { UserName: 'ledger' });
    await allow('ledger', 's3:GetObject', 'arn:aws:s3:::reports/*');
    await call('CreateRole', {
      RoleName: 'deploy',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
      }),
    });
    await call('CreateUser', { UserName: 'muster' });
    // What docs/guides/sources.md says to grant, and nothing else.
    const actions = ['iam:GetAccountAuthorizationDetails', 'iam:ListAccessKeys', 'iam:GetAccessKeyLastUsed'];
    await allow('muster', actions, '*');
    ledgers = await keyOf('ledger');
    key = await keyOf('muster');
  });
  afterAll(() => server?.remove());

  const open = (opens = key, url = server.url) =>
    awsIam.open({ url, region: 'us-east-1' }, opens, testTools({ ask: asking, now: () => new Date() }));
  const egress = new EgressClient({ allowedNetworks: [], plainHttp: [] }, new Resolver());
  const asking: Tools['ask'] = ({ url, ...options }) =>
    egress.request('source', url, { ...options, allowPrivate: true, plainOnOwnNetwork: true });

  it('have their keys, their policies and who may take roles on, for whoever signs and may ask', async () => {
    // From now on whoever asks must be somebody, and sign.
    await server.tell('reset-auth', '0');
    const said = await allOf(open());
    const ledger = accountOf(said, 'ledger');
    expect(ledger.identifiers[0]).toMatch(/^aws:\d{12}:user\/ledger$/);
    expect(ledger.grants).toContainEqual(
      expect.objectContaining({ privilege: 's3:GetObject', resource: 'arn:aws:s3:::reports/*' }),
    );
    expect(accountsIn(said).flatMap(({ credentials }) => credentials.map((held) => held.keyId))).toContain(
      `aws-key:${ledgers.accessKeyId}`,
    );
    expect(accountOf(said, 'deploy').facts.more['tooWide']).toBeTruthy();
    expect(JSON.stringify(said)).not.toContain(key.secretAccessKey);
    const wrong = { ...key, secretAccessKey: 'another-secret-of-forty-characters-in-all' };
    await expect(allOf(open(wrong))).rejects.toMatchObject({ code: 'source_refused' });
    await expect(allOf(open(key, 'http://127.0.0.1:1'))).rejects.toMatchObject({ code: 'source_unreachable' });
  });
});

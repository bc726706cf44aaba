import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openVerifier } from '../../../src/discovery/identities/sealed-verifier.js';
import { files } from '../../../src/discovery/sources/files.js';
import { HbaRules } from '../../../src/discovery/sources/postgresql-hba.js';
import { postgresql } from '../../../src/discovery/sources/postgresql.js';
import { readAclLine } from '../../../src/discovery/sources/redis.js';
import { cutOff, notTooMany } from '../../../src/discovery/sources/servers.js';
import { TargetServer } from '../../targets/server.js';
import { accountOf, accountsIn, allOf, credentialsIn, keepsToTheSourceContract, testTools } from './source-contract.js';

const PASSWORD = 'canary-of-postgresql-0123456789';

it('a server has no more accounts than are read: a list that was cut off would read as whole', () => {
  expect(notTooMany([1, 2], 2)).toEqual([1, 2]);
  expect(() => notTooMany([1, 2, 3], 2)).toThrow(expect.objectContaining({ code: 'source_too_large' }));
});

it('a server’s grants that are more than are read are said to be', () => {
  expect([...cutOff([1, 2], 2, 'grants')]).toEqual([]);
  expect([...cutOff([1, 2, 3], 2, 'grants')]).toEqual([{ kind: 'skipped', path: 'grants', reason: 'too-many' }]);
});

describe('a PostgreSQL server', () => {
  let server: TargetServer;
  let [looker, group, member, boss] = ['', '', '', ''];

  beforeAll(async () => {
    server = await TargetServer.start();
    looker = await server.role('looker', `LOGIN PASSWORD '${PASSWORD}'`);
    group = await server.role('writers', 'NOLOGIN');
    member = await server.role('ledger', `LOGIN IN ROLE ${group} VALID UNTIL '2027-01-01T00:00:00Z'`);
    boss = await server.role('boss', 'LOGIN CREATEROLE');
    await server.superuser.query(`CREATE SCHEMA pay; CREATE TABLE pay.a (); CREATE TABLE pay.b ()`);
    await server.superuser.query(`GRANT SELECT ON pay.a, pay.b TO ${group}; GRANT INSERT ON pay.a TO ${group}`);
  });
  afterAll(() => server.stop());

  const open = (password = PASSWORD, port = server.port) =>
    postgresql.open(
      { knownAs: ['db.example:5432'] },
      { url: server.url(looker, password).replace(`:${server.port}/`, `:${port}/`) },
      testTools({ name: 'orders' }),
    );

  keepsToTheSourceContract(() => ({
    source: () => open(),
    secrets: [PASSWORD],
    refused: () => open('another'),
    away: () => open(PASSWORD, 1),
    isOurs: (name) => [looker, group, member, boss].includes(name),
  }));

  it('has roles with what they may by themselves and by those that they are in, a schema’s tables as one', async () => {
    const said = await allOf(open());
    expect(accountOf(said, member)).toMatchObject({
      system: `postgresql 127.0.0.1:${server.port}`,
      identifiers: [`postgresql:db.example:5432:${member}`],
      facts: { expiresAt: '2027-01-01T00:00:00.000Z', disabled: false, privileged: false, more: { memberOf: group } },
    });
    const grants = accountOf(said, member).grants.filter(({ through }) => through === `role ${group}`);
    expect(grants).toEqual(
      expect.arrayContaining([
        { privilege: 'SELECT', resource: 'pay.*', through: `role ${group}` },
        { privilege: 'INSERT', resource: 'pay.a', through: `role ${group}` },
      ]),
    );
    expect(accountOf(said, boss).facts.privileged).toBe(true);
    expect(accountOf(said, group).facts).toMatchObject({ disabled: true, more: { signsIn: 'no' } });
    expect(accountsIn(said).some(({ name }) => name.startsWith('pg_'))).toBe(false);
  });

  it('says what it may not see, and where it may, proves a password that leaked elsewhere', async () => {
    const skipped = (await allOf(open())).filter(({ kind }) => kind === 'skipped');
    expect(skipped).toEqual([
      { kind: 'skipped', path: 'pg_hba_file_rules', reason: 'not-permitted' },
      { kind: 'skipped', path: 'pg_authid', reason: 'not-permitted' },
    ]);
    await server.superuser.query(`ALTER ROLE ${looker} SUPERUSER`);
    const said = await allOf(open());
    await server.superuser.query(`ALTER ROLE ${looker} NOSUPERUSER`);
    expect(said.filter(({ kind }) => kind === 'skipped')).toEqual([]);
    expect(accountOf(said, looker).facts.more['password']).toBe('SCRAM-SHA-256');
    expect(accountOf(said, member).facts.more['password']).toBe('none');
    const { verifier } = accountOf(said, looker);
    expect(verifier).toMatchObject({ role: looker, where: `postgresql 127.0.0.1:${server.port}` });
    expect(openVerifier(testTools().proofKey, verifier!.sealed)).toMatch(/^SCRAM-SHA-256\$/);
    const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'muster-leak-')));
    writeFileSync(
      path.join(folder, 'app.env'),
      `DATABASE_URL=postgresql://${looker}:${PASSWORD}@db.firm.internal/app\n`,
    );
    const leak = files.open(
      files.settings.parse({ path: folder }),
      null,
      testTools({ folders: [folder], verifiers: [verifier!] }),
    );
    const [found] = credentialsIn(await allOf(leak));
    rmSync(folder, { recursive: true });
    expect(found!.because[0]).toMatch(/^Proved: it is the password of the PostgreSQL role/);
  });
});

describe('pg_hba.conf', () => {
  const line = (row: object) => ({
    ...{ line: 3, type: 'host', database: ['all'], users: ['all'], address: '10.0.0.0', netmask: '255.0.0.0' },
    ...{ method: 'scram-sha-256' },
    ...row,
  });

  it.each([
    ['a line without a password', { method: 'trust' }, 'pg_hba line 3 lets it in from 10.0.0.0/8 without a password.'],
    ['a password in clear', { method: 'password' }, 'pg_hba line 3 takes its password in clear from 10.0.0.0/8.'],
    ['the whole world', { address: '0.0.0.0', netmask: '0.0.0.0' }, 'pg_hba line 3 lets it in from anywhere.'],
    [
      'a group that it is in',
      { users: ['+writers'], method: 'trust' },
      'pg_hba line 3 lets it in from 10.0.0.0/8 without a password.',
    ],
    ['another role', { users: ['other'], method: 'trust' }, undefined],
    ['this machine', { address: '127.0.0.1', netmask: '255.255.255.255', method: 'trust' }, undefined],
    ['a socket', { type: 'local', address: null, netmask: null, method: 'trust' }, undefined],
  ])('says of %s whether it is too much', (_what, row, words) => {
    expect(new HbaRules([line(row)]).doorsOf('ledger', ['writers']).tooWide[0]).toBe(words);
  });

  it('is settled by the first line that fits', () => {
    const rules = new HbaRules([line({ method: 'reject' }), line({ line: 4, method: 'trust' })]);
    expect(rules.doorsOf('ledger', [])).toEqual({ tooWide: [], from: [] });
  });
});

describe('a line of an ACL of Redis', () => {
  const hash = 'a'.repeat(64);

  it('is read word by word, and selectors as they are', () => {
    expect(
      readAclLine(
        `user ci on sanitize-payload #${hash} ~cache:* %R~data:* resetchannels -@all +get (%R~x -@all +ping)`,
      ),
    ).toEqual({
      ...{ name: 'ci', enabled: true, open: false, hashes: [hash], keys: ['~cache:*', '%R~data:*'], channels: [] },
      ...{ commands: ['-@all', '+get'], selectors: ['%R~x -@all +ping'] },
    });
  });
});

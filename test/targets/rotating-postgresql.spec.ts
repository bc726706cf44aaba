import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../src/platform/index.js';
import type { Survey, TargetError } from '../../src/targets/index.js';
import { PostgresqlAdapter } from '../../src/targets/postgresql/postgresql-adapter.js';
import { Looks } from '../../src/targets/postgresql/looks.js';
import { scramVerifier } from '../../src/targets/postgresql/scram.js';
import { itKeepsTheContract } from './rotator-contract.js';
import { TargetServer } from './server.js';

const PASSWORD = 'p@ss/wörd:1';
const adapter = new PostgresqlAdapter(new SystemClock(), new Looks(0));
const WAY = { addresses: ['127.0.0.1'], caCertificates: null, ownNetwork: true };
const fresh = () => randomBytes(32).toString('base64url');

let server: TargetServer;
let agent: string;

beforeAll(async () => {
  server = await TargetServer.start();
  agent = await server.role('agent', `LOGIN CREATEROLE PASSWORD '${PASSWORD}'`);
  await server.superuser.query(`GRANT pg_signal_backend, pg_read_all_stats TO ${agent}`);
});
afterAll(async () => {
  await server?.superuser.query(`REVOKE pg_signal_backend, pg_read_all_stats FROM ${agent}`);
  await server?.stop();
});

const rotator = (url = server.url(agent, PASSWORD)) => adapter.rotator(adapter.read(url), WAY);
/** One that Muster's role administers. */
const account = async (options = '') => {
  const name = await server.role('account', options);
  await server.superuser.query(`GRANT ${name} TO ${agent} WITH ADMIN OPTION`);
  return name;
};
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: TargetError) => error.code,
  );

itKeepsTheContract('pairs of PostgreSQL roles', () => ({
  rotator,
  unreachable: () => rotator(`postgresql://u:${fresh()}@127.0.0.1:1/x?sslmode=disable`),
  accounts: async () => [await account(), await account()],
  signIn: async ({ account, secret }) => {
    const client = await server.signIn(account, secret);
    return () => client.end();
  },
  hostile: [
    '',
    'nobody_of_that_name',
    `x"; ALTER ROLE "${agent}" SUPERUSER; --`,
    `x' OR true --`,
    'public',
    'pg_monitor',
    'a\0b',
    'x'.repeat(64),
    '$$;DROP TABLE x;$$',
  ],
  secrets: [PASSWORD, encodeURIComponent(PASSWORD)],
}));

describe('a pair of PostgreSQL roles', () => {
  const BEFORE: Survey = { exists: true, canLogin: true, openSessions: 1 };

  it('is not taken where somebody is signed in as the one that should be idle', async () => {
    const idle = await account('LOGIN');
    expect(await codeOf(rotator().create(idle, fresh(), BEFORE, null))).toBe('account_in_use');
  });

  it('is not one account twice', async () => {
    const one = await account();
    const beside = { account: one, keyId: null };
    expect(await codeOf(rotator().create(one, fresh(), await rotator().survey(one), beside))).toBe('account_in_use');
  });

  it('never is the role that Muster works as, nor one that Muster may not administer', async () => {
    expect(await codeOf(rotator().create(agent, fresh(), {}, null))).toBe('account_reserved');
    expect(await codeOf(rotator().revoke({ account: agent, keyId: null }, null))).toBe('account_reserved');
    expect(await codeOf(rotator().create(await server.role('foreign'), fresh(), {}, null))).toBe('not_permitted');
  });

  it('tells the server nothing of its password: what it keeps of it is made here (RFC 5802 §3)', async () => {
    const [one, secret] = [await account(), fresh()];
    await rotator().create(one, secret, {}, null);
    const { rows } = await server.superuser.query<{ rolpassword: string }>(
      'SELECT rolpassword FROM pg_authid WHERE rolname = $1',
      [one],
    );
    const salt = Buffer.from(/^SCRAM-SHA-256\$4096:([^$]+)\$/.exec(rows[0]!.rolpassword)![1]!, 'base64');
    expect(rows[0]!.rolpassword).toBe(scramVerifier(secret, salt));
  });

  it('is the same as PostgreSQL’s own for a password and a salt', async () => {
    const [one, secret] = [await account(), fresh()];
    await server.superuser.query(`SET scram_iterations = 4096; ALTER ROLE ${one} PASSWORD '${secret}'`);
    const { rows } = await server.superuser.query<{ rolpassword: string }>(
      'SELECT rolpassword FROM pg_authid WHERE rolname = $1',
      [one],
    );
    const salt = Buffer.from(/:([^$]+)\$/.exec(rows[0]!.rolpassword)![1]!, 'base64');
    expect(scramVerifier(secret, salt)).toBe(rows[0]!.rolpassword);
  });

  it('opens with an account that may not use this database: its password was right', async () => {
    const [one, secret] = [await account(), fresh()];
    await rotator().create(one, secret, {}, null);
    await server.superuser.query(`REVOKE CONNECT ON DATABASE ${server.name} FROM ${one}`);
    expect(await rotator().prove({ account: one, keyId: null, secret })).toEqual({ works: true });
  });

  it('opens with an account that has no connection left: its password was right', async () => {
    const [one, secret] = [await account('CONNECTION LIMIT 1'), fresh()];
    await rotator().create(one, secret, {}, null);
    const consumer = await server.signIn(one, secret);
    expect(await rotator().prove({ account: one, keyId: null, secret })).toEqual({ works: true });
    expect(await rotator().prove({ account: one, keyId: null, secret: fresh() })).toMatchObject({ works: false });
    await consumer.end();
  });

  it('waits a moment for a place where Muster’s role has none left, and says that the target is busy where none comes', async () => {
    const [one, other] = [await account(), await server.signIn(agent, PASSWORD)];
    await server.superuser.query(`ALTER ROLE ${agent} CONNECTION LIMIT 1`);
    // By other names, for which no connection is kept.
    const survey = (host: string) => rotator(server.url(agent, PASSWORD, { host })).survey(one);
    expect(await codeOf(survey('one.example'))).toBe('target_busy');
    const surveyed = survey('another.example');
    await other.query('SELECT pg_sleep(0.5)');
    await other.end();
    expect(await surveyed).toMatchObject({ exists: true });
    await server.superuser.query(`ALTER ROLE ${agent} CONNECTION LIMIT -1`);
  });

  it('is opened and shut although somebody else changes the same role', async () => {
    const [one, secret] = [await account(), fresh()];
    await server.beside(`ALTER ROLE ${one} CONNECTION LIMIT 7`, () => rotator().create(one, secret, {}, null));
    expect(await rotator().prove({ account: one, keyId: null, secret })).toEqual({ works: true });
    await server.beside(`ALTER ROLE ${one} CONNECTION LIMIT 8`, () =>
      rotator().revoke({ account: one, keyId: null }, null),
    );
    expect(await rotator().survey(one)).toMatchObject({ canLogin: false });
  });

  it('lives until the end that the role was given', async () => {
    const one = await account(`VALID UNTIL '2999-01-01'`);
    expect(await rotator().longestLifeSeconds(one)).toBeGreaterThan(3600);
    expect(await rotator().longestLifeSeconds(await account())).toBeNull();
  });
});

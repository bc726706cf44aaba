import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { SystemClock } from '../../src/platform/index.js';
import { startThrowAwayPostgres, type ThrowAwayPostgres } from '../../src/platform/database/throw-away-postgres.js';
import { PostgresqlAdapter } from '../../src/targets/postgresql/postgresql-adapter.js';
import { Looks } from '../../src/targets/postgresql/looks.js';
import { watchSchema } from '../../src/targets/postgresql/watch-schema.js';

/** Who signs in is seen, however short, on a server of this file's own: what notes logins is in all of its databases. */

const adapter = new PostgresqlAdapter(new SystemClock(), new Looks(0));
const WAY = { addresses: ['127.0.0.1'], caCertificates: null, ownNetwork: true };
const PASSWORD = randomBytes(24).toString('base64url');

let server: ThrowAwayPostgres;
let sql: Client;

beforeAll(async () => {
  server = await startThrowAwayPostgres();
  sql = await signIn(new URL(server.superuserUrl));
  await sql.query(`CREATE ROLE account LOGIN PASSWORD '${PASSWORD}'`);
  await sql.query('CREATE DATABASE sales');
});
afterAll(async () => {
  await sql?.end();
  await server?.stop();
});

async function signIn(url: URL, options: Readonly<Record<string, string>> = {}): Promise<Client> {
  const client = new Client({ connectionString: url.href, ...options });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const at = (database: string, user?: string) => {
  const url = new URL(server.superuserUrl);
  url.pathname = `/${database}`;
  if (user !== undefined) Object.assign(url, { username: user, password: PASSWORD });
  return url;
};
const inside = async (database: string, statement: string) => {
  const client = await signIn(at(database));
  await client.query(statement);
  await client.end();
};
/** Comes and goes. */
const visit = async (database: string, options: Readonly<Record<string, string>> = {}) =>
  (await signIn(at(database, 'account'), { application_name: 'hourly', ...options })).end();

const rotator = (url = `${server.superuserUrl}?sslmode=disable`) => adapter.rotator(adapter.read(url), WAY);
const usage = (since = new Date(0)) => rotator().usage({ account: 'account', keyId: null }, since);

describe('before anybody watches', () => {
  it('samples who is there, and says which databases do not note their logins', async () => {
    const { coverage, gaps, completeSince } = await usage();
    expect({ coverage, completeSince }).toEqual({ coverage: 'sampled', completeSince: null });
    expect(gaps.map((gap) => /database (\w+) /.exec(gap)?.[1])).toEqual(['postgres', 'sales', 'template1']);
  });
});

describe('once it is watched', () => {
  beforeEach(() => rotator().watch('account'));

  it('sees everything from then on, and again changes nothing', async () => {
    const first = await usage();
    expect(first).toMatchObject({ coverage: 'complete', gaps: [], callers: [] });
    await rotator().watch('account');
    expect((await usage()).completeSince).toEqual(first.completeSince);
  });

  it('counts from when the watch began, not from when somebody first looked', async () => {
    await inside('sales', 'TRUNCATE muster_watch.logins');
    await rotator().watch('account');
    const begun = new Date();
    expect((await usage()).completeSince!.getTime()).toBeLessThanOrEqual(begun.getTime());
  });

  it.each(['postgres', 'sales', 'template1'])('sees who came to %s and went', async (database) => {
    const before = new Date();
    await visit(database, { application_name: `hourly ${database}` });
    const { coverage, callers } = await usage(before);
    expect(coverage).toBe('complete');
    const its = callers.filter(({ application }) => application === `hourly ${database}`);
    expect(its).toMatchObject([{ address: '127.0.0.1', open: false }]);
    expect(its[0]!.lastSeenAt.getTime()).toBeGreaterThanOrEqual(before.getTime());
    expect((await usage(new Date(Date.now() + 5_000))).callers).toEqual([]);
  });

  it('sees who came to a database that is made later', async () => {
    await sql.query('CREATE DATABASE later');
    const before = new Date();
    await visit('later', { application_name: 'latecomer' });
    const { coverage, callers } = await usage(before);
    expect(coverage).toBe('complete');
    expect(callers.map(({ application }) => application)).toContain('latecomer');
    await sql.query('DROP DATABASE later');
  });

  it('says once who is there, and then as gone', async () => {
    const before = new Date();
    const client = await signIn(at('sales', 'account'), { application_name: 'stays' });
    expect((await usage(before)).callers.filter(({ application }) => application === 'stays')).toMatchObject([
      { open: true },
    ]);
    await client.end();
  });

  it('counts what it cannot note, which ends what is known to be complete; and keeps nobody out', async () => {
    const { completeSince } = await usage();
    await visit('sales', { application_name: 'reader', options: '-c default_transaction_read_only=on' });
    const after = await usage();
    expect(after.completeSince!.getTime()).toBeGreaterThan(completeSince!.getTime());
    await inside('sales', 'ALTER TABLE muster_watch.logins RENAME TO elsewhere');
    await visit('sales');
    expect((await usage()).coverage).toBe('sampled');
    await inside('sales', 'ALTER TABLE muster_watch.elsewhere RENAME TO logins');
    expect((await usage()).completeSince!.getTime()).toBeGreaterThan(after.completeSince!.getTime());
  });

  it('lets nobody wait who signs in while its table is locked', async () => {
    const { completeSince } = await usage();
    const holder = await signIn(at('sales'));
    await holder.query('BEGIN; LOCK TABLE muster_watch.logins IN ACCESS EXCLUSIVE MODE');
    await visit('sales', { application_name: 'waits' });
    await holder.query('ROLLBACK');
    await holder.end();
    expect((await usage()).completeSince!.getTime()).toBeGreaterThan(completeSince!.getTime());
  });

  it.each<readonly [string, string, string, string]>([
    ['a database has it not', 'CREATE DATABASE bare TEMPLATE template0', 'DROP DATABASE bare', 'database bare'],
    [
      'event triggers are off for a role',
      'ALTER ROLE account SET event_triggers = off',
      'ALTER ROLE account RESET event_triggers',
      'RESET event_triggers',
    ],
    [
      'event triggers are off for a database',
      'ALTER DATABASE sales SET event_triggers = off',
      'ALTER DATABASE sales RESET event_triggers',
      'RESET event_triggers',
    ],
    [
      'somebody may turn them off',
      'GRANT SET ON PARAMETER session_replication_role TO account',
      'REVOKE SET ON PARAMETER session_replication_role FROM account',
      'REVOKE SET',
    ],
    [
      'a database can be read only',
      'ALTER DATABASE sales SET default_transaction_read_only = on',
      'ALTER DATABASE sales RESET default_transaction_read_only',
      'database sales',
    ],
    ['the account is a superuser', 'ALTER ROLE account SUPERUSER', 'ALTER ROLE account NOSUPERUSER', 'superuser'],
    ['a role may replicate', 'CREATE ROLE standby LOGIN REPLICATION', 'DROP ROLE standby', 'REPLICATION'],
    [
      'a standby has a slot',
      `SELECT pg_create_physical_replication_slot('standby')`,
      `SELECT pg_drop_replication_slot('standby')`,
      'Standbys',
    ],
  ])('is sampled where %s, and says so', async (_what, begin, end, words) => {
    await sql.query(begin);
    const { coverage, gaps, completeSince } = await usage();
    await sql.query(end);
    expect({ coverage, completeSince }).toEqual({ coverage: 'sampled', completeSince: null });
    expect(gaps).toEqual([expect.stringContaining(words)]);
    expect((await usage()).coverage).toBe('complete');
  });

  it.each<readonly [string, string]>([
    ['disabled', 'ALTER EVENT TRIGGER muster_login DISABLE'],
    ['not for every session', 'ALTER EVENT TRIGGER muster_login ENABLE'],
    [
      'another’s',
      `CREATE OR REPLACE FUNCTION muster_watch.note_login() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'`,
    ],
    ['gone', 'DROP EVENT TRIGGER muster_login'],
  ])('is sampled where the trigger is %s, and complete anew once it is whole', async (_what, statement) => {
    const before = await usage();
    await inside('sales', statement);
    expect(await usage()).toMatchObject({ coverage: 'sampled', gaps: [expect.stringContaining('database sales')] });
    await rotator().watch('account');
    expect((await usage()).completeSince!.getTime()).toBeGreaterThan(before.completeSince!.getTime());
  });

  it('begins anew after its notes were emptied, and after the trigger was off for a while', async () => {
    for (const statement of [
      'TRUNCATE muster_watch.logins',
      'ALTER EVENT TRIGGER muster_login DISABLE; ALTER EVENT TRIGGER muster_login ENABLE ALWAYS',
    ]) {
      const before = await usage();
      await inside('sales', statement);
      expect((await usage()).completeSince!.getTime()).toBeGreaterThan(before.completeSince!.getTime());
    }
  });

  it('keeps so many notes and no more, however many names a client gives itself', async () => {
    await inside(
      'sales',
      `INSERT INTO muster_watch.logins SELECT 1, 'x', n::text, 1, now(), now() FROM generate_series(1, 10000) n`,
    );
    const before = new Date();
    await visit('sales', { application_name: 'one too many' });
    expect((await usage(before)).callers).toContainEqual(
      expect.objectContaining({ address: 'others', application: 'others' }),
    );
    await inside('sales', 'TRUNCATE muster_watch.logins');
  });
});

describe('a role of Muster’s that is no superuser', () => {
  it('reads what a superuser saw to (docs/guides/targets.md)', async () => {
    await sql.query(`CREATE ROLE muster LOGIN PASSWORD '${PASSWORD}'; GRANT pg_read_all_stats TO muster`);
    for (const database of ['postgres', 'sales', 'template1']) await inside(database, watchSchema('muster'));
    const url = at('postgres', 'muster');
    const before = new Date();
    await visit('sales', { application_name: 'of another' });
    const seen = await rotator(`${url.href}?sslmode=disable`).usage({ account: 'account', keyId: null }, before);
    expect(seen).toMatchObject({ coverage: 'complete', gaps: [] });
    expect(seen.callers.map(({ application }) => application)).toContain('of another');
  });
});

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { SystemClock } from '../../src/platform/index.js';
import { startThrowAwayPostgres, type ThrowAwayPostgres } from '../../src/platform/database/throw-away-postgres.js';
import { PostgresqlAdapter } from '../../src/targets/postgresql/postgresql-adapter.js';
import { Looks } from '../../src/targets/postgresql/looks.js';

jest.setTimeout(120_000);

/** Who signs in is seen by the server's own log, on a server of this file's own that writes one. */

const WAY = { addresses: ['127.0.0.1'], caCertificates: null, ownNetwork: true };
const PASSWORD = randomBytes(24).toString('base64url');
const LOGGING = {
  ...{ logging_collector: 'on', log_destination: 'jsonlog', log_connections: 'authentication,authorization' },
  ...{ log_directory: 'log', log_filename: 'server-%Y%m%d%H%M%S.log', log_rotation_age: '0', log_rotation_size: '0' },
};

let server: ThrowAwayPostgres;
let sql: Client;
let adapter: PostgresqlAdapter;

beforeAll(async () => {
  server = await startThrowAwayPostgres(LOGGING);
  sql = await signIn(new URL(server.superuserUrl));
  await sql.query(`CREATE ROLE account LOGIN PASSWORD '${PASSWORD}'`);
  await sql.query(`CREATE ROLE muster LOGIN CREATEROLE PASSWORD '${PASSWORD}'`);
  await sql.query('GRANT pg_monitor TO muster');
  await sql.query('GRANT EXECUTE ON FUNCTION pg_read_binary_file(text, bigint, bigint, boolean) TO muster');
});
beforeEach(() => {
  adapter = new PostgresqlAdapter(new SystemClock(), new Looks(0));
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

const as = (user: string) => {
  const url = new URL(server.superuserUrl);
  Object.assign(url, { username: user, password: PASSWORD });
  return url;
};
/** Comes and goes. */
const visit = async (application: string) => (await signIn(as('account'), { application_name: application })).end();
const usage = (since = new Date(0)) =>
  adapter
    .rotator(adapter.read(`${as('muster').href}?sslmode=disable`), WAY)
    .usage({ account: 'account', keyId: null }, since);

describe('where every login is in the log', () => {
  it('sees who came for a moment and went, however short, by a role that is no superuser', async () => {
    await usage();
    const before = new Date();
    await visit('hourly');
    const { coverage, gaps, callers, completeSince } = await usage(before);
    expect({ coverage, gaps }).toEqual({ coverage: 'complete', gaps: [] });
    expect(callers).toMatchObject([{ address: '127.0.0.1', application: 'hourly', open: false }]);
    expect(callers[0]!.lastSeenAt.getTime()).toBeGreaterThanOrEqual(before.getTime());
    expect(completeSince!.getTime()).toBeLessThanOrEqual(before.getTime());
    expect((await usage(new Date(Date.now() + 5_000))).callers).toEqual([]);
  });

  it('reads names as they are, whatever they try to look like', async () => {
    const names = ['bil"ling', 'ünï', '{"user":"muster"}', 'a SSL enabled (b'];
    const before = new Date();
    for (const name of names) await visit(name);
    const { callers } = await usage(before);
    expect(callers).toHaveLength(names.length);
    expect(callers.map(({ application }) => application)).toContain('bil"ling');
  });

  it('goes on over files, and misses nothing of one that is not written to any more', async () => {
    const before = new Date();
    await usage(before);
    await visit('in the first');
    await sleep(1_100); // The next file has the next second's name.
    await sql.query('SELECT pg_rotate_logfile()');
    await until(async () => {
      await visit('in the second');
      const { rows } = await sql.query<{ count: number }>(
        `SELECT count(*)::integer AS count FROM pg_ls_logdir() WHERE name LIKE '%.json'`,
      );
      return rows[0]!.count > 1;
    });
    const { coverage, callers } = await usage(before);
    expect(coverage).toBe('complete');
    expect(callers.map(({ application }) => application)).toEqual(
      expect.arrayContaining(['in the first', 'in the second']),
    );
  });

  it('begins anew where a file is shorter than it was', async () => {
    const before = new Date();
    const { completeSince } = await usage(before);
    await sql.query(`COPY (SELECT '') TO PROGRAM 'cat >/dev/null; for f in log/*.json; do : > "$f"; done'`);
    const after = await usage(before);
    expect(after.coverage).toBe('complete');
    expect(after.completeSince!.getTime()).toBeGreaterThan(completeSince!.getTime());
  });

  it('begins anew where the configuration was read anew', async () => {
    const { completeSince } = await usage();
    await sql.query('SELECT pg_reload_conf()');
    await until(async () => (await usage()).completeSince!.getTime() > completeSince!.getTime());
  });
});

describe('it is a sample', () => {
  it.each<readonly [string, string, string, RegExp]>([
    ['somebody may be a standby', 'CREATE ROLE copies LOGIN REPLICATION', 'DROP ROLE copies', /may replicate/],
    ['the account is a superuser', 'ALTER ROLE account SUPERUSER', 'ALTER ROLE account NOSUPERUSER', /is a superuser/],
    [
      'somebody may change it',
      'GRANT SET ON PARAMETER log_connections TO account',
      'REVOKE SET ON PARAMETER log_connections FROM account',
      /REVOKE SET/,
    ],
    [
      'a copy is kept',
      `SELECT pg_create_physical_replication_slot('copy')`,
      `SELECT pg_drop_replication_slot('copy')`,
      /Standbys follow/,
    ],
  ])('where %s', async (_why, made, undone, gap) => {
    await sql.query(made);
    const { coverage, gaps } = await usage();
    await sql.query(undone);
    expect({ coverage, gaps: gaps.join(' ') }).toEqual({ coverage: 'sampled', gaps: expect.stringMatching(gap) });
  });

  it.each<readonly [string, string]>([
    ['nobody is logged', ''],
    ['only that somebody knocks is', 'receipt'],
    ['only how long it took is', 'setup_durations'],
  ])('where %s', async (_why, kinds) => {
    const set = async (value: string) => {
      await sql.query(`ALTER SYSTEM SET log_connections = '${value}'`);
      await sql.query('SELECT pg_reload_conf()');
    };
    const shown = async () => (await usage()).coverage;
    await set(kinds);
    await until(async () => (await shown()) === 'sampled');
    await set('on');
    await until(async () => (await shown()) === 'complete');
  });

  it('never by what is set for a role: PostgreSQL itself refuses that', async () => {
    const unsaid = sql.query(`ALTER ROLE account SET log_connections = ''`);
    await expect(unsaid).rejects.toMatchObject({ code: '55P02' });
    await expect(signIn(as('account'), { options: '-c log_connections=' })).rejects.toMatchObject({ code: '42501' });
  });

  it('where Muster may not read the log', async () => {
    const read = 'EXECUTE ON FUNCTION pg_read_binary_file(text, bigint, bigint, boolean)';
    await sql.query(`REVOKE ${read} FROM muster`);
    const { coverage } = await usage();
    await sql.query(`GRANT ${read} TO muster`);
    expect(coverage).toBe('sampled');
  });
});

async function until(there: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1_200; tries += 1) {
    if (await there()) return;
    await sleep(50);
  }
  throw new Error('It does not come to that.');
}

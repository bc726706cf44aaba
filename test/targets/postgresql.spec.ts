import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { SystemClock } from '../../src/platform/index.js';
import type { Holding } from '../../src/targets/domain/adapter.js';
import { closedOutcome } from '../../src/targets/domain/adapter.js';
import type { TargetError } from '../../src/targets/index.js';
import { PostgresqlAdapter } from '../../src/targets/postgresql/postgresql-adapter.js';
import { TargetServer } from './server.js';

const PASSWORD = 'p@ss/wörd:1';
const adapter = new PostgresqlAdapter(new SystemClock());
const WAY = { addresses: ['127.0.0.1'], caCertificates: null, ownNetwork: true };

let server: TargetServer;
let sql: Client;
/** The role that Muster works as there. */
let agent: string;
/** Whose grants are taken away. */
let account: string;

beforeAll(async () => {
  server = await TargetServer.start();
  sql = server.superuser;
  agent = await server.role('agent', `LOGIN SUPERUSER PASSWORD '${PASSWORD}'`);
  await sql.query(`
    CREATE SCHEMA sales;
    CREATE TABLE sales.orders (id int, price int);
    CREATE TABLE sales."Odd ""Name" (id int);
    CREATE SEQUENCE sales.numbers;
    CREATE FUNCTION sales.settle(a int, b text[]) RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE FUNCTION sales.settle(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE PROCEDURE sales.clear() LANGUAGE sql AS '';
    REVOKE EXECUTE ON ALL ROUTINES IN SCHEMA sales FROM PUBLIC`);
});
afterAll(() => server?.stop());
beforeEach(async () => {
  account = await server.role('account', `LOGIN PASSWORD '${PASSWORD}'`);
});

const within = <Result>(work: Parameters<typeof adapter.within<Result>>[2], user = agent) =>
  adapter.within(adapter.read(server.url(user, PASSWORD)), WAY, work);
const holds = (scope: string, of = account): Promise<Holding> => within((inside) => inside.holds(of, scope));
const remove = (scope: string, user = agent) => within((inside) => inside.remove(account, scope), user);
const observe = (of = account) => within((inside) => inside.observe(of));
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    ({ code }: TargetError) => code,
  );

describe('a privilege that a role was granted by name', () => {
  it.each([
    ['SELECT ON TABLE sales.orders', 'SELECT ON sales.orders'],
    ['a column of a table', 'SELECT (price) ON sales.orders', 'SELECT ON sales.orders'],
    ['ALL ON sales.orders', 'ALL ON sales.orders'],
    ['update on Table SALES."Odd ""Name"', 'UPDATE ON sales."Odd ""Name"'],
    ['USAGE ON SEQUENCE sales.numbers', 'USAGE ON SEQUENCE sales.numbers'],
    ['USAGE ON SCHEMA sales', 'USAGE ON SCHEMA sales'],
    ['EXECUTE ON FUNCTION sales.settle(integer, text[])', 'EXECUTE ON FUNCTION sales.settle(int, text[])'],
    ['EXECUTE ON FUNCTION sales.clear', 'EXECUTE ON PROCEDURE sales.clear()'],
  ])('is taken away and seen to be gone: %s', async (name, granted, scope = name) => {
    await sql.query(`GRANT ${granted} TO ${account}`);
    expect(await holds(scope)).toEqual({ held: true, through: [account] });
    expect((await observe()).privilegeCount).toBeGreaterThan(1);
    await remove(scope);
    expect(await holds(scope)).toEqual({ held: false, through: [] });
    expect((await observe()).privileges).toEqual([`CONNECT ON DATABASE ${server.name}`]);
    await remove(scope);
    expect(await holds(scope)).toEqual({ held: false, through: [] });
  });

  it('goes with its grant option, and the real login cannot use it afterwards', async () => {
    await sql.query(
      `GRANT USAGE ON SCHEMA sales TO ${account}; GRANT SELECT ON sales.orders TO ${account} WITH GRANT OPTION`,
    );
    const client = await server.signIn(account, PASSWORD);
    await client.query('SELECT * FROM sales.orders');
    await remove('SELECT ON sales.orders');
    await expect(client.query('SELECT * FROM sales.orders')).rejects.toMatchObject({ code: '42501' });
    await client.end();
    expect((await observe()).privileges).toContain('USAGE ON SCHEMA sales');
  });

  it('is taken away by whom it was granted by, were it not the owner', async () => {
    const between = await server.role('between');
    await sql.query(
      `GRANT USAGE ON SCHEMA sales TO ${between}; GRANT SELECT ON sales.orders TO ${between} WITH GRANT OPTION`,
    );
    await sql.query(`SET ROLE ${between}; GRANT SELECT ON sales.orders TO ${account}; RESET ROLE`);
    await remove('SELECT ON sales.orders');
    expect(await holds('SELECT ON sales.orders')).toEqual({ held: false, through: [] });
  });

  it('stays where the account has handed it on: nobody else loses anything unasked', async () => {
    const other = await server.role('other');
    await sql.query(
      `GRANT USAGE ON SCHEMA sales TO ${account}; GRANT SELECT ON sales.orders TO ${account} WITH GRANT OPTION`,
    );
    await sql.query(`SET ROLE ${account}; GRANT SELECT ON sales.orders TO ${other}; RESET ROLE`);
    expect(await codeOf(remove('SELECT ON sales.orders'))).toBe('granted_on');
    expect((await holds('SELECT ON sales.orders', other)).held).toBe(true);
  });

  it('is taken away although somebody else changes who may what of the same thing', async () => {
    const other = await server.role('other');
    await sql.query(`GRANT SELECT ON sales.orders TO ${account}`);
    await server.beside(`GRANT SELECT ON sales.orders TO ${other}`, () => remove('SELECT ON sales.orders'));
    expect(await holds('SELECT ON sales.orders')).toEqual({ held: false, through: [] });
    expect(await holds('SELECT ON sales.orders', other)).toMatchObject({ held: true });
  });

  it('is not taken away by a role that may not, which says so', async () => {
    const weak = await server.role('weak', `LOGIN PASSWORD '${PASSWORD}'`);
    await sql.query(`GRANT SELECT ON sales.orders TO ${account}`);
    expect(await codeOf(remove('SELECT ON sales.orders', weak))).toBe('not_permitted');
    expect((await holds('SELECT ON sales.orders')).held).toBe(true);
  });
});

describe('what a role still has although nothing is granted to it by name', () => {
  it.each<readonly [string, (group: string) => string, (group: string) => string]>([
    ['PUBLIC', () => 'GRANT DELETE ON sales.orders TO PUBLIC', () => 'PUBLIC'],
    [
      'a role that it is in',
      (group) => `GRANT DELETE ON sales.orders TO ${group}; GRANT ${group} TO ${account}`,
      (group) => group,
    ],
    [
      'a role that it can become without inheriting from it',
      (group) => `GRANT DELETE ON sales.orders TO ${group}; GRANT ${group} TO ${account} WITH INHERIT FALSE`,
      (group) => group,
    ],
    [
      'a superuser that it can become',
      (group) => `ALTER ROLE ${group} SUPERUSER; GRANT ${group} TO ${account}`,
      (group) => group,
    ],
    ['what it owns', () => `ALTER TABLE sales.orders OWNER TO ${account}`, () => account],
    ['being a superuser', () => `ALTER ROLE ${account} SUPERUSER`, () => 'superuser'],
    ['a role of PostgreSQL’s own', () => `GRANT pg_write_all_data TO ${account}`, () => 'pg_write_all_data'],
  ])('is seen to be held through %s', async (_what, grant, through) => {
    const group = await server.role('group');
    await sql.query(grant(group));
    await remove('DELETE ON sales.orders');
    expect(await holds('DELETE ON sales.orders')).toEqual({ held: true, through: [through(group)].sort() });
    await sql.query('REVOKE DELETE ON sales.orders FROM PUBLIC; ALTER TABLE sales.orders OWNER TO CURRENT_USER');
  });

  it('is so by default: everybody may connect to a database that nobody closed', async () => {
    await sql.query(`GRANT CONNECT ON DATABASE ${server.name} TO PUBLIC`);
    await remove(`CONNECT ON DATABASE ${server.name}`);
    expect(await holds(`CONNECT ON DATABASE ${server.name}`)).toEqual({ held: true, through: ['PUBLIC'] });
    await sql.query(`REVOKE CONNECT ON DATABASE ${server.name} FROM PUBLIC`);
    expect(await holds(`CONNECT ON DATABASE ${server.name}`)).toEqual({ held: false, through: [] });
  });
});

describe('a membership', () => {
  it('is taken away, by whomever it was granted', async () => {
    const [group, admin] = [await server.role('group'), await server.role('admin')];
    await sql.query(`GRANT ${group} TO ${admin} WITH ADMIN OPTION`);
    await sql.query(`GRANT ${group} TO ${account}; SET ROLE ${admin}; GRANT ${group} TO ${account}; RESET ROLE`);
    expect((await observe()).memberships).toEqual([group]);
    await remove(group);
    expect(await holds(group)).toEqual({ held: false, through: [] });
    expect((await observe()).memberships).toEqual([]);
  });

  it('is taken away although somebody else changes the same one', async () => {
    const group = await server.role('group');
    await sql.query(`GRANT ${group} TO ${account}`);
    await server.beside(`GRANT ${group} TO ${account} WITH ADMIN OPTION`, () => remove(group));
    expect(await holds(group)).toEqual({ held: false, through: [] });
  });

  it('is still held through another role', async () => {
    const [group, inner] = [await server.role('group'), await server.role('inner')];
    await sql.query(`GRANT ${group} TO ${inner}; GRANT ${inner} TO ${account}; GRANT ${group} TO ${account}`);
    await remove(group);
    expect(await holds(group)).toEqual({ held: true, through: [inner] });
  });
});

describe('closing an account', () => {
  it('ends its sessions, its memberships and every login, and is seen to have', async () => {
    const group = await server.role('group');
    await sql.query(`GRANT ${group} TO ${account}`);
    const open = await server.signIn(account, PASSWORD);
    expect(await observe()).toMatchObject({ canLogin: true, memberships: [group], openSessions: 1 });
    await within((inside) => inside.close(account));
    expect(closedOutcome(await observe())).toMatchObject({ gone: true, remains: [] });
    await expect(open.query('SELECT 1')).rejects.toThrow();
    await expect(server.signIn(account, PASSWORD)).rejects.toMatchObject({ code: '28P01' });
    await within((inside) => inside.close(account));
    await sql.query(`ALTER ROLE ${account} PASSWORD '${PASSWORD}'`);
    await expect(server.signIn(account, PASSWORD)).rejects.toMatchObject({ code: '28000' });
    await sql.query(`ALTER ROLE ${account} LOGIN`);
    expect(closedOutcome(await observe())).toMatchObject({ gone: false, remains: ['login'] });
  });

  it('ends it although somebody else changes the same role', async () => {
    await server.beside(`ALTER ROLE ${account} CONNECTION LIMIT 7`, () => within((inside) => inside.close(account)));
    expect((await observe()).canLogin).toBe(false);
  });

  it('never shuts Muster out', async () => {
    expect(await codeOf(within((inside) => inside.close(agent)))).toBe('account_reserved');
    expect((await observe(agent)).canLogin).toBe(true);
  });

  it('of one that is not there is done already', async () => {
    await within((inside) => inside.close('nobody_of_that_name'));
    expect(await observe('nobody_of_that_name')).toMatchObject({ exists: false, canLogin: false, openSessions: 0 });
  });
});

describe('scopes that say nothing here', () => {
  it.each([
    'orders:write',
    '',
    ' ',
    'SELECT ON',
    'EXECUTE ON TABLE sales.orders',
    'SELECT ON TABLE a.b.c',
    'SELECT ON SCHEMA a.b',
    'SELECT, INSERT ON sales.orders',
    'SELECT ON sales.orders; DROP TABLE sales.orders',
    'SELECT ON sales.orders FROM postgres --',
    'SELECT ON TABLE sales.orders()',
    'SELECT ON TABLE "sales',
    'SELECT ON TABLE ""',
    'SELECT  ON TABLE sales.orders',
    'SELECT ON TABLE sales.orders\u0000',
    'role name',
    'a"b',
    `${'x'.repeat(64)}`,
    'MEMBER OF sales',
    'EXECUTE ON FUNCTION sales.settle',
  ])('are not understood: %j', async (scope) => {
    expect(await codeOf(remove(scope))).toBe('scope_not_understood');
    expect(await codeOf(holds(scope))).toBe('scope_not_understood');
  });

  it.each([
    'SELECT ON sales.nothing',
    'no_such_role_here',
    'USAGE ON SCHEMA nowhere',
    'SELECT ON orders',
    '"Robert""; DROP"',
  ])('name what is not there, of which nobody can say that it is gone: %s', async (scope) => {
    expect(await codeOf(remove(scope))).toBe('object_unknown');
    expect(await codeOf(holds(scope))).toBe('object_unknown');
  });

  it('stay names, whatever is in them', async () => {
    const evil = `x"; DROP TABLE sales.orders; --`;
    const name = `"${evil.replaceAll('"', '""')}"`;
    await sql.query(
      `CREATE ROLE ${name}; GRANT ${name} TO ${account}; CREATE TABLE sales.${name} (id int); GRANT SELECT ON sales.${name} TO ${account}`,
    );
    await remove(name);
    await remove(`SELECT ON TABLE sales.${name}`);
    expect([await holds(name), await holds(`SELECT ON TABLE sales.${name}`)]).toEqual(
      Array(2).fill({ held: false, through: [] }),
    );
    await sql.query(`DROP TABLE sales.${name}; DROP ROLE ${name}`);
    await sql.query('SELECT FROM sales.orders');
  });
});

describe('a role of Muster’s that is no superuser', () => {
  it('takes away and closes what it was given to administer (docs/guides/targets.md)', async () => {
    const [owner, group] = [await server.role('owner'), await server.role('group')];
    const muster = await server.role('muster', `LOGIN CREATEROLE PASSWORD '${PASSWORD}'`);
    await sql.query(`
      GRANT pg_signal_backend, ${owner} TO ${muster};
      GRANT ${account}, ${group} TO ${muster} WITH ADMIN OPTION;
      GRANT USAGE ON SCHEMA sales TO ${owner};
      CREATE TABLE sales.${owner} (id int); ALTER TABLE sales.${owner} OWNER TO ${owner};
      GRANT SELECT ON sales.${owner} TO ${account}`);
    await sql.query(`SET ROLE ${muster}; GRANT ${group} TO ${account}; RESET ROLE`);
    const open = await server.signIn(account, PASSWORD);
    await remove(`SELECT ON sales.${owner}`, muster);
    expect(await holds(`SELECT ON sales.${owner}`)).toEqual({ held: false, through: [] });
    await within((inside) => inside.close(account), muster);
    expect(closedOutcome(await observe())).toMatchObject({ gone: true, remains: [] });
    await expect(open.query('SELECT 1')).rejects.toThrow();
    await sql.query(`REVOKE pg_signal_backend FROM ${muster}; DROP TABLE sales.${owner}`);
  });

  it('says that it may not where somebody else put the account into a role, and has ended its sessions by then', async () => {
    const group = await server.role('group');
    const muster = await server.role('muster', `LOGIN CREATEROLE PASSWORD '${PASSWORD}'`);
    await sql.query(`GRANT pg_signal_backend TO ${muster}; GRANT ${account}, ${group} TO ${muster} WITH ADMIN OPTION`);
    await sql.query(`GRANT ${group} TO ${account}`);
    const open = await server.signIn(account, PASSWORD);
    expect(await codeOf(within((inside) => inside.close(account), muster))).toBe('not_permitted');
    expect(closedOutcome(await observe()).remains).toEqual([`membership ${group}`]);
    await expect(open.query('SELECT 1')).rejects.toThrow();
    await sql.query(`REVOKE pg_signal_backend FROM ${muster}`);
  });
});

describe('what Muster’s role may do there', () => {
  it('is said in words: everything for a superuser, and what is missing for others', async () => {
    const weak = await server.role('weak', `LOGIN PASSWORD '${PASSWORD}'`);
    const able = async (user: string) =>
      Object.fromEntries((await within((inside) => inside.check(), user)).map(({ what, able }) => [what, able]));
    expect(await able(agent)).toEqual({ observe: true, remove: true, close: true, 'end-sessions': true });
    expect(await able(weak)).toEqual({ observe: true, remove: false, close: false, 'end-sessions': false });
    await sql.query(`ALTER ROLE ${weak} CREATEROLE; GRANT pg_signal_backend TO ${weak}`);
    expect(await able(weak)).toMatchObject({ close: true, 'end-sessions': true });
    await sql.query(`REVOKE pg_signal_backend FROM ${weak}`);
  });
});

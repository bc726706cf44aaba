import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Connection, createConnection } from 'mysql2/promise';
import { SystemClock } from '../../src/platform/index.js';
import type { TargetError } from '../../src/targets/index.js';
import { MariadbAdapter } from '../../src/targets/mysql/mariadb-adapter.js';
import { itSurvivesEveryDeath } from '../rotation/every-death.js';
import { RotationRoom } from '../rotation/room.js';
import { itKeepsTheContract } from '../targets/rotator-contract.js';
import { Judge } from './judge.js';
import { MariadbServer } from './mariadb-server.js';

jest.setTimeout(180_000);

const PASSWORD = randomBytes(24).toString('base64url');
const WAY = { addresses: ['127.0.0.1'], caCertificates: null, ownNetwork: true };
const adapter = new MariadbAdapter(new SystemClock());
const fresh = () => randomBytes(32).toString('base64url');

let server: MariadbServer;
let root: Connection;
let made = 0;

beforeAll(async () => {
  await new Judge('mariadbd', 'your system’s package mariadb-server, 10.5 or later').introduce('mariadbd', [
    '--version',
  ]);
  server = await MariadbServer.start();
  root = await server.root();
  // What docs/guides/targets.md says to grant, and nothing else.
  await root.query(`CREATE USER muster@'127.0.0.1' IDENTIFIED BY '${PASSWORD}'`);
  await root.query(`GRANT CREATE USER, PROCESS, CONNECTION ADMIN ON *.* TO muster@'127.0.0.1'`);
  await root.query(`GRANT SELECT ON mysql.global_priv TO muster@'127.0.0.1'`);
});
afterAll(async () => {
  await root?.end();
  await server?.remove();
});

const rotator = () => adapter.rotator(adapter.read(`mysql://muster:${PASSWORD}@127.0.0.1:${server.port}`), WAY);
const account = async (name = `account_${(made += 1)}`) => {
  await root.query(`CREATE USER ?@'%' ACCOUNT LOCK`, [name]);
  return name;
};
const signIn = (user: string, password: string) =>
  createConnection({ host: '127.0.0.1', port: server.port, user, password });
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: TargetError) => error.code,
  );

describe('deaths', () => {
  let room: RotationRoom;
  beforeAll(async () => {
    room = await RotationRoom.open();
  });
  afterAll(() => room?.close());

  itSurvivesEveryDeath(
    'accounts of MariaDB',
    () => room,
    () => ({ rotator, accounts: async () => [await account(), await account()] as const }),
  );
});

itKeepsTheContract('accounts of MariaDB', () => ({
  rotator,
  unreachable: () => adapter.rotator(adapter.read(`mysql://u:${fresh()}@127.0.0.1:1`), WAY),
  accounts: async () => [await account(), await account()],
  signIn: async ({ account, secret }) => {
    const client = await signIn(account, secret);
    client.on('error', () => undefined);
    return () => Promise.resolve(client.destroy());
  },
  hostile: ['', 'nobody', '@', '@%', `x'@'%`, 'x`; DROP USER root; --', `x\\' OR 1`, 'a\0b', 'x'.repeat(300), ' x'],
  secrets: [PASSWORD],
}));

describe('accounts of MariaDB', () => {
  it('keep their names, whatever is in them', async () => {
    for (const name of ['with`tick', `with'quote`, 'with\\slash', 'with"double', 'with space', 'with@at']) {
      const secret = fresh();
      await account(name);
      await rotator().create(`${name}@%`, secret, {}, null);
      expect(await rotator().prove({ account: `${name}@%`, keyId: null, secret })).toEqual({ works: true });
    }
  });

  it('have passwords that no statement told the server: its log of them has none', async () => {
    const secret = fresh();
    await rotator().create(await account(), secret, {}, null);
    expect(await readFile(server.generalLog, 'utf8')).not.toContain(secret);
  });

  it('are not a pair where both have one name', async () => {
    const name = await account();
    const beside = { account: `${name}@10.0.0.1`, keyId: null };
    expect(await codeOf(rotator().create(`${name}@%`, fresh(), {}, beside))).toBe('account_in_use');
  });

  it('are never the one that Muster works as', async () => {
    expect(await codeOf(rotator().create('muster@127.0.0.1', fresh(), {}, null))).toBe('account_reserved');
  });

  it('are looked at and closed, and Muster says what it may', async () => {
    const name = await account();
    await rotator().create(name, fresh(), {}, null);
    const within = <Result>(work: Parameters<typeof adapter.within<Result>>[2]) =>
      adapter.within(adapter.read(`mysql://muster:${PASSWORD}@127.0.0.1:${server.port}`), WAY, work);
    expect(await within((inside) => inside.observe(name))).toMatchObject({ exists: true, canLogin: true });
    expect((await within((inside) => inside.check())).map(({ able }) => able)).toEqual([true, false, true, true]);
    await within((inside) => inside.close(name));
    expect(await within((inside) => inside.observe(name))).toMatchObject({ exists: true, canLogin: false });
  });
});

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { SystemClock } from '../../src/platform/index.js';
import type { TargetError } from '../../src/targets/index.js';
import { RedisAdapter } from '../../src/targets/redis/redis-adapter.js';
import { itSurvivesEveryDeath } from '../rotation/every-death.js';
import { RotationRoom } from '../rotation/room.js';
import { itKeepsTheContract } from '../targets/rotator-contract.js';
import { Judge } from './judge.js';
import { RedisServer } from './redis-server.js';

jest.setTimeout(180_000);

const PASSWORD = randomBytes(24).toString('base64url');
const WAY = { addresses: ['127.0.0.1'], caCertificates: null, ownNetwork: true };
const adapter = new RedisAdapter(new SystemClock());
const fresh = () => randomBytes(32).toString('base64url');

let server: RedisServer;
let redis: Redis;
let made = 0;

beforeAll(async () => {
  const judge = new Judge('redis-server', 'your system’s package redis-server, 7.0 or later');
  await judge.introduce('redis-server', ['--version']);
  server = await RedisServer.startWithUsers(PASSWORD);
  redis = new Redis(server.url());
  await redis.call('ACL', 'SETUSER', 'muster', 'on', `>${PASSWORD}`, '+acl', '+client', '+role', '+auth');
});
afterAll(async () => {
  redis?.disconnect();
  await server?.remove();
});

const url = () => server.url().replace('redis://:', 'redis://muster:');
const rotator = () => adapter.rotator(adapter.read(url()), WAY);
const account = async (...rules: readonly string[]) => {
  const name = `account-${(made += 1)}`;
  await redis.call('ACL', 'SETUSER', name, 'on', '~*', '+@read', '+ping', '+client|setname', ...rules);
  return name;
};
const once = (name: string) => [name, name] as const;
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: TargetError) => error.code,
  );
const signIn = async (username: string, password: string) => {
  const client = new Redis({
    port: Number(new URL(server.url()).port),
    username,
    password,
    retryStrategy: () => null,
    disableClientInfo: true,
  });
  client.on('error', () => undefined);
  await client.ping();
  return client;
};

describe('deaths', () => {
  let room: RotationRoom;
  beforeAll(async () => {
    room = await RotationRoom.open();
  });
  afterAll(() => room?.close());

  itSurvivesEveryDeath(
    'users of Redis',
    () => room,
    () => ({ rotator, accounts: async () => once(await account()) }),
  );
});

itKeepsTheContract('users of Redis', () => ({
  rotator,
  unreachable: () => adapter.rotator(adapter.read(`redis://u:${fresh()}@127.0.0.1:1`), WAY),
  accounts: async () => once(await account()),
  signIn: async ({ account, secret }) => {
    const client = await signIn(account, secret);
    return () => Promise.resolve(client.disconnect());
  },
  hostile: ['', 'nobody', 'a b', 'x\r\nFLUSHALL', 'on >x', '\0', 'x'.repeat(300)],
  secrets: [PASSWORD],
}));

describe('users of Redis', () => {
  it('are known again by their new password after the server started anew', async () => {
    const name = await account();
    const secret = fresh();
    await rotator().create(name, secret);
    await server.halt();
    await server.run();
    expect(await rotator().prove({ account: name, keyId: null, secret })).toEqual({ works: true });
  });

  it('lose what was there before Muster, which has no name, and nothing that is to go on', async () => {
    const name = await account('>left-by-somebody', '>another');
    const next = { account: name, ...(await rotator().create(name, fresh())) };
    const unknown = { account: name, keyId: null, secret: '' };
    expect(await codeOf(rotator().revoke(unknown, null))).toBe('account_in_use');
    await rotator().revoke(unknown, next);
    expect(await rotator().prove(next)).toEqual({ works: true });
    await expect(signIn(name, 'another')).rejects.toThrow();
  });

  it('are not given a password where any would do, as that would shut out whoever has none', async () => {
    expect(await codeOf(rotator().create(await account('nopass'), fresh()))).toBe('account_open');
  });

  it('are refused where the server would forget them', async () => {
    const forgetful = await RedisServer.start(PASSWORD);
    const client = new Redis(forgetful.url());
    await client.call('ACL', 'SETUSER', 'account', 'on');
    client.disconnect();
    const there = adapter.rotator(adapter.read(forgetful.url()), WAY);
    expect(await codeOf(there.create('account', fresh()))).toBe('not_lasting');
    await forgetful.remove();
  });

  it('are looked at and closed, and Muster says what it may', async () => {
    const name = await account(`>${fresh()}`);
    const within = <Result>(work: Parameters<typeof adapter.within<Result>>[2]) =>
      adapter.within(adapter.read(url()), WAY, work);
    expect(await within((inside) => inside.observe(name))).toMatchObject({ exists: true, canLogin: true });
    expect((await within((inside) => inside.check())).map(({ what, able }) => [what, able])).toEqual([
      ['observe', true],
      ['remove', false],
      ['close', true],
      ['end-sessions', true],
    ]);
    await within((inside) => inside.close(name));
    expect(await within((inside) => inside.observe(name))).toMatchObject({ exists: true, canLogin: false });
    expect(await codeOf(within((inside) => inside.close('muster')))).toBe('account_reserved');
    expect(await codeOf(within((inside) => inside.holds(name, '+get')))).toBe('not_supported');
  });
});

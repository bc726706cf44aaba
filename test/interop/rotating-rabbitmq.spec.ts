import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { EgressClient, Resolver, SystemClock } from '../../src/platform/index.js';
import type { TargetError } from '../../src/targets/index.js';
import { RabbitmqAdapter } from '../../src/targets/rabbitmq/rabbitmq-adapter.js';
import { itSurvivesEveryDeath } from '../rotation/every-death.js';
import { RotationRoom } from '../rotation/room.js';
import { itKeepsTheContract } from '../targets/rotator-contract.js';
import { signInByAmqp } from './amqp.js';
import { RabbitmqServer } from './rabbitmq-server.js';

jest.setTimeout(240_000);

const WAY = { addresses: ['127.0.0.1'], caCertificates: null, ownNetwork: true };
const egress = new EgressClient({ allowedNetworks: [], plainHttp: [] }, new Resolver());
const adapter = new RabbitmqAdapter(new SystemClock(), egress);
const fresh = () => randomBytes(32).toString('base64url');

let server: RabbitmqServer;
let made = 0;

beforeAll(async () => {
  server = await RabbitmqServer.start();
  const overview = (await (await server.ask('GET', '/api/overview')).json()) as { readonly rabbitmq_version: string };
  process.stderr.write(`judge: rabbitmq-server ${overview.rabbitmq_version}\n`);
});
afterAll(() => server?.remove());

const rotator = () => adapter.rotator(adapter.read(server.url), WAY);
const account = async (name = `account-${(made += 1)}`, tags = '') => {
  const path = encodeURIComponent(name);
  await server.ask('PUT', `/api/users/${path}`, { password_hash: '', tags });
  await server.ask('PUT', `/api/permissions/%2F/${path}`, { configure: '.*', write: '.*', read: '.*' });
  return name;
};
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: TargetError) => error.code,
  );
/** Until the broker's statistics know of it. */
const listed = async (name: string) => {
  for (let found = 0; found === 0; await sleep(100))
    found = (await rotator().usage({ account: name, keyId: null })).callers.length;
};

describe('deaths', () => {
  let room: RotationRoom;
  beforeAll(async () => {
    room = await RotationRoom.open();
  });
  afterAll(() => room?.close());

  itSurvivesEveryDeath(
    'users of RabbitMQ',
    () => room,
    () => ({ rotator, accounts: async () => [await account(), await account()] as const }),
  );
});

itKeepsTheContract('users of RabbitMQ', () => ({
  rotator,
  unreachable: () => adapter.rotator(adapter.read(`http://u:${fresh()}@127.0.0.1:1`), WAY),
  accounts: async () => [await account(), await account()],
  signIn: async ({ account, secret }) => {
    const socket = await signInByAmqp(server.amqpPort, account, secret);
    await listed(account);
    return () => Promise.resolve(socket.destroy());
  },
  hostile: ['', 'nobody', '..', '../users/root', 'a/b', 'a%2Fb', 'a:b', 'a\r\nb', 'x'.repeat(300), '?x', '#x'],
  secrets: [server?.password ?? fresh()],
}));

describe('users of RabbitMQ', () => {
  it('sign in by AMQP with what was made for them, and not with what was withdrawn', async () => {
    const name = await account();
    const next = { account: name, ...(await rotator().create(name, fresh(), {}, null)) };
    const socket = await signInByAmqp(server.amqpPort, name, next.secret);
    await listed(name);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await rotator().revoke(next, null);
    await closed;
    await expect(signInByAmqp(server.amqpPort, name, next.secret)).rejects.toThrow();
  });

  it.each(['', 'management', 'monitoring', 'policymaker'])('are proved, and keep their tags: %j', async (tags) => {
    const name = await account(undefined, tags);
    const next = { account: name, ...(await rotator().create(name, fresh(), {}, null)) };
    expect(await rotator().prove(next)).toEqual({ works: true });
    const { memberships } = await adapter.within(adapter.read(server.url), WAY, (inside) => inside.observe(name));
    expect(memberships).toEqual(tags === '' ? [] : [tags]);
    await rotator().revoke(next, null);
    expect(await rotator().prove(next)).toEqual({ works: false, code: 'refused' });
  });

  it('are never the one that Muster works as', async () => {
    expect(await codeOf(rotator().create('root', fresh(), {}, null))).toBe('account_reserved');
  });

  it('are looked at and closed, and Muster says what it may', async () => {
    const name = await account();
    await rotator().create(name, fresh(), {}, null);
    const within = <Result>(work: Parameters<typeof adapter.within<Result>>[2]) =>
      adapter.within(adapter.read(server.url), WAY, work);
    expect(await within((inside) => inside.observe(name))).toMatchObject({ exists: true, canLogin: true });
    expect((await within((inside) => inside.check())).map(({ able }) => able)).toEqual([true, false, true, true]);
    await within((inside) => inside.close(name));
    expect(await within((inside) => inside.observe(name))).toMatchObject({ exists: true, canLogin: false });
  });
});

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { SystemClock } from '../../src/platform/index.js';
import type { Rotator, TargetError } from '../../src/targets/index.js';
import { MariadbAdapter } from '../../src/targets/mysql/mariadb-adapter.js';
import { RedisAdapter } from '../../src/targets/redis/redis-adapter.js';
import { selfSigned } from '../targets/certificate.js';
import type { Identity } from '../targets/server.js';
import { MariadbServer } from './mariadb-server.js';
import { RedisServer } from './redis-server.js';

jest.setTimeout(180_000);

/** Over TLS, Redis and MariaDB prove the name in the URL, by the authorities that are believed there and no others. */

const NAME = 'data.muster.test';
const PASSWORD = randomBytes(24).toString('base64url');
const ACCOUNT = 'orders_b';
const secret = randomBytes(32).toString('base64url');

type Kind = 'redis' | 'mariadb';
interface Place {
  readonly scheme: string;
  readonly port: number;
  readonly adapter: RedisAdapter | MariadbAdapter;
}

let identity: Identity;
let other: Identity;
let redis: RedisServer;
let mariadb: MariadbServer;
const places: Partial<Record<Kind, Place>> = {};

beforeAll(async () => {
  [identity, other] = [await selfSigned(NAME), await selfSigned(NAME)];
  redis = await RedisServer.startWithUsers(PASSWORD, identity);
  const port = Number(new URL(redis.url()).port);
  const client = new Redis({ port, password: PASSWORD, tls: { ca: identity.cert, servername: NAME } });
  await client.call('ACL', 'SETUSER', 'muster', 'on', `>${PASSWORD}`, '+acl', '+client', '+role', '+auth');
  await client.call('ACL', 'SETUSER', ACCOUNT, 'on', '~*', '+@read', '+ping');
  client.disconnect();
  mariadb = await MariadbServer.start(identity);
  const root = await mariadb.root();
  await root.query(`CREATE USER muster@'127.0.0.1' IDENTIFIED BY '${PASSWORD}' REQUIRE SSL`);
  await root.query(`GRANT CREATE USER, PROCESS, CONNECTION ADMIN ON *.* TO muster@'127.0.0.1'`);
  await root.query(`GRANT SELECT ON mysql.global_priv TO muster@'127.0.0.1'`);
  await root.query(`CREATE USER ${ACCOUNT}@'%' REQUIRE SSL ACCOUNT LOCK`);
  await root.end();
  places.redis = { scheme: 'rediss', port, adapter: new RedisAdapter(new SystemClock()) };
  places.mariadb = { scheme: 'mysqls', port: mariadb.port, adapter: new MariadbAdapter(new SystemClock()) };
});
afterAll(async () => {
  await redis?.remove();
  await mariadb?.remove();
});

function rotator(kind: Kind, host = NAME, believed = identity): Rotator {
  const { scheme, port, adapter } = places[kind]!;
  const way = { addresses: ['127.0.0.1'], caCertificates: believed.cert, ownNetwork: true };
  return adapter.rotator(adapter.read(`${scheme}://muster:${PASSWORD}@${host}:${port}`), way);
}
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: TargetError) => error.code,
  );

describe.each<Kind>(['redis', 'mariadb'])('%s over TLS', (kind) => {
  it('rotates where it proves its name', async () => {
    const before = await rotator(kind).survey(ACCOUNT);
    const made = await rotator(kind).create(ACCOUNT, secret, before, null);
    const credential = { account: ACCOUNT, ...made };
    expect(await rotator(kind).prove(credential)).toEqual({ works: true });
    await rotator(kind).revoke(credential, null);
    expect(await rotator(kind).prove(credential)).toEqual({ works: false, code: 'refused' });
  });

  it('is asked nothing where it proves another name, or by an authority that is not believed there', async () => {
    expect(await codeOf(rotator(kind, 'elsewhere.muster.test').survey(ACCOUNT))).toBe('target_untrusted');
    expect(await codeOf(rotator(kind, NAME, other).survey(ACCOUNT))).toBe('target_untrusted');
    expect(await codeOf(rotator(kind, '127.0.0.1').survey(ACCOUNT))).toBe('target_untrusted');
  });
});

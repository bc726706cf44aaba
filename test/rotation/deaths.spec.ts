import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { EgressClient, Resolver, SystemClock } from '../../src/platform/index.js';
import { KubernetesAdapter } from '../../src/targets/kubernetes/kubernetes-adapter.js';
import { MysqlAdapter } from '../../src/targets/mysql/mysql-adapter.js';
import { Looks } from '../../src/targets/postgresql/looks.js';
import { PostgresqlAdapter } from '../../src/targets/postgresql/postgresql-adapter.js';
import { WebhookAdapter } from '../../src/targets/webhook/webhook-adapter.js';
import { FakeCluster } from '../targets/fake-cluster.js';
import { FakeEndpoint } from '../targets/fake-endpoint.js';
import { FakeMysql } from '../targets/fake-mysql.js';
import { propose } from './dying-worker.js';
import { itSurvivesEveryDeath } from './every-death.js';
import { RotationRoom } from './room.js';

/**
 * Every crash point of every step, by number, on every target that can be had in this process: PostgreSQL is real, the others are
 * what their contract is tried on. On a real Redis, MariaDB, RabbitMQ and moto's AWS the same is done by `npm run test:interop`,
 * and on Muster's own certificates by certificates.spec.ts.
 */

const WAY = { addresses: ['127.0.0.1'], caCertificates: null, ownNetwork: true };
const clock = new SystemClock();
const egress = new EgressClient({ allowedNetworks: [], plainHttp: [] }, new Resolver());
const postgresql = new PostgresqlAdapter(clock, new Looks(0));
const kubernetes = new KubernetesAdapter(clock, egress);
const webhook = new WebhookAdapter(clock, egress);
const cluster = new FakeCluster();
const endpoint = new FakeEndpoint();
const mysql = new FakeMysql();
const mysqls = new MysqlAdapter(clock, mysql.connecting);
const twice = (name: string): Promise<readonly [string, string]> => Promise.resolve([name, name]);

let room: RotationRoom;
let clusterUrl: string;
let endpointUrl: string;

beforeAll(async () => {
  [room, clusterUrl, endpointUrl] = await Promise.all([RotationRoom.open(), cluster.api.start(), endpoint.start()]);
  cluster.accounts.add('orders/worker');
  endpoint.accounts.set('worker', new Map());
  mysql.add('worker', propose());
});
afterAll(async () => {
  await Promise.all([room?.close(), cluster.api.stop(), endpoint.stop()]);
});

itSurvivesEveryDeath(
  'pairs of PostgreSQL roles',
  () => room,
  () => ({
    rotator: () => postgresql.rotator(postgresql.read(room.server.superuserUrl), WAY),
    accounts: () => room.server.pair(),
  }),
);

itSurvivesEveryDeath(
  'the two passwords of an account of MySQL',
  () => room,
  () => ({
    rotator: () => mysqls.rotator(mysqls.read(`mysqls://muster:${mysql.password}@db.test:3306`), WAY),
    accounts: () => twice('worker'),
  }),
);

itSurvivesEveryDeath(
  'tokens of ServiceAccounts',
  () => room,
  () => ({
    rotator: () => kubernetes.rotator(kubernetes.read(clusterUrl.replace('//', `//muster:${cluster.token}@`)), WAY),
    accounts: () => twice('orders/worker'),
  }),
);

itSurvivesEveryDeath(
  'keys of an endpoint of one’s own',
  () => room,
  () => ({
    rotator: () => webhook.rotator(webhook.read(`${endpointUrl}?pairing=keys`), WAY),
    accounts: () => twice('worker'),
  }),
);

it('nothing failed that nobody foresaw', () => {
  expect(room.failures).toEqual([]);
});

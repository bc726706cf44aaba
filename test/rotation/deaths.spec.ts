import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { EgressClient, Resolver, SystemClock } from '../../src/platform/index.js';
import { AwsIamAdapter } from '../../src/targets/aws-iam/aws-iam-adapter.js';
import { KubernetesAdapter } from '../../src/targets/kubernetes/kubernetes-adapter.js';
import { MariadbAdapter } from '../../src/targets/mysql/mariadb-adapter.js';
import { MysqlAdapter } from '../../src/targets/mysql/mysql-adapter.js';
import { Looks } from '../../src/targets/postgresql/looks.js';
import { PostgresqlAdapter } from '../../src/targets/postgresql/postgresql-adapter.js';
import { RabbitmqAdapter } from '../../src/targets/rabbitmq/rabbitmq-adapter.js';
import { RedisAdapter } from '../../src/targets/redis/redis-adapter.js';
import { WebhookAdapter } from '../../src/targets/webhook/webhook-adapter.js';
import { FakeCluster } from '../targets/fake-cluster.js';
import { FakeEndpoint } from '../targets/fake-endpoint.js';
import { FakeIam } from '../targets/fake-iam.js';
import { FakeMariadb } from '../targets/fake-mariadb.js';
import { FakeMysql } from '../targets/fake-mysql.js';
import { FakeRabbit } from '../targets/fake-rabbit.js';
import { FakeRedis } from '../targets/fake-redis.js';
import type { Bench } from '../targets/rotator-contract.js';
import { propose } from './dying-worker.js';
import { itSurvivesEveryDeath } from './every-death.js';
import { RotationRoom } from './room.js';

/**
 * Every crash point of every step, by number, on every kind of target: PostgreSQL is real, the others say what their makers'
 * documentation says. On a real Redis, MariaDB, RabbitMQ and moto's AWS the same is done by `npm run test:interop`, and on
 * Muster's own certificates by certificates.spec.ts. The way back from a cancelled run is one for all: it is tried on PostgreSQL.
 */

const WAY = { addresses: ['127.0.0.1'], caCertificates: null, ownNetwork: true };
const clock = new SystemClock();
const egress = new EgressClient({ allowedNetworks: [], plainHttp: [] }, new Resolver());
const twice = (name: string): Promise<readonly [string, string]> => Promise.resolve([name, name]);
const pair = (): Promise<readonly [string, string]> => Promise.resolve(['blue', 'green']);

const postgresql = new PostgresqlAdapter(clock, new Looks(0));
const [mysql, mariadb] = [new FakeMysql(), new FakeMariadb()];
const [mysqls, mariadbs] = [new MysqlAdapter(clock, mysql.connecting), new MariadbAdapter(clock, mariadb.connecting)];
const [redis, rediss] = [new FakeRedis(), new RedisAdapter(clock)];
const [rabbit, rabbits] = [new FakeRabbit(), new RabbitmqAdapter(clock, egress)];
const [iam, iams] = [new FakeIam(), new AwsIamAdapter(clock, egress)];
const [cluster, clusters] = [new FakeCluster(), new KubernetesAdapter(clock, egress)];
const [endpoint, endpoints] = [new FakeEndpoint(), new WebhookAdapter(clock, egress)];

let room: RotationRoom;
const urls = { redis: '', rabbit: '', iam: '', cluster: '', endpoint: '' };

beforeAll(async () => {
  mysql.add('worker', propose());
  for (const name of ['blue', 'green']) {
    mariadb.add(name);
    rabbit.users.set(name, '');
  }
  redis.users.set('worker', new Set());
  iam.users.add('worker');
  cluster.accounts.add('orders/worker');
  endpoint.accounts.set('worker', new Map());
  [room, urls.redis, urls.rabbit, urls.iam, urls.cluster, urls.endpoint] = await Promise.all([
    ...([RotationRoom.open(), redis.start(), rabbit.api.start(), iam.start(), cluster.api.start()] as const),
    endpoint.start(),
  ]);
});
afterAll(async () => {
  await Promise.all([redis.stop(), rabbit.api.stop(), iam.stop(), cluster.api.stop(), endpoint.stop(), room?.close()]);
});

const as = (url: string, password: string) => url.replace('//', `//muster:${password}@`);

const BENCHES: readonly (readonly [kind: string, Pick<Bench, 'rotator' | 'accounts'>])[] = [
  [
    'pairs of PostgreSQL roles',
    {
      rotator: () => postgresql.rotator(postgresql.read(room.server.superuserUrl), WAY),
      accounts: () => room.server.pair(),
    },
  ],
  [
    'the two passwords of an account of MySQL',
    {
      rotator: () => mysqls.rotator(mysqls.read(`mysqls://muster:${mysql.password}@db.test:3306`), WAY),
      accounts: () => twice('worker'),
    },
  ],
  [
    'pairs of MariaDB accounts',
    {
      rotator: () => mariadbs.rotator(mariadbs.read(`mysqls://muster:${mariadb.password}@db.test:3306`), WAY),
      accounts: pair,
    },
  ],
  [
    'passwords of a user of Redis',
    { rotator: () => rediss.rotator(rediss.read(urls.redis), WAY), accounts: () => twice('worker') },
  ],
  [
    'pairs of RabbitMQ users',
    { rotator: () => rabbits.rotator(rabbits.read(as(urls.rabbit, rabbit.password)), WAY), accounts: pair },
  ],
  ['access keys of AWS', { rotator: () => iams.rotator(iams.read(urls.iam), WAY), accounts: () => twice('worker') }],
  [
    'tokens of ServiceAccounts',
    {
      rotator: () => clusters.rotator(clusters.read(as(urls.cluster, cluster.token)), WAY),
      accounts: () => twice('orders/worker'),
    },
  ],
  [
    'keys of an endpoint of one’s own',
    {
      rotator: () => endpoints.rotator(endpoints.read(`${urls.endpoint}?pairing=keys`), WAY),
      accounts: () => twice('worker'),
    },
  ],
];

for (const [kind, bench] of BENCHES)
  itSurvivesEveryDeath(
    kind,
    () => room,
    () => bench,
    { andBack: bench === BENCHES[0]![1] },
  );

it('nothing failed that nobody foresaw', () => {
  expect(room.failures).toEqual([]);
});

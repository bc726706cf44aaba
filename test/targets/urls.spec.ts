import { describe, expect, it } from '@jest/globals';
import { EgressClient, Resolver, SystemClock } from '../../src/platform/index.js';
import { AwsIamAdapter } from '../../src/targets/aws-iam/aws-iam-adapter.js';
import type { Adapter } from '../../src/targets/domain/adapter.js';
import { KubernetesAdapter } from '../../src/targets/kubernetes/kubernetes-adapter.js';
import { MariadbAdapter } from '../../src/targets/mysql/mariadb-adapter.js';
import { MysqlAdapter } from '../../src/targets/mysql/mysql-adapter.js';
import { RabbitmqAdapter } from '../../src/targets/rabbitmq/rabbitmq-adapter.js';
import { RedisAdapter } from '../../src/targets/redis/redis-adapter.js';

/** What of a URL is taken, whatever kind of system it is of: one right one, and one thing changed in each row. */

const clock = new SystemClock();
const egress = new EgressClient({ allowedNetworks: [], plainHttp: [] }, new Resolver());
const KINDS: readonly (readonly [string, Adapter, string, string])[] = [
  ['Redis', new RedisAdapter(clock), 'rediss://user:hunter2@host.test:6379', 'host.test:6379 as user'],
  ['MariaDB', new MariadbAdapter(clock), 'mysqls://user:hunter2@host.test', 'host.test:3306 as user'],
  ['MySQL', new MysqlAdapter(clock), 'mysqls://user:hunter2@host.test', 'host.test:3306 as user'],
  ['RabbitMQ', new RabbitmqAdapter(clock, egress), 'https://user:hunter2@host.test', 'host.test:15671 as user'],
  ['AWS', new AwsIamAdapter(clock, egress), 'https://AKIA:hunter2@iam.amazonaws.com', 'iam.amazonaws.com:443 as AKIA'],
  ['Kubernetes', new KubernetesAdapter(clock, egress), 'https://user:hunter2@host.test', 'host.test:6443 as user'],
];

describe.each(KINDS)('a URL of %s', (_kind, adapter, url, place) => {
  it('says where it is and as whom, and its password nowhere', () => {
    const access = adapter.read(url);
    expect(access).toMatchObject({ place, verified: true });
    expect(access.place).not.toContain('hunter2');
  });

  it.each<readonly [string, (url: string) => string]>([
    ['no password', (one) => one.replace(':hunter2', '')],
    ['an empty password', (one) => one.replace('hunter2', '')],
    ['half an escape', (one) => one.replace('hunter2', 'hunter2%zz')],
    ['a NUL', (one) => one.replace('hunter2', 'hunter2%00')],
    ['a line end', (one) => one.replace('hunter2', 'hunter2%0d%0aHost:x')],
    ['another scheme', (one) => one.replace(/^[a-z]+:/, 'ftp:')],
    ['a file', (one) => one.replace(/^[a-z]+:/, 'file:')],
    ['a fragment', (one) => `${one}#x`],
    ['a parameter that nobody knows', (one) => `${one}?ca=/etc/passwd`],
    ['a path', (one) => `${one}/etc/passwd`],
    ['port nought', (one) => one.replace(/(\.test|\.com)(:\d+)?$/, '$1:0')],
    ['several hosts', (one) => one.replace(/(\.test|\.com)/, '$1,other.test')],
    ['a host of signs', (one) => one.replace(/@[^/]+/, '@-x-')],
    ['no host', (one) => one.replace(/@.*/, '@')],
    ['too long a text', (one) => one.replace('hunter2', 'x'.repeat(9000))],
    ['nothing', () => ''],
  ])('is refused with %s, and nothing of it is repeated', (_what, change) => {
    let thrown: unknown;
    try {
      adapter.read(change(url));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'url_invalid' });
    expect(String(thrown)).not.toContain('hunter2');
  });
});

describe('a URL of AWS', () => {
  const adapter = new AwsIamAdapter(clock, egress);
  it.each([
    'sts=evil.test',
    'sts=sts.amazonaws.com.evil.test',
    'sts=evilamazonaws.com',
    'region=us%20east',
    'region=../x',
  ])('names no STS of another domain, and no region that is none: %s', (parameter) => {
    expect(() => adapter.read(`https://AKIA:hunter2@iam.amazonaws.com?${parameter}`)).toThrow(/no URL|STS/);
  });

  it('knows STS beside IAM, in China too', () => {
    const read = (url: string) => adapter.read(url).sts.host;
    expect(read('https://AKIA:x@iam.amazonaws.com')).toBe('sts.amazonaws.com');
    expect(read('https://AKIA:x@iam.cn-north-1.amazonaws.com.cn?region=cn-north-1')).toBe(
      'sts.cn-north-1.amazonaws.com.cn',
    );
  });
});

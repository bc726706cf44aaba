import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EgressClient, Resolver, SystemClock } from '../../src/platform/index.js';
import { KubernetesAdapter } from '../../src/targets/kubernetes/kubernetes-adapter.js';
import { FakeCluster } from './fake-cluster.js';
import { itKeepsTheContract } from './rotator-contract.js';

const WAY = { addresses: ['127.0.0.1'], caCertificates: null, ownNetwork: true };
const egress = new EgressClient({ allowedNetworks: [], plainHttp: [] }, new Resolver());
const adapter = new KubernetesAdapter(new SystemClock(), egress);
const fresh = () => randomBytes(32).toString('base64url');
const cluster = new FakeCluster();

let url: string;
let made = 0;

beforeAll(async () => {
  url = (await cluster.api.start()).replace('//', `//muster:${cluster.token}@`);
});
afterAll(() => cluster.api.stop());

const rotator = () => adapter.rotator(adapter.read(`${url}/?lifetimeSeconds=7200`), WAY);
const account = () => {
  const name = `orders/account-${(made += 1)}`;
  cluster.accounts.add(name);
  return name;
};

itKeepsTheContract('tokens of ServiceAccounts', () => ({
  rotator,
  unreachable: () => adapter.rotator(adapter.read(`http://u:${fresh()}@127.0.0.1:1`), WAY),
  accounts: () => {
    const name = account();
    return Promise.resolve([name, name] as const);
  },
  hostile: ['', 'nobody', 'orders/nobody', 'orders/../x', '../orders/x', 'a/b/c', 'a%2Fb/c', 'a/b?x', 'A/b', 'a/b\n'],
  secrets: [cluster.token],
}));

describe('tokens of ServiceAccounts', () => {
  it('live as long as was asked for, and say when they end', async () => {
    const next = await rotator().create(account(), fresh());
    const seconds = (next.expiresAt!.getTime() - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(7000);
    expect(seconds).toBeLessThanOrEqual(7200);
  });

  it('have no evidence of their use: the wait is their longest life, or for ever where one never ends', async () => {
    const name = account();
    expect(await rotator().longestLifeSeconds(name)).toBe(7200);
    cluster.addEndless('orders', name.split('/')[1]!, 'old-token');
    cluster.addEndless('orders', 'another', 'of-another');
    expect(await rotator().longestLifeSeconds(name)).toBeNull();
    await rotator().revoke({ account: name, keyId: null, secret: '' }, null);
    expect(await rotator().longestLifeSeconds(name)).toBe(7200);
    expect(cluster.secrets.has('orders/of-another')).toBe(true);
  });

  it('end with the Secret that they are bound to, which holds nothing, also where one of its name is made again', async () => {
    const [name, proposed] = [account(), fresh()];
    const next = { account: name, ...(await rotator().create(name, proposed)) };
    await rotator().revoke(next, null);
    await rotator().create(name, proposed);
    expect(await rotator().prove(next)).toEqual({ works: false, code: 'refused' });
    for (const { data } of cluster.secrets.values() as Iterable<{ data?: object }>) expect(data).toBeUndefined();
  });

  it('are never bound to a Secret that somebody else made', async () => {
    const [name, proposed] = [account(), fresh()];
    const next = await rotator().create(name, proposed);
    const place = `orders/${next.keyId}`;
    cluster.secrets.set(place, { metadata: { name: next.keyId, uid: 'x' } });
    await expect(rotator().create(name, proposed)).rejects.toMatchObject({ code: 'target_failed' });
    expect(cluster.secrets.has(place)).toBe(true);
  });

  it.each([401, 403, 429, 500, 503])('fail with a code where the API answers %d', async (status) => {
    const name = account();
    cluster.api.broken = status;
    const codes = {
      401: 'access_refused',
      403: 'not_permitted',
      429: 'target_busy',
      500: 'target_failed',
      503: 'target_busy',
    };
    await expect(rotator().create(name, fresh())).rejects.toMatchObject({ code: codes[status as 401] });
    cluster.api.broken = undefined;
  });
});

import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { EgressClient, Resolver, SystemClock } from '../../src/platform/index.js';
import { signatureOf } from '../../src/targets/webhook/endpoint.js';
import { WebhookAdapter } from '../../src/targets/webhook/webhook-adapter.js';
import { FakeEndpoint } from './fake-endpoint.js';
import { itKeepsTheContract } from './rotator-contract.js';

const WAY = { addresses: ['127.0.0.1'], caCertificates: null, ownNetwork: true };
const egress = new EgressClient({ allowedNetworks: [], plainHttp: [] }, new Resolver());
const adapter = new WebhookAdapter(new SystemClock(), egress);
const fresh = () => randomBytes(32).toString('base64url');
const endpoint = new FakeEndpoint();

let url: string;
let made = 0;

beforeAll(async () => {
  url = await endpoint.start();
});
afterAll(() => endpoint.stop());
afterEach(() => (endpoint.instead = undefined));

const rotator = () => adapter.rotator(adapter.read(`${url}?pairing=keys`), WAY);
const account = () => {
  const name = `account ${(made += 1)}`;
  endpoint.accounts.set(name, new Map());
  return name;
};

itKeepsTheContract('an endpoint of one’s own', () => ({
  rotator,
  unreachable: () => adapter.rotator(adapter.read(url.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1')), WAY),
  accounts: () => {
    const name = account();
    return Promise.resolve([name, name] as const);
  },
  hostile: ['nobody', '', 'a\r\nb', 'x'.repeat(300)],
  secrets: [endpoint.secret, endpoint.key.toString('base64')],
}));

describe('an endpoint of one’s own', () => {
  it('is asked in a form that is signed (Standard Webhooks, “Signature scheme”)', () => {
    // The example of the specification's own libraries.
    const signature = signatureOf(
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      '1614265330',
      '{"test": 2432232314}',
    );
    expect(signature).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('knows again what it was asked already', async () => {
    const [name, proposed] = [account(), fresh()];
    await rotator().create(name, proposed, {}, null);
    await rotator().create(name, proposed, {}, null);
    const ids = endpoint.seen.filter(({ asked }) => asked.data.secret === proposed).map(({ id }) => id);
    expect(new Set(ids).size).toBe(1);
  });

  it.each<readonly [string, string]>([
    ['nothing', ''],
    ['no JSON', '<html>'],
    ['another shape', '{"works":"yes"}'],
    ['more than is known', '{"works":true,"secret":"x"}'],
    ['a list', '[]'],
    ['null', 'null'],
  ])('is not believed where it answers %s', async (_what, body) => {
    endpoint.instead = { status: 200, body };
    await expect(rotator().prove({ account: account(), keyId: null, secret: fresh() })).rejects.toMatchObject({
      code: 'target_failed',
    });
  });

  const said = { coverage: 'complete', gaps: [], completeSince: '2026-01-01T00:00:00Z', lagSeconds: 0, callers: [] };
  it.each<readonly [string, object]>([
    ['a coverage that nobody knows', { coverage: 'total' }],
    ['an instant that is none', { completeSince: 'yesterday' }],
    ['a lag below nought', { lagSeconds: -1 }],
    ['a caller without an address', { callers: [{ application: null }] }],
    ['too many callers', { callers: Array.from({ length: 1001 }, () => ({})) }],
    ['something else beside', { permitted: true }],
  ])('gives no evidence by %s', async (_what, changed) => {
    endpoint.instead = { status: 200, body: JSON.stringify({ ...said, ...changed }) };
    await expect(rotator().usage({ account: account(), keyId: null }, new Date())).rejects.toMatchObject({
      code: 'target_failed',
    });
  });

  it('permits nothing by evidence that does not say since when it is whole', async () => {
    endpoint.instead = { status: 200, body: JSON.stringify({ ...said, completeSince: null }) };
    const usage = await rotator().usage({ account: account(), keyId: null }, new Date());
    expect(usage).toMatchObject({ coverage: 'sampled', completeSince: null });
    expect(usage.gaps.length).toBe(1);
  });

  it.each<readonly [string, (url: string) => string]>([
    ['no signing secret', (one) => one.replace(/:whsec[^@]*@/, ':hunter2hunter2hunter2@')],
    ['a short one', (one) => one.replace(/:whsec[^@]*@/, ':whsec_c2hvcnQ%3D@')],
    ['a pairing that nobody knows', (one) => `${one}?pairing=trust`],
    ['another parameter', (one) => `${one}?x=y`],
    ['a fragment', (one) => `${one}#x`],
    ['another scheme', (one) => one.replace('http:', 'ftp:')],
  ])('is not registered with %s, and nothing of it is repeated', (_what, change) => {
    const changed = change(url);
    expect(() => adapter.read(changed)).toThrow(/Give|Say/);
    try {
      adapter.read(changed);
    } catch (error) {
      expect(String(error)).not.toContain(new URL(changed).password || 'nothing');
    }
  });
});

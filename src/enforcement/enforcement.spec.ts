import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeService, tlsIdentity, TRUST_DOMAIN } from '../../test/enforcement/fake-service.js';
import { GuardedServer } from '../../test/enforcement/guarded-server.js';
import { TestAuthority } from '../../test/pki/authority.js';
import { certificateThumbprint, encodeCertificatePem, parseCertificate } from '../crypto/index.js';
import { createEnforcement, type Ask, type Enforcement, type EnforcementEvent } from './index.js';

const BOT = `spiffe://${TRUST_DOMAIN}/bot`;
const service = new FakeService();
const { issuing } = service;
const point = tlsIdentity(issuing.issueSvid(`spiffe://${TRUST_DOMAIN}/point`), issuing.der);
const server = tlsIdentity(issuing.issueServer(['localhost']), issuing.der);

let skewMilliseconds = 0;
let events: EnforcementEvent[] = [];
let enforcement: Enforcement;
let guarded: GuardedServer;
let ask: Partial<Ask> = {};

const instruments = {
  now: () => new Date(Date.now() + skewMilliseconds),
  monotonic: () => performance.now() + skewMilliseconds,
  random: () => 0,
};

function make(more: object = {}): Enforcement {
  return createEnforcement({
    point: 'orders-1',
    service: service.urls,
    root: service.rootPem,
    trustDomain: TRUST_DOMAIN,
    credentials: () => point,
    audience: 'orders',
    reportEverySeconds: 3600,
    onEvent: (event) => events.push(event),
    instruments,
    ...more,
  });
}

/** A workload with a certificate of its own. */
function caller(spiffeId = BOT, times = {}) {
  const issued = issuing.issueSvid(spiffeId, times);
  const certificate = parseCertificate(issued.der);
  const thumbprint = certificateThumbprint(certificate);
  return { ...tlsIdentity(issued, issuing.der), serialNumber: certificate.serialNumber, thumbprint };
}

async function until(condition: () => boolean, milliseconds = 4000): Promise<void> {
  for (let turn = 0; turn < milliseconds / 10 && !condition(); turn += 1) await delay(10);
  expect(condition()).toBe(true);
}

const isFresh = () => (enforcement.status().feedAgeSeconds ?? Infinity) < 3;

beforeAll(() => service.start());
afterAll(() => service.stop());

beforeEach(async () => {
  [skewMilliseconds, events, ask] = [0, [], {}];
  service.heartbeats = true;
  service.skewMilliseconds = 0;
  service.reports.length = 0;
  service.refused.length = 0;
  enforcement = make();
  guarded = await GuardedServer.start(enforcement, server, service.rootPem, () => ask);
});

afterEach(async () => {
  await guarded.stop();
  await enforcement.close();
});

describe('an enforcement point', () => {
  beforeEach(async () => {
    enforcement.start();
    await enforcement.ready();
    await until(isFresh);
  });

  it('lets a good caller in and says who it is', async () => {
    const bot = caller();
    expect(await guarded.call(bot)).toEqual({
      effect: 'allow',
      caller: { spiffeId: BOT, serialNumber: bot.serialNumber },
    });
  });

  it('cuts open connections of a certificate the moment it is revoked, and refuses new ones (P6)', async () => {
    const bot = caller();
    const [open, other] = [await guarded.open(bot), await guarded.open(caller())];
    await until(() => enforcement.status().connections === 2);
    const began = performance.now();
    service.tell({ type: 'certificate.revoked', serialNumber: bot.serialNumber });
    await once(open, 'close');
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(events).toContainEqual({ kind: 'connections.cut', count: 1, serialNumber: bot.serialNumber });
    expect(await guarded.call(bot)).toBe('cut');
    expect(other.destroyed).toBe(false);
    other.destroy();
  });

  it('cuts every connection of an identity that is suspended, and lets it in again when it is resumed', async () => {
    const spiffeId = `spiffe://${TRUST_DOMAIN}/suspended`;
    const bot = caller(spiffeId);
    const open = await guarded.open(bot);
    await until(() => enforcement.status().connections === 1);
    service.tell({ type: 'identity.suspended', spiffeId });
    await once(open, 'close');
    expect(await guarded.call(caller(spiffeId))).toBe('cut');
    service.tell({ type: 'identity.resumed', spiffeId });
    await delay(100);
    expect(await guarded.call(bot)).toMatchObject({ effect: 'allow' });
  });

  it('refuses sensitive actions once the feed is silent for 5 seconds, and no others (P6)', async () => {
    service.heartbeats = false;
    await delay(100);
    skewMilliseconds = 6000;
    expect(await guarded.call(caller())).toMatchObject({ effect: 'refuse', code: 'feed_stale' });
    ask = { sensitive: false };
    expect(await guarded.call(caller())).toMatchObject({ effect: 'allow' });
  });

  it('comes back after the service was away, reads on where it was, and learns what happened meanwhile', async () => {
    const bot = caller();
    await service.stop();
    await until(() => events.some(({ kind }) => kind === 'feed.lost'));
    service.asked.length = 0;
    service.index += 1;
    await service.open();
    await until(() => events.filter(({ kind }) => kind === 'feed.connected').length > 1);
    expect(service.asked[0]).toBe(`/v1/feed?after=${service.index - 1}`);
    service.tell({ type: 'certificate.revoked', serialNumber: bot.serialNumber });
    await delay(100);
    expect(await guarded.call(bot)).toBe('cut');
  });

  it('connects anew when the feed says something that is no line of it', async () => {
    service.write({ kind: 'event', index: 99, type: 'certificate.revoked' });
    await until(() => events.some(({ kind }) => kind === 'feed.lost'));
    await until(() => events.filter(({ kind }) => kind === 'feed.connected').length > 1);
  });

  it('connects anew when the service has been silent for 4 seconds', async () => {
    service.heartbeats = false;
    await until(() => events.some(({ kind }) => kind === 'feed.lost'), 6000);
    service.heartbeats = true;
    await until(() => events.filter(({ kind }) => kind === 'feed.connected').length > 1);
  });

  it('connects anew when the clock of the service was set back, and is fresh again (P19)', async () => {
    service.skewMilliseconds = -3_600_000;
    await delay(100);
    skewMilliseconds = 4000;
    await until(() => events.some(({ kind }) => kind === 'feed.lost'));
    await until(isFresh);
  });

  it('follows a service whose log was restored from a backup, and forgets no revocation', async () => {
    const bot = caller();
    service.tell({ type: 'certificate.revoked', serialNumber: bot.serialNumber });
    await delay(100);
    await service.stop();
    service.index -= 5;
    await service.open();
    await until(() => enforcement.status().index === service.index);
    expect(await guarded.call(bot)).toBe('cut');
    expect(await guarded.call(caller())).toMatchObject({ effect: 'allow' });
  });

  it.each<[string, () => ReturnType<typeof tlsIdentity>]>([
    ['of another root', () => tlsIdentity(TestAuthority.root().issueSvid(BOT))],
    ['of another trust domain', () => caller('spiffe://evil.example/bot')],
    ['that has expired', () => caller(BOT, { notAfter: new Date('2025-02-01') })],
    ["that is no workload's", () => tlsIdentity(issuing.issueServer(['localhost']), issuing.der)],
  ])('refuses a certificate %s', async (_name, make) => {
    expect(await guarded.call(make())).toBe('cut');
  });

  it('refuses a resumed session of a certificate that was revoked since', async () => {
    const bot = caller();
    const first = await guarded.open(bot);
    const [session] = (await once(first, 'session')) as [Buffer];
    first.destroy();
    const second = await guarded.open(bot, { session });
    expect(second.isSessionReused()).toBe(true);
    await until(() => enforcement.status().connections === 1);
    service.tell({ type: 'certificate.revoked', serialNumber: bot.serialNumber });
    await once(second, 'close');
    const third = await guarded.open(bot, { session });
    await once(third, 'close');
  });

  it('cuts a connection when the certificate behind it expires', async () => {
    const open = await guarded.open(caller(BOT, { notAfter: new Date(Date.now() + 60_000) }));
    await until(() => enforcement.status().connections === 1);
    skewMilliseconds = 62_000;
    await once(open, 'close');
  });

  it('goes on when a listener of its events throws', async () => {
    const bot = caller();
    const broken = make({
      onEvent: () => {
        throw new Error('listener');
      },
    });
    broken.start();
    await broken.ready();
    expect(broken.status().index).toBeGreaterThan(0);
    await broken.close();
    expect(await guarded.call(bot)).toMatchObject({ effect: 'allow' });
  });
});

describe('an enforcement point that has not heard from the service', () => {
  it('refuses everybody', async () => {
    expect(await guarded.call(caller())).toBe('cut');
    await expect(enforcement.ready(20)).rejects.toMatchObject({ code: 'service_unreachable' });
  });

  it('does not believe a service that another root vouches for', async () => {
    const stranger = make({ root: encodeCertificatePem(TestAuthority.root().der) });
    stranger.start();
    await until(() => events.some(({ kind }) => kind === 'feed.lost'));
    expect(stranger.status().feedAgeSeconds).toBeNull();
    await stranger.close();
  });

  it('refuses whoever the first snapshot names', async () => {
    const bot = caller();
    service.revoked.push(bot.serialNumber);
    service.refused.push(`spiffe://${TRUST_DOMAIN}/retired`);
    enforcement.start();
    await enforcement.ready();
    expect(await guarded.call(bot)).toBe('cut');
    expect(await guarded.call(caller(`spiffe://${TRUST_DOMAIN}/retired`))).toBe('cut');
  });
});

describe('access tokens', () => {
  const bot = caller();
  const good = {
    sub: BOT,
    aud: 'orders',
    client_id: 'mid_1',
    scope: 'order.read order.place',
    grants: ['grt_read', 'grt_place'],
    cnf: { 'x5t#S256': bot.thumbprint },
  };

  beforeEach(async () => {
    enforcement.start();
    await enforcement.ready();
    await until(isFresh);
  });

  it('let their bearer in with their scopes, and use is counted for the grant behind the scope', async () => {
    ask = { token: await service.token(good), scope: 'order.place', client: 'bot/1.0' };
    expect(await guarded.call(bot)).toMatchObject({
      effect: 'allow',
      caller: { identityId: 'mid_1', scopes: ['order.read', 'order.place'] },
    });
    await enforcement.close();
    expect(service.reports).toMatchObject([
      { batch: 1, entries: [{ grant: 'grt_place', identityId: 'mid_1', client: 'bot/1.0', count: 1 }] },
    ]);
  });

  it.each<[string, object, { typ?: string; kid?: string }, string]>([
    ['another audience', { aud: 'payroll' }, {}, 'token_invalid'],
    ['another issuer', { iss: 'https://evil.example' }, {}, 'token_invalid'],
    ['another type (RFC 9068 §4)', {}, { typ: 'JWT' }, 'token_invalid'],
    ['an unknown key', {}, { kid: 'k2' }, 'token_invalid'],
    ['an end in the past', { exp: 1 }, {}, 'token_invalid'],
    ['no subject', { sub: undefined }, {}, 'token_invalid'],
    ['another identity', { sub: `spiffe://${TRUST_DOMAIN}/other` }, {}, 'token_invalid'],
    ['no binding (RFC 8705 §3)', { cnf: undefined }, {}, 'token_not_bound'],
    [
      'the binding of another certificate (RFC 8705 §3)',
      { cnf: { 'x5t#S256': caller().thumbprint } },
      {},
      'token_not_bound',
    ],
    ['too little scope', { scope: 'order.read' }, {}, 'scope_missing'],
  ])('are refused with %s', async (_name, change, header, code) => {
    ask = { token: await service.token({ ...good, ...change }, header), scope: 'order.place' };
    expect(await guarded.call(bot)).toMatchObject({ effect: 'refuse', code });
  });

  describe('for one named thing (RFC 9396)', () => {
    const payment = { type: 'payment', amount: '12.00', to: 'DE02120300000000202051' };
    const agreed = { authorization_details: [payment], approval_id: 'apr_1' };
    const exactly = (amount: string) => ({
      type: 'payment',
      matches: (detail: { readonly [field: string]: unknown }) => detail['amount'] === amount,
    });

    it('let their bearer do exactly that, once, and say who agreed', async () => {
      ask = { token: await service.token({ ...good, ...agreed, jti: 'tok_once' }), detail: exactly('12.00') };
      expect(await guarded.call(bot)).toMatchObject({
        effect: 'allow',
        caller: { token: { id: 'tok_once', authorizationDetails: [payment], approvalId: 'apr_1' } },
      });
      expect(await guarded.call(bot)).toMatchObject({ effect: 'refuse', code: 'token_used' });
    });

    it('may do it again where the server says so', async () => {
      const detail = { ...exactly('12.00'), once: false };
      ask = { token: await service.token({ ...good, ...agreed, jti: 'tok_again' }), detail };
      for (let time = 0; time < 2; time += 1) expect(await guarded.call(bot)).toMatchObject({ effect: 'allow' });
    });

    it.each<[string, object, object, string]>([
      ['another amount', agreed, { detail: exactly('120.00') }, 'detail_mismatch'],
      ['another type', agreed, { detail: { type: 'refund' } }, 'detail_required'],
      ['anything else', agreed, {}, 'detail_mismatch'],
      ['a thing that the token does not name', {}, { detail: { type: 'payment' } }, 'detail_required'],
      [
        'details that are no list',
        { authorization_details: payment },
        { detail: { type: 'payment' } },
        'token_invalid',
      ],
      ['details without a type', { authorization_details: [{}] }, { detail: { type: 'payment' } }, 'token_invalid'],
    ])('are refused for %s', async (_name, change, asked, code) => {
      ask = { token: await service.token({ ...good, ...change }), ...asked };
      expect(await guarded.call(bot)).toMatchObject({ effect: 'refuse', code });
    });

    it('are demanded: no certificate alone will do', async () => {
      ask = { detail: { type: 'payment' } };
      expect(await guarded.call(bot)).toMatchObject({ effect: 'refuse', code: 'token_required' });
    });
  });

  it('are worth nothing when their bearer is revoked while the keys are being fetched', async () => {
    const late = caller();
    service.beforeKeys = async () => {
      service.tell({ type: 'certificate.revoked', serialNumber: late.serialNumber });
      await delay(200);
    };
    ask = { token: await service.token({ ...good, cnf: { 'x5t#S256': late.thumbprint } }) };
    expect(await guarded.call(late)).toBe('cut');
    service.beforeKeys = async () => undefined;
    await until(() => guarded.verdicts.length === 1);
    expect(guarded.verdicts).toEqual([expect.objectContaining({ effect: 'refuse', code: 'revoked' })]);
  });

  it('are asked for where a scope is', async () => {
    ask = { scope: 'order.place' };
    expect(await guarded.call(bot)).toMatchObject({ effect: 'refuse', code: 'token_required' });
  });

  it.each(['', 'a.b.c', 'x'.repeat(10_000)])('are refused when they are none', async (token) => {
    ask = { token };
    expect(await guarded.call(bot)).toMatchObject({ effect: 'refuse', code: 'token_invalid' });
  });
});

describe('reports of use', () => {
  it('are sent again under the same number until they are accepted, and then numbered on', async () => {
    const reporting = make({ reportEverySeconds: 0.05 });
    const other = await GuardedServer.start(reporting, server, service.rootPem, () => ({ client: 'bot/1.0' }));
    reporting.start();
    await reporting.ready();
    const bot = caller();
    const sensitive = () => (reporting.status().feedAgeSeconds ?? Infinity) < 3;
    await until(sensitive);
    service.reportStatuses.push(503, 429);
    await other.call(bot);
    await until(() => service.reportStatuses.length === 0);
    const all = service.reports.length;
    await other.call(bot);
    await until(() => service.reports.slice(all).some(({ entries }) => entries.length > 0));
    await other.stop();
    await reporting.close();
    const numbers = service.reports.map(({ batch }) => batch);
    const once = [...new Set(numbers)];
    expect(once).toEqual(once.map((_number, index) => index + 1));
    expect(numbers.length - once.length).toBe(2);
    expect(new Set(service.reports.map((report) => report.point)).size).toBe(1);
    expect(service.reports.findLast(({ entries }) => entries.length > 0)!.entries).toMatchObject([
      { serialNumber: bot.serialNumber, grant: null, address: '127.0.0.1', client: 'bot/1.0', count: 1 },
    ]);
  });

  it('say that nothing was used, and which is the last: whoever is silent is missing', async () => {
    const reporting = make({ reportEverySeconds: 0.05 });
    reporting.start();
    await reporting.ready();
    await until(() => service.reports.length > 1);
    await reporting.close();
    expect(service.reports.map(({ entries }) => entries)).toEqual(service.reports.map(() => []));
    expect(service.reports.map(({ last }) => last ?? false)).toEqual(
      [...service.reports.keys()].map((index) => index === service.reports.length - 1),
    );
  });

  it('that the service will never take are given up, and said to be lost', async () => {
    enforcement.start();
    await enforcement.ready();
    await until(isFresh);
    service.reportStatuses.push(422);
    await guarded.call(caller());
    await enforcement.close();
    expect(events).toContainEqual(expect.objectContaining({ kind: 'usage.lost' }));
  });
});

describe('options', () => {
  it.each([
    ['a point with a space', { point: 'a b' }],
    ['a service over http', { service: { url: 'http://localhost', mutualUrl: 'https://localhost' } }],
    ['a root that is none', { root: 'no' }],
    ['a leaf as root', { root: point.certificate }],
    ['a feed that may be older than 5 seconds (P6)', { maxFeedAgeSeconds: 6 }],
  ])('are refused with %s', (_name, change) => {
    expect(() => make(change)).toThrow(expect.objectContaining({ code: 'options_invalid' }));
  });
});

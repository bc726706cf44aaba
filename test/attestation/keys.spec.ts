import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CiIssuer, claimsOf, newIssuerKey, tokenOf } from '../harness/oidc-issuer.js';
import { elsewhere, federate, type Federation, openRoom, outcomeOf, type Room } from './room.js';

const JWKS = '/.well-known/jwks';
const DISCOVERY = '/.well-known/openid-configuration';
const REFUSED = 'attestation_refused';
const keys = [newIssuerKey('one'), newIssuerKey('two')] as const;

let room: Room;
let issuer: CiIssuer;
let home: Federation;

beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => room.close());

beforeEach(async () => {
  issuer = await CiIssuer.start(keys[0]);
  home = await federate(room, issuer);
});
afterEach(() => issuer.stop());

/** Shows a fresh token signed by a key, and says which identity it proved, or why not. */
async function show(key = issuer.key): Promise<string> {
  const claims = claimsOf(await tokenOf(issuer, room.clock.now()));
  const told = await outcomeOf(room, { kind: 'oidc', token: await issuer.sign(claims, key) }, elsewhere());
  const reasons = await room.reasons();
  return told === REFUSED ? reasons.join() : told;
}

function asked(): number {
  return issuer.asked.get(JWKS) ?? 0;
}

describe('the keys of a provider', () => {
  it('are found through discovery and kept ten minutes', async () => {
    for (let n = 0; n < 5; n += 1) expect(await show()).toBe(home.identityId);
    expect([asked(), issuer.asked.get(DISCOVERY)]).toEqual([1, 1]);
    room.clock.advance(601);
    expect(await show()).toBe(home.identityId);
    expect(asked()).toBe(2);
  });

  it('are fetched once for all who ask at the same time', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => tokenOf(issuer, room.clock.now())));
    const told = await Promise.all(tokens.map((token) => outcomeOf(room, { kind: 'oidc', token }, elsewhere())));
    expect(new Set(told)).toEqual(new Set([home.identityId]));
    expect(asked()).toBe(1);
  });

  it('roll over: a new one is found when its first token comes, the old one goes when the issuer drops it', async () => {
    expect(await show()).toBe(home.identityId);
    await issuer.rollOver(keys[1], 'old');
    room.clock.advance(31);
    expect(await show(keys[1])).toBe(home.identityId);
    expect(await show(keys[0])).toBe(home.identityId);
    await issuer.publish([keys[1]]);
    room.clock.advance(601);
    expect(await show(keys[0])).toBe('kid_unknown');
    expect(await show(keys[1])).toBe(home.identityId);
  });

  it('are asked for again at most every 30 s, however many unknown ones strangers invent', async () => {
    expect(await show()).toBe(home.identityId);
    room.clock.advance(31);
    for (let n = 0; n < 10; n += 1) expect(await show({ ...keys[1], kid: `invented-${n}` })).toBe('kid_unknown');
    expect(asked()).toBe(2);
    room.clock.advance(31);
    expect(await show({ ...keys[1], kid: 'invented' })).toBe('kid_unknown');
    expect(asked()).toBe(3);
  });

  it('outlive an outage of the issuer by a day, and no longer', async () => {
    expect(await show()).toBe(home.identityId);
    issuer.fail();
    for (const seconds of [601, 3600, 80_000]) {
      room.clock.advance(seconds);
      expect(await show()).toBe(home.identityId);
    }
    room.clock.advance(86_400 - 601 - 3600 - 80_000);
    expect(await show()).toBe('jwks_unavailable');
    issuer.recover();
    room.clock.advance(31);
    expect(await show()).toBe(home.identityId);
  });

  it('that were never fetched are unavailable, until the issuer answers', async () => {
    issuer.fail();
    expect(await show()).toBe('jwks_unavailable');
    issuer.recover();
    expect(await show()).toBe('jwks_unavailable');
    room.clock.advance(31);
    expect(await show()).toBe(home.identityId);
  });

  it('are forgotten when the provider changes', async () => {
    expect(await show()).toBe(home.identityId);
    await issuer.publish([keys[1]]);
    expect(await show(keys[0])).toBe(home.identityId);
    const body = { clockSkewSeconds: 10 };
    expect((await room.ask('PATCH', `/v1/providers/${home.providerId}`, { version: 1, body })).status).toBe(200);
    expect(await show(keys[0])).toBe('kid_unknown');
  });

  it('of too few bits, for encryption or for another algorithm verify nothing', async () => {
    const jwk = keys[0].publicKey.export({ format: 'jwk' });
    await issuer.publish([], [{ ...jwk, kty: 'RSA', kid: 'one', use: 'enc' }]);
    expect(await show()).toBe('kid_unknown');
    await issuer.publish([], [{ ...jwk, kty: 'RSA', kid: 'one', alg: 'RS512' }]);
    room.clock.advance(31);
    expect(await show()).toBe('key_unfit');
  });
});

describe('a provider is not asked', () => {
  async function stand(provider: Readonly<Record<string, unknown>>): Promise<void> {
    await issuer.stop();
    issuer = await CiIssuer.start(keys[0]);
    home = await federate(room, issuer, { provider });
  }

  it('without its own authority', async () => {
    await stand({ caCertificates: null });
    expect(await show()).toBe('jwks_unavailable');
    expect(issuer.asked.size).toBe(0);
  });

  it('with the authority of another provider', async () => {
    const other = await CiIssuer.start(keys[0]);
    await stand({ caCertificates: other.caPem });
    expect(await show()).toBe('jwks_unavailable');
    await other.stop();
  });

  it('on a private address that its consent was taken back for', async () => {
    const taken = room.superuser.query(
      `UPDATE muster.providers SET consent_by = NULL, consent_at = NULL, consent_reason = NULL, version = version + 1
       WHERE id = $1`,
      [home.providerId],
    );
    await taken;
    expect(await show()).toBe('jwks_unavailable');
    expect(issuer.asked.size).toBe(0);
  });

  it('for discovery when the address of its keys is given', async () => {
    const [port] = [new URL(issuer.url).port];
    await room.ask('PATCH', `/v1/providers/${home.providerId}`, {
      version: 1,
      body: { jwksUri: `https://127.0.0.1:${port}${JWKS}`, privateNetwork: { reason: 'The same machine.' } },
    });
    expect(await show()).toBe(home.identityId);
    expect([...issuer.asked.keys()]).toEqual([JWKS]);
  });

  it.each([
    ['names another issuer', { issuer: 'https://token.actions.githubusercontent.com' }],
    ['names its issuer in another spelling', { issuer: undefined }],
    ['leads to keys without TLS', { jwks_uri: 'http://127.0.0.1/jwks' }],
    ['leads to no URL', { jwks_uri: 'https://' }],
    ['leads to the metadata service', { jwks_uri: 'https://169.254.169.254/latest' }],
  ])('for keys when its discovery document %s', async (_what, change) => {
    issuer.announce(change);
    expect(await show()).toBe('jwks_unavailable');
    expect(asked()).toBe(0);
  });

  it('for keys on another private address: the consent was to the issuer’s own', async () => {
    const neighbour = await CiIssuer.start(keys[0]);
    const body = { caCertificates: `${issuer.caPem}\n${neighbour.caPem}` };
    expect((await room.ask('PATCH', `/v1/providers/${home.providerId}`, { version: 1, body })).status).toBe(200);
    issuer.announce({ jwks_uri: `${neighbour.url}${JWKS}` });
    expect(await show()).toBe('jwks_unavailable');
    expect(neighbour.asked.size).toBe(0);
    await neighbour.stop();
  });
});

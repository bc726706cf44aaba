import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CiIssuer } from '../harness/oidc-issuer.js';
import { federate, openRoom, providerBody, type Room, trustBody } from './room.js';

let room: Room;
let issuer: CiIssuer;
let made = 0;

beforeAll(async () => {
  room = await openRoom();
  issuer = await CiIssuer.start();
});
afterAll(async () => {
  await issuer.stop();
  await room.close();
});
beforeEach(() => {
  room.failures.length = 0;
});

function newProvider(change: Readonly<Record<string, unknown>> = {}) {
  made += 1;
  return { name: `provider ${made}`, kind: 'github-actions', issuer: `https://issuer-${made}.example`, ...change };
}

async function created(change: Readonly<Record<string, unknown>> = {}) {
  const answer = await room.ask('POST', '/v1/providers', { body: newProvider(change) });
  expect(answer.status).toBe(201);
  return answer.body;
}

async function lastRecord() {
  const { rows } = await room.superuser.query<{ leaf: string; images: string }>(
    'SELECT r.leaf, i.images FROM audit.records r JOIN audit.images i USING (n) ORDER BY n DESC LIMIT 1',
  );
  const images = JSON.parse(rows[0]!.images) as readonly { algorithms: string[]; privateNetwork: unknown }[];
  return { ...(JSON.parse(rows[0]!.leaf) as { type: string; subject: string }), images };
}

async function records(): Promise<number> {
  const { rows } = await room.superuser.query<{ n: number }>('SELECT count(*)::integer AS n FROM audit.records');
  return rows[0]!.n;
}

describe('providers', () => {
  it('are registered with careful defaults, and recorded', async () => {
    const provider = await created();
    expect(provider).toMatchObject({
      ...{ algorithms: ['RS256'], jwksUri: null, caCertificates: null, privateNetwork: null },
      ...{ maxTokenAgeSeconds: 3600, clockSkewSeconds: 30, status: 'active', version: 1 },
    });
    expect(await lastRecord()).toMatchObject({ type: 'provider.created', subject: provider.id });
  });

  it('on a private address name who consented, when and why', async () => {
    const { body } = await room.ask('POST', '/v1/providers', { body: providerBody(issuer) });
    expect(body.privateNetwork).toEqual({
      by: expect.stringMatching(/^per_/),
      consentedAt: expect.any(String),
      reason: 'A test’s own issuer.',
    });
    expect((await lastRecord()).images[1]!.privateNetwork).toEqual(body.privateNetwork);
    await room.ask('DELETE', `/v1/providers/${body.id}`);
  });

  it.each(['platform-engineer', 'custodian', 'analyst', 'auditor'] as const)('are not changed by a %s', async (as) => {
    const { id } = await created();
    const before = await records();
    for (const [method, url, body] of [
      ['POST', '/v1/providers', newProvider()],
      ['PATCH', `/v1/providers/${id}`, { status: 'paused' }],
      ['DELETE', `/v1/providers/${id}`, undefined],
    ] as const)
      expect((await room.ask(method, url, { as, body, version: 1 })).body.code).toBe('forbidden');
    expect(await records()).toBe(before);
    expect((await room.ask('GET', `/v1/providers/${id}`, { as })).status).toBe(200);
  });

  it.each([
    ['none', { algorithms: ['none'] }, 'request_invalid'],
    ['HMAC', { algorithms: ['RS256', 'HS256'] }, 'request_invalid'],
    ['no algorithm', { algorithms: [] }, 'request_invalid'],
    ['61 s of skew', { clockSkewSeconds: 61 }, 'request_invalid'],
    ['tokens of two days', { maxTokenAgeSeconds: 172_800 }, 'request_invalid'],
    ['an unknown kind', { kind: 'jenkins' }, 'request_invalid'],
    ['an unknown field', { secret: 'x' }, 'request_invalid'],
    ['consent without a reason', { privateNetwork: {} }, 'request_invalid'],
    ['consent by somebody else', { privateNetwork: { reason: 'x', by: 'per_1' } }, 'request_invalid'],
    ['http', { issuer: 'http://issuer.example' }, 'issuer_invalid'],
    ['a private address and no consent', { issuer: 'https://10.1.2.3' }, 'consent_required'],
    ['certificates that are none', { caCertificates: 'hello' }, 'ca_certificates_invalid'],
  ])('are refused with %s', async (_what, change, code) => {
    const { status, body } = await room.ask('POST', '/v1/providers', { body: newProvider(change) });
    expect([status, body.code]).toEqual([400, code]);
  });

  it('have names and issuers of their own', async () => {
    const { name, issuer: url } = await created();
    const sameName = await room.ask('POST', '/v1/providers', { body: newProvider({ name }) });
    const sameIssuer = await room.ask('POST', '/v1/providers', { body: newProvider({ issuer: url }) });
    expect([sameName.body.code, sameIssuer.body.code]).toEqual(['provider_name_taken', 'issuer_taken']);
  });

  it('change by versions that the caller has seen', async () => {
    const { id } = await created();
    const url = `/v1/providers/${id}`;
    expect((await room.ask('GET', url)).headers.etag).toBe('"v1"');
    const changed = await room.ask('PATCH', url, { version: 1, body: { algorithms: ['ES256'] } });
    expect(changed.body).toMatchObject({ algorithms: ['ES256'], version: 2 });
    const record = await lastRecord();
    expect(record.type).toBe('provider.changed');
    expect(record.images.map(({ algorithms }) => algorithms)).toEqual([['RS256'], ['ES256']]);
    const late = await room.ask('PATCH', url, { version: 1, body: { algorithms: ['RS256'] } });
    expect([late.status, late.body.code]).toEqual([412, 'version_conflict']);
    expect((await room.ask('PATCH', url, { body: { algorithms: ['RS256'] } })).status).toBe(428);
  });

  it('do not change when nothing changes', async () => {
    const { id } = await created();
    const before = await records();
    const same = await room.ask('PATCH', `/v1/providers/${id}`, { version: 1, body: { clockSkewSeconds: 30 } });
    expect([same.status, same.body.version, await records()]).toEqual([200, 1, before]);
  });

  it('keep their issuer and kind', async () => {
    const { id } = await created();
    const body = { issuer: 'https://evil.example' };
    expect((await room.ask('PATCH', `/v1/providers/${id}`, { version: 1, body })).body.code).toBe('request_invalid');
  });

  it('are not removed while trusts name them, and their names are free afterwards', async () => {
    const { id, issuer: url } = await created();
    const { id: identityId } = await room.identity();
    const { body: trust } = await room.ask('POST', '/v1/trusts', { body: trustBody(identityId, id) });
    const refused = await room.ask('DELETE', `/v1/providers/${id}`);
    expect([refused.status, refused.body.code]).toEqual([409, 'provider_in_use']);
    expect((await room.ask('DELETE', `/v1/trusts/${trust.id}`)).status).toBe(204);
    expect((await room.ask('DELETE', `/v1/providers/${id}`)).status).toBe(204);
    expect(await lastRecord()).toMatchObject({ type: 'provider.removed', subject: id });
    expect((await room.ask('GET', `/v1/providers/${id}`)).body.code).toBe('provider_not_found');
    expect((await room.ask('POST', '/v1/providers', { body: newProvider({ issuer: url }) })).status).toBe(201);
  });

  it('are listed page by page', async () => {
    const first = await room.ask('GET', '/v1/providers?limit=2');
    expect(first.body.items).toHaveLength(2);
    const second = await room.ask('GET', `/v1/providers?limit=2&cursor=${first.body.nextCursor}`);
    expect(second.body.items[0]!.id > first.body.items[1]!.id).toBe(true);
  });
});

describe('trusts', () => {
  let providerId: string;
  let identityId: string;
  beforeAll(async () => {
    providerId = (await created()).id;
    identityId = (await room.identity()).id;
  });

  it('are made by platform engineers, recorded, changed by version and removed', async () => {
    const as = 'platform-engineer';
    const { status, body } = await room.ask('POST', '/v1/trusts', { as, body: trustBody(identityId, providerId) });
    expect([status, body.version, body.status]).toEqual([201, 1, 'active']);
    expect(await lastRecord()).toMatchObject({ type: 'trust.created', subject: body.id });
    const url = `/v1/trusts/${body.id}`;
    const changed = await room.ask('PATCH', url, { as, version: 1, body: { maxTtlSeconds: 600 } });
    expect(changed.body).toMatchObject({ version: 2, maxTtlSeconds: 600 });
    expect(await lastRecord()).toMatchObject({ type: 'trust.changed', subject: body.id });
    expect((await room.ask('PATCH', url, { as, version: 1, body: { status: 'paused' } })).status).toBe(412);
    expect((await room.ask('DELETE', url, { as })).status).toBe(204);
    expect(await lastRecord()).toMatchObject({ type: 'trust.removed', subject: body.id });
    expect((await room.ask('GET', url)).body.code).toBe('trust_not_found');
  });

  it.each(['custodian', 'analyst', 'auditor'] as const)('are not made by a %s', async (as) => {
    expect((await room.ask('POST', '/v1/trusts', { as, body: trustBody(identityId, providerId) })).status).toBe(403);
  });

  it.each([
    ['no audience', { audience: undefined }, 'request_invalid'],
    ['no subject', { subject: undefined }, 'request_invalid'],
    ['any subject', { subject: '*' }, 'subject_too_wide'],
    ['a whole owner', { subject: 'repo:acme/*' }, 'subject_too_wide'],
    ['names alone', { pins: {} }, 'pin_missing'],
    ['a condition that cannot be read', { condition: 'claims.' }, 'condition_invalid'],
    ['a condition over something else', { condition: 'env.HOME == "x"' }, 'condition_invalid'],
    ['a lifetime of a week', { maxTtlSeconds: 604_800 }, 'request_invalid'],
  ])('are refused with %s', async (_what, change, code) => {
    const { status, body } = await room.ask('POST', '/v1/trusts', { body: trustBody(identityId, providerId, change) });
    expect([status, body.code]).toEqual([400, code]);
  });

  it('are made for nobody and by nobody unknown', async () => {
    const nobody = '0192f0c1a2b37c4d8e5f60718293a4b5';
    const noIdentity = await room.ask('POST', '/v1/trusts', { body: trustBody(`mid_${nobody}`, providerId) });
    const noProvider = await room.ask('POST', '/v1/trusts', { body: trustBody(identityId, `prv_${nobody}`) });
    expect([noIdentity.body.code, noProvider.body.code]).toEqual(['identity_not_found', 'provider_not_found']);
  });

  it('are listed by identity and by provider', async () => {
    const [one, other] = [await room.identity(), await room.identity()];
    for (const { id } of [one, one, other]) await room.ask('POST', '/v1/trusts', { body: trustBody(id, providerId) });
    const { body } = await room.ask('GET', `/v1/trusts?identityId=${one.id}&providerId=${providerId}`);
    expect(body.items.map((trust) => trust['identityId'])).toEqual([one.id, one.id]);
  });
});

describe('the database refuses, whoever writes', () => {
  it.each([
    ['an algorithm of none', 'providers', `algorithms = '{none}'`, 'providers_algorithms'],
    ['a symmetric algorithm', 'providers', `algorithms = '{RS256,HS256}'`, 'providers_algorithms'],
    ['a null algorithm', 'providers', `algorithms = '{RS256,NULL}'`, 'providers_algorithms'],
    ['http', 'providers', `jwks_uri = 'http://issuer.example'`, 'providers_jwks_uri'],
    ['half a consent', 'providers', `consent_reason = 'because', consent_by = NULL`, 'providers_consent'],
    ['a skew of an hour', 'providers', 'clock_skew_seconds = 3600', 'providers_clock_skew'],
    ['another issuer', 'providers', `issuer = 'https://evil.example'`, 'providers_same_issuer'],
    ['any subject', 'trusts', `subject = '*'`, 'trusts_subject'],
    ['a wildcard inside', 'trusts', `subject = 'repo:acme/*:ref:refs/heads/main'`, 'trusts_subject'],
    ['a wildcard behind half a name', 'trusts', `subject = 'repo:acme/payments*'`, 'trusts_subject'],
    ['a wildcard as audience', 'trusts', `audience = '*'`, 'trusts_audience'],
    ['no audience', 'trusts', 'audience = NULL', undefined],
  ])('%s', async (_what, table, change, constraint) => {
    const home = await federate(room, issuer);
    const id = table === 'trusts' ? home.trustId : home.providerId;
    const sql = `UPDATE muster.${table} SET ${change}, version = version + 1 WHERE id = $1`;
    await expect(room.superuser.query(sql, [id])).rejects.toMatchObject(
      constraint === undefined ? { code: '23502' } : { constraint },
    );
    await room.ask('DELETE', `/v1/trusts/${home.trustId}`);
    await room.ask('DELETE', `/v1/providers/${home.providerId}`);
  });

  it('a change that is not the next version, and the return of what was removed', async () => {
    const home = await federate(room, issuer);
    const change = (set: string) =>
      room.superuser.query(`UPDATE muster.trusts SET ${set} WHERE id = $1`, [home.trustId]);
    await expect(change(`audience = 'x'`)).rejects.toMatchObject({ constraint: 'trusts_next_version' });
    await change(`status = 'removed', version = 2`);
    await expect(change(`status = 'active', version = 3`)).rejects.toMatchObject({ constraint: 'trusts_removed' });
    await room.ask('DELETE', `/v1/providers/${home.providerId}`);
  });

  it('to let the service rewrite or delete what it trusted', async () => {
    const { rows } = await room.superuser.query<{ held: string }>(
      `SELECT format('%s %s', table_name, privilege_type) AS held FROM information_schema.role_table_grants
       WHERE grantee = 'muster_app' AND table_name IN ('providers', 'trusts', 'join_tokens', 'attestation_uses')
       ORDER BY 1`,
    );
    expect(rows.map(({ held }) => held)).toEqual([
      ...['attestation_uses DELETE', 'attestation_uses INSERT', 'attestation_uses SELECT'],
      ...['join_tokens DELETE', 'join_tokens INSERT', 'join_tokens SELECT'],
      ...['providers INSERT', 'providers SELECT', 'providers UPDATE'],
      ...['trusts INSERT', 'trusts SELECT', 'trusts UPDATE'],
    ]);
  });
});

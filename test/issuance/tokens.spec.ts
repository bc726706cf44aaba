import { createHash, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import type { Held } from './caller.js';
import { type House, type MadeIdentity, openHouse, PUBLIC_URL, type Replica } from './house.js';

describe('the token endpoint', () => {
  let house: House;
  let replica: Replica;
  let identity: MadeIdentity;
  let held: Held;

  beforeAll(async () => {
    house = await openHouse();
    replica = await house.replica();
    identity = await house.identity();
    await house.grant(identity.id, 'orders', 'orders:place');
    await house.grant(identity.id, 'orders', 'orders:cancel');
    await house.grant(identity.id, 'orders', 'orders:settle', false);
    await house.grant(identity.id, 'orders', 'two words');
    await house.grant(identity.id, 'ledger', 'ledger:read');
    held = await replica.call.enrol(identity.id);
  }, 120_000);

  afterAll(() => house.close());

  const ask = (form: Record<string, string>, shown: Held = held) =>
    replica.call.ask('POST', '/v1/token', { with: shown, form });
  const good = { grant_type: 'client_credentials', audience: 'orders' };
  const verified = async (token: string, audience = 'orders') => {
    const { body } = await replica.call.ask('GET', '/.well-known/jwks.json');
    return jwtVerify(token, createLocalJWKSet({ keys: body.keys }), {
      issuer: PUBLIC_URL,
      audience,
      typ: 'at+jwt',
      algorithms: ['ES256'],
    });
  };
  const thumbprint = (pem: string) => createHash('sha256').update(new X509Certificate(pem).raw).digest('base64url');

  it('issues a JWT access token that a stranger’s library verifies by our JWKS (RFC 9068 §2.2)', async () => {
    const { status, headers, body } = await ask(good);
    expect({ status, body }).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 300 } });
    expect(headers['cache-control']).toBe('no-store');
    const { payload } = await verified(body.access_token);
    expect(payload).toMatchObject({
      sub: identity.spiffeId,
      client_id: identity.id,
      scope: 'orders:place orders:cancel',
      cnf: { 'x5t#S256': thumbprint(held.answer.certificate) },
    });
    expect(payload.exp! - payload.iat!).toBe(300);
    expect(decodeProtectedHeader(body.access_token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
  });

  it('records it with intent, ledger, receipt and log before it is signed', async () => {
    const { body } = await ask(good);
    const { payload } = await verified(body.access_token);
    const { rows } = await house.superuser.query(
      `SELECT c.kind, c.bound_to, r.kind AS source, r.source_id FROM muster.credentials c
       JOIN muster.intents i ON i.credential_id = c.id JOIN muster.receipts r ON r.id = c.receipt_id WHERE c.id = $1`,
      [payload.jti],
    );
    expect(rows).toEqual([{ kind: 'token', bound_to: held.id, source: 'certificate', source_id: held.id }]);
    expect((await house.records(payload.jti!)).map(({ type, actor }) => [type, actor])).toEqual([
      ['token.issued', identity.id],
    ]);
  });

  it('narrows to the scopes asked for (RFC 6749 §3.3)', async () => {
    const { body } = await ask({ ...good, scope: 'orders:cancel' });
    expect(body.scope).toBe('orders:cancel');
    const { payload } = await verified(body.access_token);
    expect(payload['grants']).toHaveLength(1);
  });

  it('takes the target as resource too (RFC 8707 §2)', async () => {
    const { body } = await ask({ grant_type: 'client_credentials', resource: 'ledger' });
    expect((await verified(body.access_token, 'ledger')).payload['scope']).toBe('ledger:read');
  });

  it('never outlives the certificate it is bound to', async () => {
    const short = await replica.call.enrol(identity.id, { ttlSeconds: 60 });
    const { body } = await ask(good, short);
    expect(body.expires_in).toBeLessThanOrEqual(60);
  });

  it.each<[string, Record<string, string>, number, string]>([
    ['no grant type', { audience: 'orders' }, 400, 'invalid_request'],
    ['another grant type', { ...good, grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['no target', { grant_type: 'client_credentials' }, 400, 'invalid_target'],
    ['two targets', { ...good, resource: 'ledger' }, 400, 'invalid_target'],
    ['a target without a grant', { ...good, audience: 'payments' }, 400, 'invalid_target'],
    ['a scope without a grant', { ...good, scope: 'orders:all' }, 400, 'invalid_scope'],
    ['a scope of another target', { ...good, scope: 'ledger:read' }, 400, 'invalid_scope'],
    ['a scope that nobody verified', { ...good, scope: 'orders:settle' }, 400, 'invalid_scope'],
    ['one good scope and one not held', { ...good, scope: 'orders:place orders:all' }, 400, 'invalid_scope'],
    ['a scope out of a grant of two words', { ...good, scope: 'two' }, 400, 'invalid_scope'],
    ['a scope with a control character', { ...good, scope: 'orders:place\u0001' }, 400, 'invalid_scope'],
    [
      'somebody else’s client_id',
      { ...good, client_id: 'mid_00000000000000000000000000000000' },
      401,
      'invalid_client',
    ],
  ])('refuses %s in the words of RFC 6749 §5.2', async (_what, form, status, error) => {
    const answer = await ask(form);
    expect({ status: answer.status, error: answer.body.error }).toEqual({ status, error });
    expect(answer.body.error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
  });

  it('records the refusal of a proved caller', async () => {
    await ask({ ...good, audience: 'payments' });
    const refusals = (await house.records(identity.id)).filter(({ type }) => type === 'token.refused');
    expect(refusals.at(-1)?.after).toMatchObject({ code: 'invalid_target' });
  });

  it('tells a suspended identity why', async () => {
    const suspended = await house.identity();
    await house.grant(suspended.id, 'orders', 'orders:place');
    const shown = await replica.call.enrol(suspended.id);
    await replica.call.ask('POST', `/v1/identities/${suspended.id}/suspension`, {
      as: 'analyst',
      body: { reason: 'Odd.' },
    });
    const answer = await ask(good, shown);
    expect({ status: answer.status, body: answer.body }).toMatchObject({
      status: 400,
      body: { error: 'unauthorized_client', code: 'identity_suspended' },
    });
  });

  it('refuses a JSON body, a repeated field and the open listener', async () => {
    const json = await replica.call.ask('POST', '/v1/token', { with: held, body: good });
    expect(json.body.error).toBe('invalid_request');
    const twice = await replica.call.open('POST', '/v1/token', {
      with: held,
      body: 'grant_type=client_credentials&audience=orders&audience=ledger',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(twice.statusCode).toBe(400);
    twice.resume();
    const open = await replica.call.ask('POST', '/v1/token', { form: good });
    expect(open.status).toBeGreaterThanOrEqual(400);
  });

  it('is described by RFC 8414 metadata', async () => {
    const { body } = await replica.call.ask('GET', '/.well-known/oauth-authorization-server');
    expect(body).toMatchObject({
      issuer: PUBLIC_URL,
      token_endpoint: 'https://localhost:8444/v1/token',
      jwks_uri: `${PUBLIC_URL}/.well-known/jwks.json`,
      token_endpoint_auth_methods_supported: ['tls_client_auth'],
      tls_client_certificate_bound_access_tokens: true,
    });
  });

  it('ends its tokens with the certificate they are bound to', async () => {
    const shown = await replica.call.enrol(identity.id);
    const { body } = await ask(good, shown);
    const { payload } = await verified(body.access_token);
    await replica.call.ask('POST', `/v1/certificates/${shown.id}/revocation`, {
      as: 'analyst',
      body: { reason: 'Odd.' },
    });
    const { rows } = await house.superuser.query(
      'SELECT revoked_at IS NOT NULL AS revoked FROM muster.credentials WHERE id = $1',
      [payload.jti],
    );
    expect(rows).toEqual([{ revoked: true }]);
  });

  describe('its tokens on our own routes', () => {
    let point: MadeIdentity;
    let shown: Held;
    let token: string;

    beforeAll(async () => {
      point = await house.identity();
      await house.grant(point.id, 'muster', 'enforcement');
      await house.grant(point.id, 'muster', 'something-else');
      shown = await replica.call.enrol(point.id);
      token = (await ask({ ...good, audience: 'muster', scope: 'enforcement' }, shown)).body.access_token;
    });

    const snapshot = (bearer: string | undefined, by: Held) =>
      replica.call.ask('GET', '/v1/feed/snapshot', { with: by, ...(bearer !== undefined && { bearer }) });

    it('are taken over the certificate they are bound to', async () => {
      expect((await snapshot(token, shown)).status).toBe(200);
    });

    it.each<[string, () => Promise<[string, Held]>, number, string]>([
      ['over another certificate', async () => [token, held], 401, 'token_not_bound'],
      [
        'over a later certificate of the same identity',
        async () => [token, await replica.call.enrol(point.id)],
        401,
        'token_not_bound',
      ],
      ['for another audience', async () => [(await ask(good)).body.access_token, held], 401, 'token_invalid'],
      ['with a changed signature', async () => [changed(token), shown], 401, 'token_invalid'],
      ['with changed claims', async () => [widened(token), shown], 401, 'token_invalid'],
      ['that is no token', async () => ['nonsense', shown], 401, 'credential_invalid'],
      [
        'narrowed to other scopes (P17)',
        async () => [
          (await ask({ ...good, audience: 'muster', scope: 'something-else' }, shown)).body.access_token,
          shown,
        ],
        403,
        'feed_not_granted',
      ],
    ])('are refused %s', async (_what, make, status, code) => {
      const answer = await snapshot(...(await make()));
      expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
    });

    it('do not beget tokens', async () => {
      const answer = await replica.call.ask('POST', '/v1/token', {
        with: shown,
        bearer: token,
        form: { ...good, audience: 'muster' },
      });
      expect({ status: answer.status, error: answer.body.error }).toEqual({
        status: 400,
        error: 'unauthorized_client',
      });
    });
  });

  it('meets nothing that nobody foresaw', () => expect(house.failures).toEqual([]));
});

function changed(token: string): string {
  const [header, claims, signature] = token.split('.');
  const bytes = Buffer.from(signature!, 'base64url');
  bytes[5]! ^= 1;
  return `${header}.${claims}.${bytes.toString('base64url')}`;
}

/** Another scope in canonical form under the old signature. */
function widened(token: string): string {
  const [header, claims, signature] = token.split('.');
  const text = Buffer.from(claims!, 'base64url').toString().replace('"scope":"enforcement"', '"scope":"everything"');
  return `${header}.${Buffer.from(text).toString('base64url')}.${signature}`;
}

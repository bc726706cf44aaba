import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { providerBody, trustBody } from '../attestation/room.js';
import { CiIssuer, tokenOf } from '../harness/oidc-issuer.js';
import { type Answer, csrFor, heldFrom, newKey } from './caller.js';
import { type House, type MadeIdentity, openHouse, type Replica } from './house.js';

describe('a CI job without a stored secret', () => {
  let house: House;
  let replica: Replica;
  let issuer: CiIssuer;
  let identity: MadeIdentity;
  let trustId: string;

  beforeAll(async () => {
    house = await openHouse();
    replica = await house.replica();
    issuer = await CiIssuer.start();
    identity = await house.identity();
    const provider = await replica.call.ask('POST', '/v1/providers', {
      as: 'administrator',
      body: providerBody(issuer),
    });
    const trust = await replica.call.ask('POST', '/v1/trusts', {
      as: 'platform-engineer',
      body: trustBody(identity.id, provider.body.id, { maxTtlSeconds: 1200 }),
    });
    trustId = trust.body.id;
  }, 120_000);

  afterAll(async () => {
    await issuer.stop();
    await house.close();
  });

  const ask = async (token: string, key = newKey(), more: object = {}): Promise<Answer> =>
    replica.call.ask('POST', '/v1/certificates', {
      body: { attestation: { kind: 'oidc', token }, csr: csrFor(key), ...more },
    });
  const ttlOf = ({ body }: Answer) => (Date.parse(body.expiresAt) - Date.parse(body.notBefore)) / 1000 - 30;

  it('gets a certificate whose receipt names the trust, its version and the exact claims (ATT-4)', async () => {
    const answer = await ask(await tokenOf(issuer, new Date()));
    expect({ status: answer.status, body: answer.body }).toMatchObject({
      status: 201,
      body: { spiffeId: identity.spiffeId },
    });
    const receipt = await replica.call.ask('GET', `/v1/certificates/${answer.body.id}/receipt`, { as: 'auditor' });
    expect(receipt.body.source).toEqual({ kind: 'oidc', id: trustId, version: 1 });
    expect(JSON.stringify(receipt.body)).toContain('repo:acme/payments:ref:refs/heads/main');
  });

  it('never gets more life than the trust allows, nor does what is renewed from it (P17)', async () => {
    const key = newKey();
    const first = await ask(await tokenOf(issuer, new Date()), key, { ttlSeconds: 3600 });
    expect(ttlOf(first)).toBe(1200);
    const renewedKey = newKey();
    const renewed = await replica.call.ask('POST', '/v1/certificates/renewal', {
      with: heldFrom(key, first),
      body: { csr: csrFor(renewedKey), ttlSeconds: 3600 },
    });
    expect(ttlOf(renewed)).toBe(1200);
    const again = await replica.call.ask('POST', '/v1/certificates/renewal', {
      with: heldFrom(renewedKey, renewed),
      body: { csr: csrFor(newKey()) },
    });
    expect(ttlOf(again)).toBe(1200);
  });

  it('gets nothing from another repository, nor with a token that another key has used', async () => {
    const stranger = await ask(await tokenOf(issuer, new Date(), { job: { repositoryId: '999' } }));
    expect({ status: stranger.status, code: stranger.body.code }).toEqual({ status: 401, code: 'attestation_refused' });
    const token = await tokenOf(issuer, new Date());
    expect((await ask(token)).status).toBe(201);
    const thief = await ask(token);
    expect({ status: thief.status, code: thief.body.code }).toEqual({ status: 401, code: 'attestation_refused' });
  });

  it('leaves no record in the log for what proved nothing (decision 2)', async () => {
    const { rows: before } = await house.superuser.query<{ n: number }>('SELECT count(*)::int AS n FROM audit.records');
    await ask('eyJhbGciOiJub25lIn0.e30.');
    const { rows: after } = await house.superuser.query<{ n: number }>('SELECT count(*)::int AS n FROM audit.records');
    expect(after[0]!.n).toBe(before[0]!.n);
  });

  it('keeps an idempotency key usable after a refusal, and gives its answer twice after a success', async () => {
    const token = await tokenOf(issuer, new Date());
    const body = { attestation: { kind: 'oidc', token }, csr: csrFor(newKey()) };
    const send = () => replica.call.ask('POST', '/v1/certificates', { body, headers: { 'idempotency-key': 'job-1' } });
    const set = (status: string, version: number) =>
      house.superuser.query('UPDATE muster.identities SET status = $2, version = $3 WHERE id = $1', [
        identity.id,
        status,
        version,
      ]);
    await set('suspended', 2);
    expect((await send()).body.code).toBe('identity_suspended');
    await set('active', 3);
    const given = await send();
    expect(given.status).toBe(201);
    const repeated = await send();
    expect(repeated.body).toEqual(given.body);
    expect((await house.records(given.body.id)).map(({ type }) => type)).toEqual(['certificate.issued']);
  });

  it('gets nothing once the trust is gone', async () => {
    const token = await tokenOf(issuer, new Date());
    const removed = await replica.call.ask('DELETE', `/v1/trusts/${trustId}`, { as: 'platform-engineer' });
    expect(removed.status).toBe(204);
    expect((await ask(token)).body.code).toBe('attestation_refused');
  });

  it('meets nothing that nobody foresaw', () => expect(house.failures).toEqual([]));
});

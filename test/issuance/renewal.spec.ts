import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, csrFor, type Held, heldFrom, newKey, type Names } from './caller.js';
import { type House, openHouse, type Replica } from './house.js';

describe('renewing over the mutual listener', () => {
  let house: House;
  let replica: Replica;

  beforeAll(async () => {
    house = await openHouse();
    replica = await house.replica();
  }, 120_000);

  afterAll(() => house.close());

  const renew = (held: Held, names: Names = {}, key = newKey()): Promise<Answer> =>
    replica.call.ask('POST', '/v1/certificates/renewal', { with: held, body: { csr: csrFor(key, names) } });

  it('gives the same identity another certificate, which renews again', async () => {
    const identity = await house.identity();
    const held = await replica.call.enrol(identity.id);
    const key = newKey();
    const first = await renew(held, {}, key);
    expect({ status: first.status, body: first.body }).toMatchObject({
      status: 201,
      body: { spiffeId: identity.spiffeId },
    });
    expect(first.body.id).not.toBe(held.id);
    expect((await renew(heldFrom(key, first))).status).toBe(201);
  });

  it('names the certificate it came of in receipt and log', async () => {
    const held = await replica.call.enrol((await house.identity()).id);
    const { body } = await renew(held);
    const receipt = await replica.call.ask('GET', `/v1/certificates/${body.id}/receipt`, { as: 'auditor' });
    expect(receipt.body.source).toEqual({ kind: 'certificate', id: held.id, version: null });
    const [record] = await house.records(body.id);
    expect(record).toMatchObject({ type: 'certificate.issued', actor: held.answer.identityId });
  });

  it('keeps the profile, and takes no DNS name that was not there (P17)', async () => {
    const identity = await house.identity();
    const server = await replica.call.enrol(identity.id, { profile: 'server' }, { dnsNames: ['localhost'] });
    const same = await renew(server, { dnsNames: ['localhost'] });
    expect(new X509Certificate(same.body.certificate).subjectAltName).toContain('DNS:localhost');
    const wider = await renew(server, { dnsNames: ['a.localhost'] });
    expect({ status: wider.status, code: wider.body.code }).toEqual({ status: 403, code: 'dns_name_refused' });
    const workload = await replica.call.enrol(identity.id);
    expect((await renew(workload, { dnsNames: ['localhost'] })).body.code).toBe('dns_name_refused');
  });

  it.each([
    ['suspended', 'identity_suspended'],
    ['retired', 'identity_retired'],
  ])('is refused to an identity that is %s, and the refusal recorded', async (status, code) => {
    const identity = await house.identity();
    const held = await replica.call.enrol(identity.id);
    await house.superuser.query('UPDATE muster.identities SET status = $2, version = 2 WHERE id = $1', [
      identity.id,
      status,
    ]);
    const answer = await renew(held);
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 403, code });
    expect((await house.records(identity.id)).map(({ type }) => type)).toContain('access.denied');
  });

  it('is refused with a certificate that was revoked a moment ago, by whichever replica', async () => {
    const held = await replica.call.enrol((await house.identity()).id);
    const other = await house.replica();
    await replica.call.ask('POST', `/v1/certificates/${held.id}/revocation`, {
      as: 'analyst',
      body: { reason: 'Odd.' },
    });
    const answer = await other.call.ask('POST', '/v1/certificates/renewal', {
      with: held,
      body: { csr: csrFor(newKey()) },
    });
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 403, code: 'certificate_revoked' });
  });

  it('is refused with the service’s own certificate, already in the handshake: it is for servers alone', async () => {
    await expect(renew(replica.service as never)).rejects.toThrow();
  });

  it('is not served without a certificate, nor on the open listener', async () => {
    const open = await replica.call.ask('POST', '/v1/certificates/renewal', { body: { csr: csrFor(newKey()) } });
    expect({ status: open.status, code: open.body.code }).toEqual({ status: 404, code: 'listener_wrong' });
  });

  it('ends when the clock says the certificate has, whatever TLS thinks', async () => {
    const held = await replica.call.enrol((await house.identity()).id, { ttlSeconds: 600 });
    house.clock.advance(601);
    const answer = await renew(held);
    house.clock.advance(-601);
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 401, code: 'certificate_untrusted' });
  });

  it('meets nothing that nobody foresaw', () => expect(house.failures).toEqual([]));
});

import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { csrFor, heldFrom, newKey } from './caller.js';
import { type House, openHouse, type Replica } from './house.js';

const JOBS = 200;

describe('a token that is used again (decision 10)', () => {
  let house: House;
  let replica: Replica;

  beforeAll(async () => {
    house = await openHouse();
    replica = await house.replica();
  }, 120_000);

  afterAll(() => house.close());

  const intentsOf = async (certificateId: string) =>
    (
      await house.superuser.query<{ repeats: string | null; tbs: Buffer }>(
        'SELECT repeats, tbs FROM muster.intents WHERE credential_id = $1 ORDER BY id',
        [certificateId],
      )
    ).rows;

  it('with the same key gets the same certificate, signed once more from the recorded bytes', async () => {
    const identity = await house.identity();
    const token = await replica.call.joinToken(identity.id);
    const key = newKey();
    const first = await replica.call.certificate(token, csrFor(key));
    const again = await replica.call.certificate(token, csrFor(key));
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body.id).toBe(first.body.id);
    expect(again.body.serialNumber).toBe(first.body.serialNumber);
    expect(
      new X509Certificate(again.body.certificate).publicKey.equals(
        new X509Certificate(first.body.certificate).publicKey,
      ),
    ).toBe(true);
    const [original, repeat] = await intentsOf(first.body.id);
    expect(repeat!.tbs.equals(original!.tbs)).toBe(true);
    expect((await house.records(first.body.id)).map(({ type }) => type)).toEqual([
      'certificate.issued',
      'certificate.repeated',
    ]);
  });

  it('with another key is refused in one generic word', async () => {
    const token = await replica.call.joinToken((await house.identity()).id);
    expect((await replica.call.certificate(token, csrFor(newKey()))).status).toBe(201);
    const thief = await replica.call.certificate(token, csrFor(newKey()));
    expect({ status: thief.status, code: thief.body.code }).toEqual({ status: 401, code: 'attestation_refused' });
  });

  it('gets no certificate once that one was revoked', async () => {
    const token = await replica.call.joinToken((await house.identity()).id);
    const key = newKey();
    const { body } = await replica.call.certificate(token, csrFor(key));
    await replica.call.ask('POST', `/v1/certificates/${body.id}/revocation`, {
      as: 'analyst',
      body: { reason: 'key-compromise' },
    });
    const again = await replica.call.certificate(token, csrFor(key));
    expect({ status: again.status, code: again.body.code }).toEqual({ status: 403, code: 'certificate_revoked' });
  });

  it('gets no certificate once that one has expired', async () => {
    const identity = await house.identity();
    const token = await replica.call.joinToken(identity.id);
    const key = newKey();
    await replica.call.certificate(token, csrFor(key), { ttlSeconds: 1 });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const again = await replica.call.certificate(token, csrFor(key));
    expect({ status: again.status, code: again.body.code }).toEqual({ status: 410, code: 'certificate_expired' });
  });

  it('gets no certificate while the identity is suspended', async () => {
    const identity = await house.identity();
    const token = await replica.call.joinToken(identity.id);
    const key = newKey();
    await replica.call.certificate(token, csrFor(key));
    await replica.call.ask('POST', `/v1/identities/${identity.id}/suspension`, {
      as: 'analyst',
      body: { reason: 'Odd.' },
    });
    expect((await replica.call.certificate(token, csrFor(key))).body.code).toBe('identity_suspended');
  });

  it('finds the certificate whose answer was lost before it was signed', async () => {
    const identity = await house.identity();
    const token = await replica.call.joinToken(identity.id);
    const key = newKey();
    house.signer.instead = () => Promise.reject(new Error('lost'));
    const lost = await replica.call.certificate(token, csrFor(key));
    house.signer.instead = undefined;
    house.failures.length = 0;
    expect(lost.status).toBe(500);
    const again = await replica.call.certificate(token, csrFor(key));
    expect(again.status).toBe(201);
    expect(heldFrom(key, again).id).toBe(again.body.id);
    expect(await intentsOf(again.body.id)).toHaveLength(2);
  });

  it(`lets one of ${JOBS} concurrent jobs win, each with a key of its own (P21)`, async () => {
    const identity = await house.identity();
    const token = await replica.call.joinToken(identity.id);
    const csrs = Array.from({ length: JOBS }, () => csrFor(newKey()));
    const answers = await Promise.all(csrs.map((csr) => replica.call.certificate(token, csr)));
    const won = answers.filter(({ status }) => status === 201);
    expect(won).toHaveLength(1);
    expect(new Set(answers.filter((one) => one !== won[0]).map(({ body }) => body.code))).toEqual(
      new Set(['attestation_refused']),
    );
    const { rows } = await house.superuser.query('SELECT id FROM muster.credentials WHERE identity_id = $1', [
      identity.id,
    ]);
    expect(rows).toEqual([{ id: won[0]!.body.id }]);
  });

  it('gives concurrent retries with one key one certificate', async () => {
    const token = await replica.call.joinToken((await house.identity()).id);
    const csr = csrFor(newKey());
    const answers = await Promise.all(Array.from({ length: 8 }, () => replica.call.certificate(token, csr)));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(201));
    expect(new Set(answers.map(({ body }) => body.serialNumber)).size).toBe(1);
  });

  it('meets nothing that nobody foresaw', () => expect(house.failures).toEqual([]));
});

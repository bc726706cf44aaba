import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { csrFor, newKey } from './caller.js';
import { type House, openHouse, type Replica } from './house.js';

describe('issuing certificates', () => {
  let house: House;
  let replica: Replica;

  beforeAll(async () => {
    house = await openHouse();
    replica = await house.replica();
  }, 120_000);

  afterAll(() => house.close());

  it('gives a proved identity a certificate that holds up to the root', async () => {
    const identity = await house.identity();
    const token = await replica.call.joinToken(identity.id);
    const key = newKey();
    const { status, body } = await replica.call.certificate(token, csrFor(key));
    expect({ status, body }).toMatchObject({
      status: 201,
      body: { identityId: identity.id, spiffeId: identity.spiffeId },
    });
    const leaf = new X509Certificate(body.certificate);
    expect(leaf.subjectAltName).toBe(`URI:${identity.spiffeId}`);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IntentsRepository } from '../../src/issuance/intents.repository.js';
import { UnitOfWork } from '../../src/platform/index.js';
import { csrFor, newKey } from './caller.js';
import { type House, openHouse, type Replica } from './house.js';

const ROUNDS = 12;

describe('two replicas on one database', () => {
  let house: House;
  let one: Replica;
  let other: Replica;

  beforeAll(async () => {
    house = await openHouse();
    [one, other] = await Promise.all([house.replica(), house.replica()]);
  }, 120_000);

  afterAll(() => house.close());

  it('that start for the first time at once found one root, one issuing authority and one token key', async () => {
    const { rows } = await house.superuser.query(
      `SELECT (SELECT count(*)::int FROM muster.authorities WHERE kind = 'root') AS roots,
         (SELECT count(*)::int FROM muster.authorities WHERE kind = 'issuing') AS issuing,
         (SELECT count(*)::int FROM muster.signing_keys) AS keys,
         (SELECT count(*)::int FROM audit.records WHERE leaf::jsonb ->> 'type' = 'installation.created') AS records`,
    );
    expect(rows).toEqual([{ roots: 1, issuing: 1, keys: 1, records: 1 }]);
    expect(one.call.root).toBe(other.call.root);
  });

  it('stop issuing at once when a suspension was answered by the other (decision 5)', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const identity = await house.identity();
      const token = await other.call.joinToken(identity.id);
      const suspended = await one.call.ask('POST', `/v1/identities/${identity.id}/suspension`, {
        as: 'analyst',
        body: { reason: 'Odd.' },
      });
      expect(suspended.status).toBe(200);
      const answer = await other.call.certificate(token, csrFor(newKey()));
      expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 403, code: 'identity_suspended' });
    }
  });

  it('never record an intent after the suspension that races with it has committed', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const identity = await house.identity();
      const token = await other.call.joinToken(identity.id);
      await Promise.all([
        one.call.ask('POST', `/v1/identities/${identity.id}/suspension`, { as: 'analyst', body: { reason: 'Odd.' } }),
        other.call.certificate(token, csrFor(newKey())),
      ]);
      const types = (await house.records(identity.id)).map(({ type }) => type);
      const { rows } = await house.superuser.query<{ type: string }>(
        `SELECT r.leaf::jsonb ->> 'type' AS type FROM audit.records r
         WHERE r.leaf::jsonb ->> 'subject' = $1 OR r.leaf::jsonb ->> 'actor' = $1 ORDER BY n`,
        [identity.id],
      );
      const order = rows.map(({ type }) => type);
      expect(types).toContain('identity.suspended');
      if (order.includes('certificate.issued'))
        expect(order.indexOf('certificate.issued')).toBeLessThan(order.indexOf('identity.suspended'));
    }
  });

  it('refuse an intent on a footing that has moved, in the database itself', async () => {
    const identity = await house.identity();
    const { answer } = await one.call.enrol(identity.id);
    const unitOfWork = one.get(UnitOfWork);
    const intents = one.get(IntentsRepository);
    const recorded = (await unitOfWork.read((tx) => intents.findCertificate(tx, answer.id)))!;
    const footing = { identityId: identity.id, identityVersion: 99, trust: null };
    await expect(unitOfWork.run((tx) => intents.insert(tx, recorded, footing))).rejects.toMatchObject({
      code: 'standing_changed',
    });
  });

  it('meet nothing that nobody foresaw', () => expect(house.failures).toEqual([]));
});

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Muster } from '../harness/muster.js';

/** Two services start, on two cores that others may use. */
jest.setTimeout(120_000);

describe('two replicas of the service on one database', () => {
  let first: Muster;
  let second: Muster;

  beforeAll(async () => {
    first = await Muster.start();
    second = await Muster.start({ beside: first });
  });
  afterAll(async () => {
    await second?.stop();
    await first?.stop();
  });

  it('show certificates of one root', () => {
    expect(second.root).toBe(first.root);
  });

  it('know one another’s sessions', async () => {
    const { token, id } = await first.signInAs('custodian');
    const me = await second.visitor({ token }).get<{ person: { id: string } }>('/v1/me');
    expect(me.person.id).toBe(id);
  });

  it('are ready, and each says so on its own listener', async () => {
    for (const muster of [first, second]) {
      const reply = await muster.visitor().call<{ status: string }>('GET', '/health/ready');
      expect([reply.status, reply.body.status]).toEqual([200, 'ready']);
    }
  });

  it('say how far the log is behind', async () => {
    const { bytes } = await first.visitor().call('GET', '/metrics');
    expect(bytes.toString()).toMatch(/^muster_audit_lag_records \d+$/m);
  });
});

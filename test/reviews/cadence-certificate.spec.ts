import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApprovalsModule } from '../../src/approvals/index.js';
import { GRACE_SECONDS } from '../../src/inventory/domain/standing.js';
import { addSeconds, DAY_SECONDS, type Id, type Role } from '../../src/kernel/index.js';
import { Staging } from '../../src/reviews/campaigns/staging.service.js';
import { ReviewsModule } from '../../src/reviews/index.js';
import { csrFor, newKey } from '../issuance/caller.js';
import { type House, openHouse, type Replica } from '../issuance/house.js';

/** Review or expire (ISS-6), by the doors that workloads and people use. */

let house: House;
let replica: Replica;

beforeAll(async () => {
  house = await openHouse();
  replica = await house.replica({ rooms: [ApprovalsModule, ReviewsModule] });
}, 120_000);
afterAll(() => house?.close());

const ttlOf = (body: { notBefore: string; expiresAt: string }) =>
  (Date.parse(body.expiresAt) - Date.parse(body.notBefore)) / 1000 - 30;

async function call<Body>(as: Role, method: string, path: string, body?: unknown): Promise<Body> {
  const answer = await replica.call.ask(method, path, { as, ...(body !== undefined && { body }) });
  if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
  return answer.body as Body;
}

describe('an overdue review', () => {
  it('shortens a certificate, then stops it in words that name the review; completing it gives all of it back', async () => {
    const environment = 'reviewed';
    const { id } = await house.identity({ environment });
    expect(ttlOf((await replica.call.enrol(id)).answer)).toBe(3600);
    const campaign = await call<{ id: Id<'campaign'> }>('administrator', 'POST', '/v1/review-campaigns', {
      ...{ name: 'Quarterly', scope: { environment }, managementId: house.people.get('auditor') },
      dueAt: addSeconds(house.clock.now(), DAY_SECONDS).toISOString(),
    });
    await replica.get(Staging).freeze(campaign.id);
    expect(ttlOf((await replica.call.enrol(id)).answer)).toBe(3600);

    house.clock.advance(DAY_SECONDS);
    const late = await replica.call.enrol(id);
    expect(ttlOf(late.answer)).toBe(900);

    house.clock.advance(GRACE_SECONDS);
    const refused = await replica.call.certificate(await replica.call.joinToken(id), csrFor(newKey()));
    const { items } = await call<{ items: [{ id: string }] }>(
      'custodian',
      'GET',
      `/v1/review-items?campaignId=${campaign.id}&reviewer=me`,
    );
    const [{ id: reviewId }] = items;
    expect(refused).toMatchObject({
      status: 403,
      body: {
        code: 'review_overdue',
        detail: expect.stringContaining(`complete its access review ${reviewId}, see muster review show ${reviewId}`),
      },
    });

    await call('custodian', 'GET', `/v1/review-items/${reviewId}`);
    await call('custodian', 'PUT', `/v1/review-items/${reviewId}/decision`, { decision: 'keep' });
    const shown = await call<{ digest: string; count: number }>(
      'custodian',
      'GET',
      `/v1/review-campaigns/${campaign.id}/submission`,
    );
    const { digest, count } = shown;
    await call('custodian', 'POST', `/v1/review-campaigns/${campaign.id}/submissions`, { digest, count });
    expect(ttlOf((await replica.call.enrol(id)).answer)).toBe(3600);
    expect(house.failures).toEqual([]);
  });
});

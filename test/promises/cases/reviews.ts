import { addSeconds, DAY_SECONDS } from '../../../src/kernel/index.js';
import type { Case } from './case.js';
import type { Scene } from './scene.js';
import { uniqueWord } from './secrets.js';

const reason = 'The quarterly look.';

function newCampaign(scene: Scene, environment: string): Readonly<Record<string, unknown>> {
  const dueAt = addSeconds(new Date(), 14 * DAY_SECONDS).toISOString();
  return { name: `Review ${uniqueWord()}`, scope: { environment }, dueAt, managementId: scene.administrator.id };
}

/** A decision of the custodian's, noted and not submitted. */
async function noted(scene: Scene) {
  const review = await scene.review();
  await scene.custodian.visitor.call('PUT', `/v1/review-items/${review.itemId}/decision`, { decision: 'keep' });
  return review;
}

async function signed(scene: Scene, campaignId: string) {
  const { digest, count } = await scene.custodian.visitor.get<{ digest: string; count: number }>(
    `/v1/review-campaigns/${campaignId}/submission`,
  );
  return { digest, count };
}

/** Access reviews, from their beginning to what custodians sign. */
export const REVIEWS: readonly Case[] = [
  {
    route: 'POST /v1/review-campaigns/preview',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.analyst.visitor, body: { scope: { teamId: scene.team.id } } }),
  },
  {
    route: 'POST /v1/review-campaigns',
    status: 201,
    records: ['campaign.created'],
    prepare: async (scene) => {
      const environment = uniqueWord();
      await scene.identity({ environment });
      return { by: scene.analyst.visitor, body: newCampaign(scene, environment) };
    },
  },
  {
    route: 'GET /v1/review-campaigns',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, query: { state: 'open', ownerId: 'me', limit: '5' } }),
  },
  {
    route: 'GET /v1/review-campaigns/{id}',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: (await scene.review()).campaignId } }),
  },
  {
    route: 'GET /v1/review-campaigns/{id}/custodians',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: (await scene.review()).campaignId } }),
  },
  {
    route: 'PATCH /v1/review-campaigns/{id}',
    status: 200,
    records: ['campaign.changed'],
    prepare: async (scene) => {
      const { campaignId, campaignVersion } = await scene.review();
      const body = { name: uniqueWord(), dueAt: addSeconds(new Date(), 30 * DAY_SECONDS).toISOString() };
      return { by: scene.analyst.visitor, path: { id: campaignId }, version: campaignVersion, body };
    },
  },
  {
    route: 'POST /v1/review-campaigns/{id}/cancellation',
    status: 200,
    records: ['campaign.cancelled'],
    prepare: async (scene) => ({
      by: scene.analyst.visitor,
      path: { id: (await scene.review()).campaignId },
      body: { reason },
    }),
  },
  {
    route: 'GET /v1/review-queue',
    status: 200,
    records: [],
    prepare: async (scene) => {
      await scene.review();
      return { by: scene.custodian.visitor };
    },
  },
  {
    route: 'GET /v1/review-items',
    status: 200,
    records: [],
    prepare: async (scene) => {
      await scene.review();
      return { by: scene.custodian.visitor, query: { reviewer: 'me', state: 'open', limit: '5' } };
    },
  },
  {
    route: 'GET /v1/review-items',
    when: 'by name, in order of use',
    status: 200,
    records: [],
    prepare: async (scene) => {
      const { campaignId } = await scene.review();
      return { by: scene.auditor.visitor, query: { campaignId, q: 'zq', sort: 'last-used', limit: '5' } };
    },
  },
  {
    route: 'GET /v1/review-items/{id}',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.custodian.visitor, path: { id: (await scene.review()).itemId } }),
  },
  {
    route: 'PUT /v1/review-items/{id}/decision',
    status: 200,
    records: [],
    prepare: async (scene) => {
      const { itemId, grantId } = await scene.review();
      const body = { decision: 'reduce', grants: [grantId], reason };
      return { by: scene.custodian.visitor, path: { id: itemId }, version: 1, body };
    },
  },
  {
    route: 'DELETE /v1/review-items/{id}/decision',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.custodian.visitor, path: { id: (await noted(scene)).itemId } }),
  },
  {
    route: 'POST /v1/review-items/keeps',
    status: 200,
    records: [],
    prepare: async (scene) => {
      const { itemId } = await scene.review();
      await scene.custodian.visitor.get(`/v1/review-items/${itemId}`);
      return { by: scene.custodian.visitor, body: { itemIds: [itemId], reason } };
    },
  },
  {
    route: 'GET /v1/review-campaigns/{id}/submission',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.custodian.visitor, path: { id: (await noted(scene)).campaignId } }),
  },
  {
    route: 'POST /v1/review-campaigns/{id}/submissions',
    status: 201,
    records: ['review.submitted'],
    prepare: async (scene) => {
      const { campaignId } = await noted(scene);
      return { by: scene.custodian.visitor, path: { id: campaignId }, body: await signed(scene, campaignId) };
    },
  },
];

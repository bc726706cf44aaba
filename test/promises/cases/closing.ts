import type { Case } from './case.js';
import type { Scene } from './scene.js';

const reason = 'Nobody needs it.';

/** Everything of a review kept and signed by the custodian. */
async function kept(scene: Scene, campaignId: string, itemId: string): Promise<void> {
  const { visitor } = scene.custodian;
  const decided = await visitor.call('PUT', `/v1/review-items/${itemId}/decision`, { decision: 'keep' });
  if (decided.status !== 200) throw new Error(decided.bytes.toString());
  const at = `/v1/review-campaigns/${campaignId}`;
  const { digest, count } = await visitor.get<{ digest: string; count: number }>(`${at}/submission`);
  await visitor.post(`${at}/submissions`, { digest, count });
}

/** A review that ties out: run by the analyst, for the administrator to acknowledge. */
async function tiedOut(scene: Scene, acknowledged = false) {
  const { campaignId, itemId } = await scene.review();
  await kept(scene, campaignId, itemId);
  await scene.backup.visitor.call('PUT', `/v1/review-samples/${itemId}`, { verdict: 'agreed' });
  const at = `/v1/review-campaigns/${campaignId}`;
  const { digest } = await scene.administrator.visitor.get<{ digest: string }>(`${at}/figures`);
  if (acknowledged) await scene.administrator.visitor.post(`${at}/acknowledgement`, { digest });
  return { id: campaignId, digest };
}

/** A keep that the backup custodian looks at again. */
async function sampled(scene: Scene, disagreed = false): Promise<string> {
  const { campaignId, itemId } = await scene.review();
  await kept(scene, campaignId, itemId);
  if (disagreed)
    await scene.backup.visitor.call('PUT', `/v1/review-samples/${itemId}`, { verdict: 'disagreed', reason });
  return itemId;
}

function taken(format: 'csv' | 'json' | 'pdf'): Case {
  return {
    route: 'POST /v1/review-campaigns/{id}/exports',
    when: `as ${format}`,
    status: 200,
    records: ['campaign.exported'],
    prepare: async (scene) => ({
      by: scene.analyst.visitor,
      path: { id: (await scene.review()).campaignId },
      body: { format },
    }),
  };
}

/** How reviews end, and leave the house. */
export const CLOSING: readonly Case[] = [
  {
    route: 'GET /v1/review-campaigns/{id}/figures',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: (await scene.review()).campaignId } }),
  },
  {
    route: 'POST /v1/review-campaigns/{id}/acknowledgement',
    status: 200,
    records: ['campaign.acknowledged'],
    prepare: async (scene) => {
      const { id, digest } = await tiedOut(scene);
      return { by: scene.administrator.visitor, path: { id }, body: { digest } };
    },
  },
  {
    route: 'POST /v1/review-campaigns/{id}/close',
    status: 200,
    records: ['campaign.closed'],
    prepare: async (scene) => ({ by: scene.analyst.visitor, path: { id: (await tiedOut(scene, true)).id } }),
  },
  {
    route: 'GET /v1/review-samples',
    status: 200,
    records: [],
    prepare: async (scene) => ({
      by: scene.backup.visitor,
      query: { reviewer: 'me', state: 'open', limit: '5' },
    }),
  },
  {
    route: 'PUT /v1/review-samples/{id}',
    status: 200,
    records: ['review.sample-decided'],
    prepare: async (scene) => ({
      by: scene.backup.visitor,
      path: { id: await sampled(scene) },
      body: { verdict: 'disagreed', reason },
    }),
  },
  {
    route: 'POST /v1/review-samples/{id}/resolution',
    status: 200,
    records: ['review.sample-resolved'],
    prepare: async (scene) => ({
      by: scene.analyst.visitor,
      path: { id: await sampled(scene, true) },
      body: { decision: 'revoke', reason },
    }),
  },
  taken('csv'),
  taken('json'),
  taken('pdf'),
];

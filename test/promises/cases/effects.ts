import { addSeconds, DAY_SECONDS } from '../../../src/kernel/index.js';
import type { Case } from './case.js';
import { eventually, type Scene } from './scene.js';
import { uniqueWord } from './secrets.js';

interface Made {
  readonly id: string;
}
const inDays = (days: number) => addSeconds(new Date(), days * DAY_SECONDS).toISOString();

/** Waits until nothing is being carried out: what other cases decided would change things under this one. */
async function calm(scene: Scene): Promise<void> {
  const busy = `SELECT FROM muster.review_effects WHERE state IN ('pending', 'applied')`;
  await eventually(async () => (await scene.superuser.query(busy)).rowCount === 0, 'what was decided to be done');
}

/** A review of one identity, of which nobody looks again at anything, begun while nothing else goes on. */
export async function review(scene: Scene) {
  await calm(scene);
  const environment = uniqueWord();
  const { id: identityId } = await scene.identity({ environment });
  const { id: grantId } = await scene.grant(identityId);
  const reviewed = await scene.campaignOver(environment, { samplePercent: 0 });
  return { ...reviewed, identityId, grantId };
}

/** A grant that the custodian took away, on a system that nobody can look at: it waits for the word of whose campaign it is. */
async function toAttest(scene: Scene): Promise<Made> {
  const { campaignId, itemId, grantId } = await review(scene);
  const { visitor } = scene.custodian;
  const at = `/v1/review-campaigns/${campaignId}`;
  await visitor.call('PUT', `/v1/review-items/${itemId}/decision`, { decision: 'reduce', grants: [grantId] });
  const { digest, count } = await visitor.get<{ digest: string; count: number }>(`${at}/submission`);
  await visitor.post(`${at}/submissions`, { digest, count });
  await calm(scene);
  const { items } = await visitor.get<{ items: readonly Made[] }>(`/v1/review-effects?campaignId=${campaignId}`);
  return items[0]!;
}

/** As it stands where a target could not be reached for so long that it was given up. */
async function failedEffect(scene: Scene): Promise<Made> {
  const found = await toAttest(scene);
  await scene.superuser.query(
    `UPDATE muster.review_effects SET state = 'failed', failure = 'target_unreachable' WHERE id = $1`,
    [found.id],
  );
  return found;
}

async function exception(scene: Scene): Promise<Made> {
  const { itemId } = await review(scene);
  return scene.analyst.visitor.post<Made>('/v1/review-exceptions', excepting(scene, { itemId }));
}

function excepting(scene: Scene, of: Readonly<Record<string, unknown>>) {
  return { ...of, reason: 'Its owner is away.', endsAt: inDays(30), ownerId: scene.backup.id };
}

/** What becomes of decisions, and what is left open on purpose. */
export const EFFECTS: readonly Case[] = [
  {
    route: 'GET /v1/review-effects',
    status: 200,
    records: [],
    prepare: async (scene) => {
      await toAttest(scene);
      return { by: scene.analyst.visitor, query: { ownerId: 'me', state: 'attestation-needed', limit: '5' } };
    },
  },
  {
    route: 'GET /v1/review-effects/{id}',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: (await toAttest(scene)).id } }),
  },
  {
    route: 'POST /v1/review-effects/{id}/retry',
    status: 200,
    records: ['review.effect-retried'],
    prepare: async (scene) => ({ by: scene.analyst.visitor, path: { id: (await failedEffect(scene)).id } }),
  },
  {
    route: 'POST /v1/review-effects/{id}/attestation',
    status: 200,
    records: ['review.effect-attested'],
    prepare: async (scene) => ({
      by: scene.analyst.visitor,
      path: { id: (await toAttest(scene)).id },
      body: { statement: 'Taken away by hand.', reference: 'CHG-17' },
    }),
  },
  {
    route: 'GET /v1/review-exceptions',
    status: 200,
    records: [],
    prepare: async (scene) => {
      await exception(scene);
      return { by: scene.auditor.visitor, query: { limit: '5' } };
    },
  },
  {
    route: 'POST /v1/review-exceptions',
    status: 201,
    records: ['review.exception-created'],
    prepare: async (scene) => ({
      by: scene.analyst.visitor,
      body: excepting(scene, { itemId: (await review(scene)).itemId }),
    }),
  },
  {
    route: 'POST /v1/review-exceptions',
    when: 'of what cannot be seen to be done',
    status: 201,
    records: ['review.exception-created'],
    prepare: async (scene) => ({
      by: scene.analyst.visitor,
      body: excepting(scene, { effectId: (await toAttest(scene)).id }),
    }),
  },
  {
    route: 'POST /v1/review-exceptions/{id}/end',
    status: 200,
    records: ['review.exception-ended'],
    prepare: async (scene) => ({ by: scene.analyst.visitor, path: { id: (await exception(scene)).id } }),
  },
];

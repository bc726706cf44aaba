import { addSeconds, DAY_SECONDS } from '../../../src/kernel/index.js';
import type { Case } from './case.js';
import { eventually, type Scene } from './scene.js';
import { uniqueWord } from './secrets.js';

interface Made {
  readonly id: string;
}
interface Listed<Item> {
  readonly items: readonly Item[];
}
type Effect = Made & { readonly state: string };

const inDays = (days: number) => addSeconds(new Date(), days * DAY_SECONDS).toISOString();

/** Waits until nothing is being carried out: what other cases decided would change things under this one. */
async function calm(scene: Scene): Promise<void> {
  const busy = `SELECT FROM muster.review_effects WHERE state IN ('pending', 'applied')`;
  await eventually(async () => (await scene.superuser.query(busy)).rowCount === 0, 'what was decided to be done');
}

/** An open review of one identity, run by the analyst; its item is the custodian's. */
export async function review(scene: Scene) {
  await calm(scene);
  const { visitor } = scene.analyst;
  const team = await scene.newTeam();
  const { id: identityId } = await scene.identity({ teamId: team.id });
  const grant = await scene.grant(identityId, { target: `warehouse-${uniqueWord()}`, verified: true });
  const { id: campaignId } = await visitor.post<Made>('/v1/review-campaigns', {
    ...{ name: `Review ${uniqueWord()}`, scope: { teamId: team.id }, dueAt: inDays(14), samplePercent: 0 },
    managementId: scene.administrator.id,
  });
  const isOpen = async () =>
    (await visitor.get<{ state: string }>(`/v1/review-campaigns/${campaignId}`)).state === 'open';
  await eventually(isOpen, 'the review to be frozen');
  const { items } = await visitor.get<Listed<Made>>(`/v1/review-items?campaignId=${campaignId}`);
  return { campaignId, identityId, itemId: items[0]!.id, grantId: grant.id };
}

/** What a decision of the custodian's asked for, once it came to rest. */
async function effect(scene: Scene, decision: (grantId: string) => Readonly<Record<string, unknown>>): Promise<Effect> {
  const { campaignId, itemId, grantId } = await review(scene);
  const { visitor } = scene.custodian;
  await visitor.get(`/v1/review-items/${itemId}`);
  const decided = await visitor.call('PUT', `/v1/review-items/${itemId}/decision`, decision(grantId));
  if (decided.status !== 200) throw new Error(decided.bytes.toString());
  const at = `/v1/review-campaigns/${campaignId}`;
  const { digest, count } = await visitor.get<{ digest: string; count: number }>(`${at}/submission`);
  await visitor.post(`${at}/submissions`, { digest, count });
  await calm(scene);
  return (await visitor.get<Listed<Effect>>(`/v1/review-effects?campaignId=${campaignId}`)).items[0]!;
}

/** Waits for the word of the custodian, who verified the grant. */
function toAttest(scene: Scene): Promise<Effect> {
  return effect(scene, (grantId) => ({ decision: 'reduce', grants: [grantId] }));
}

/** As it stands where a target could not be reached for so long that it was given up. */
async function failedEffect(scene: Scene): Promise<Effect> {
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
      return { by: scene.custodian.visitor, query: { ownerId: 'me', state: 'attestation-needed', limit: '5' } };
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
      by: scene.custodian.visitor,
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

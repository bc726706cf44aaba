import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { Surroundings } from '../../src/inventory/index.js';
import type { Id } from '../../src/kernel/index.js';
import { UnitOfWork } from '../../src/platform/index.js';
import { ReviewNames } from '../../src/reviews/index.js';
import { EffectsJobs } from '../../src/reviews/effects/effects.jobs.js';
import { insertRow, newId } from '../inventory/rows.js';
import { TargetServer } from '../targets/server.js';
import { recordsBy, ReviewRoom } from './room.js';

/** What becomes of decisions: seen to be so on a real PostgreSQL, in Muster itself, or by somebody's word. */

const PASSWORD = 'of-the-account';
const HOUR = 3600;

interface EffectBody {
  readonly id: Id<'reviewEffect'>;
  readonly kind: string;
  readonly state: string;
  readonly words: string;
  readonly failure: string | null;
  readonly failureWords: string | null;
  readonly ownerId: string | null;
  readonly attempts: number;
  readonly evidence: Readonly<Record<string, unknown>> | null;
  readonly targetName: string | null;
  readonly canAttest: boolean;
  readonly canRetry: boolean;
  readonly exceptionId: string | null;
  readonly code: string;
}

let room: ReviewRoom;
let server: TargetServer;
let sql: Client;
let agent: string;
let people: { owner: Id<'person'>; cora: Id<'person'>; berta: Id<'person'>; vera: Id<'person'>; boss: Id<'person'> };
let targetId: Id<'target'>;
let targetName: string;
let made = 0;

beforeAll(async () => {
  [room, server] = await Promise.all([ReviewRoom.open(), TargetServer.start()]);
  sql = server.superuser;
  agent = await server.role('agent', `LOGIN SUPERUSER PASSWORD '${PASSWORD}'`);
  await sql.query('CREATE TABLE orders (id int); CREATE TABLE refunds (id int)');
  people = {
    owner: await room.person('owner', 'analyst'),
    cora: await room.person('cora', 'custodian'),
    berta: await room.person('berta', 'custodian'),
    vera: await room.person('vera', 'custodian'),
    boss: await room.person('boss', 'administrator'),
  };
});
afterAll(async () => {
  await room?.close();
  await server?.stop();
});
beforeEach(async () => {
  targetName = `orders-db-${++made}`;
  targetId = await newTarget(targetName);
});
afterEach(() => expect(room.failures.splice(0)).toEqual([]));

async function newTarget(name: string): Promise<Id<'target'>> {
  const body = {
    ...{ name, kind: 'postgresql', url: server.url(agent, PASSWORD), ownerId: people.boss },
    privateNetwork: { reason: 'It runs in this test.' },
  };
  const { status, body: target, text } = await room.ask('POST', '/v1/targets', { as: 'boss', body });
  if (status !== 201) throw new Error(text);
  return target.id as Id<'target'>;
}

/** An identity with a real role of its own on the target, in a campaign of its own. */
async function reviewed() {
  const environment = room.newEnvironment();
  const identityId = await room.identity({
    environment,
    primary_custodian_id: people.cora,
    backup_custodian_id: people.berta,
  });
  const account = await server.role('account', `LOGIN PASSWORD '${PASSWORD}'`);
  const linked = await room.ask('POST', `/v1/targets/${targetId}/accounts`, {
    as: 'boss',
    body: { identityId, account },
  });
  expect(linked.status).toBe(201);
  const begin = async () => {
    const campaignId = await room.campaign('owner', environment, { managementId: people.boss });
    const [item] = (await room.items('owner', campaignId)).values();
    await room.ask('GET', `/v1/review-items/${item!.id}`, { as: 'cora' });
    return { campaignId, itemId: item!.id };
  };
  return { identityId, account, accountId: linked.body.id, begin };
}

async function decide(
  itemId: string,
  campaignId: Id<'campaign'>,
  body: Readonly<Record<string, unknown>>,
): Promise<void> {
  const decided = await room.ask('PUT', `/v1/review-items/${itemId}/decision`, { as: 'cora', body });
  expect([decided.status, decided.body.code]).toEqual([200, undefined]);
  expect((await room.submit('cora', campaignId)).status).toBe(201);
}

const turn = () => room.get(EffectsJobs).carryOut();
const effectsOf = async (campaignId: Id<'campaign'>, as = 'owner') => {
  const { body } = await room.ask<{ items: EffectBody[] }>('GET', `/v1/review-effects?campaignId=${campaignId}`, {
    as,
  });
  return body.items;
};
const effectOf = async (campaignId: Id<'campaign'>, as = 'owner') => (await effectsOf(campaignId, as))[0]!;
const typesOf = (records: readonly { readonly type: string }[]) => records.map(({ type }) => type);
const verified = (target: string, by = people.vera) => ({ target, verifier_id: by, verified_at: new Date(0) });

describe('a reduce', () => {
  it('takes a real privilege away from a real role, and is verified by looking again', async () => {
    const { identityId, account, accountId, begin } = await reviewed();
    await sql.query(`GRANT SELECT, INSERT ON orders TO ${account}`);
    const grantId = await room.grant(identityId, { target: targetName, scope: 'SELECT ON TABLE public.orders' });
    const client = await server.signIn(account, PASSWORD);
    await client.query('SELECT FROM orders');
    const { campaignId, itemId } = await begin();
    await decide(itemId, campaignId, { decision: 'reduce', grants: [grantId] });
    expect(await effectOf(campaignId)).toMatchObject({ kind: 'remove-grant', state: 'pending', targetName });

    const records = await recordsBy(room, turn);
    expect(records.map(({ type, actor, subject }) => [type, actor, subject])).toEqual([
      ['grant.removed', 'system:reviews', identityId],
      ['target.applied', 'system:reviews', accountId],
      ['review.effect-verified', 'system:reviews', itemId],
    ]);
    await expect(client.query('SELECT FROM orders')).rejects.toMatchObject({ code: '42501' });
    const subjects = await room.get(UnitOfWork).read((tx) => room.get(Surroundings).subjectsOf(tx, identityId));
    expect(subjects).toEqual(expect.arrayContaining([accountId, itemId]));
    await client.query('INSERT INTO orders VALUES (1)');
    await client.end();
    expect(await effectOf(campaignId)).toMatchObject({
      ...{ state: 'verified', failure: null, attempts: 1 },
      evidence: {
        remains: [],
        observation: { exists: true, privileges: expect.arrayContaining(['INSERT ON TABLE public.orders']) },
      },
    });
    expect(await recordsBy(room, turn)).toEqual([]);
  });

  it('fails and says through what it is still held, until that is mended and it is tried again', async () => {
    const { identityId, account, begin } = await reviewed();
    const group = await server.role('group');
    await sql.query(
      `GRANT SELECT ON refunds TO ${group}; GRANT ${group} TO ${account}; GRANT SELECT ON refunds TO ${account}`,
    );
    const grantId = await room.grant(identityId, { target: targetName, scope: 'SELECT ON refunds' });
    const { campaignId, itemId } = await begin();
    await decide(itemId, campaignId, { decision: 'reduce', grants: [grantId] });
    expect(typesOf(await recordsBy(room, turn))).toEqual(['grant.removed', 'target.applied', 'review.effect-failed']);
    const effect = await effectOf(campaignId);
    expect(effect).toMatchObject({
      ...{ state: 'failed', failure: 'still_held_through', evidence: { remains: [group] }, canRetry: true },
      failureWords: `The account still has it through ${group}: take it away there, then try again.`,
    });

    const retry = (as: string) => room.ask<EffectBody>('POST', `/v1/review-effects/${effect.id}/retry`, { as });
    expect((await retry('vera')).body.code).toBe('not_yours_to_retry');
    await sql.query(`REVOKE ${group} FROM ${account}`);
    expect(typesOf(await recordsBy(room, () => retry('owner')))).toEqual(['review.effect-retried']);
    expect((await retry('owner')).body.code).toBe('not_failed');
    await turn();
    expect(await effectOf(campaignId)).toMatchObject({ state: 'verified', failure: null });
  });

  it('fails at once where the scope says nothing on the target', async () => {
    const { identityId, begin } = await reviewed();
    const grantId = await room.grant(identityId, { target: targetName, scope: 'orders:write' });
    const { campaignId, itemId } = await begin();
    await decide(itemId, campaignId, { decision: 'reduce', grants: [grantId] });
    await turn();
    expect(await effectOf(campaignId)).toMatchObject({ state: 'failed', failure: 'scope_not_understood', attempts: 1 });
  });

  it('of what is granted in Muster alone is verified here', async () => {
    const { identityId, begin } = await reviewed();
    const grantId = await room.grant(identityId, { target: 'muster', scope: 'enforcement' });
    const { campaignId, itemId } = await begin();
    await decide(itemId, campaignId, { decision: 'reduce', grants: [grantId] });
    expect(typesOf(await recordsBy(room, turn))).toEqual(['grant.removed', 'review.effect-verified']);
  });
});

describe('a revoke', () => {
  it('stops the identity, revokes what it holds, closes its account, and asks for somebody’s word about the rest', async () => {
    const { identityId, account, begin } = await reviewed();
    const group = await server.role('group');
    await sql.query(`GRANT ${group} TO ${account}`);
    const certificateId = newId('certificate');
    await insertRow(room.superuser, 'muster.credentials', {
      ...{ id: certificateId, kind: 'certificate', identity_id: identityId, profile: 'svid', serial_number: '0a' },
      ...{ authority_id: newId('authority'), spki_sha256: Buffer.alloc(32), tbs_sha256: Buffer.alloc(32) },
      ...{ not_before: room.clock.now(), expires_at: new Date(room.clock.now().getTime() + HOUR * 1000) },
    });
    await room.grant(identityId, { target: targetName, scope: group });
    await room.grant(identityId, verified('warehouse'));
    const session = await server.signIn(account, PASSWORD);
    const { campaignId, itemId } = await begin();
    await decide(itemId, campaignId, { decision: 'revoke', reason: 'Nobody needs it.' });

    const records = await recordsBy(room, turn);
    expect(typesOf(records).sort()).toEqual([
      ...['certificate.revoked', 'grant.removed', 'grant.removed', 'identity.suspended'],
      ...['review.effect-verified', 'review.effect-verified', 'target.applied'],
    ]);
    await expect(session.query('SELECT 1')).rejects.toThrow();
    await expect(server.signIn(account, PASSWORD)).rejects.toMatchObject({ code: '28P01' });
    const effects = await effectsOf(campaignId);
    expect(effects.map(({ kind, state }) => [kind, state]).sort()).toEqual([
      ['remove-account', 'verified'],
      ['remove-grant', 'attestation-needed'],
      ['stop-identity', 'verified'],
    ]);
    const stop = effects.find(({ kind }) => kind === 'stop-identity')!;
    expect(stop.evidence).toMatchObject({ status: 'suspended', revoked: 1, liveCredentials: 0 });

    // A review decided it: no custodian lifts it.
    const resume = (as: string) =>
      room.ask('POST', `/v1/identities/${identityId}/resumption`, { as, body: { reason: 'Needed after all.' } });
    expect((await resume('cora')).body.code).toBe('not_yours_to_resume');
    expect((await resume('boss')).status).toBe(200);
  });
});

describe('what nobody can look at', () => {
  async function toAttest(verifier = people.vera) {
    const { identityId, begin } = await reviewed();
    const grantId = await room.grant(identityId, verified('warehouse', verifier));
    const { campaignId, itemId } = await begin();
    await decide(itemId, campaignId, { decision: 'reduce', grants: [grantId] });
    await turn();
    return { campaignId, itemId, effect: await effectOf(campaignId, 'vera') };
  }
  const attest = (id: string, as: string) =>
    room.ask<EffectBody>('POST', `/v1/review-effects/${id}/attestation`, {
      ...{ as, body: { statement: 'Taken away by hand.', reference: 'CHG-17' } },
    });

  it('is attested by whoever verified the grant, and by nobody else', async () => {
    const { itemId, effect } = await toAttest();
    expect(effect).toMatchObject({ state: 'attestation-needed', ownerId: people.vera, canAttest: true });
    // As it is called where they confirm it.
    expect(await room.get(ReviewNames).nameOf(effect.id)).toBe(effect.words);
    for (const as of ['owner', 'cora', 'boss']) expect((await attest(effect.id, as)).body.code).toBe('not_its_owner');
    const [record] = await recordsBy(room, () => attest(effect.id, 'vera'));
    expect(record).toMatchObject({ type: 'review.effect-attested', actor: people.vera, subject: itemId });
    const { body } = await room.ask<EffectBody>('GET', `/v1/review-effects/${effect.id}`, { as: 'owner' });
    expect(body).toMatchObject({
      state: 'attested',
      evidence: { statement: 'Taken away by hand.', reference: 'CHG-17' },
    });
    expect((await attest(effect.id, 'vera')).body.code).toBe('not_to_attest');
  });

  it('falls to whose campaign it is once the owner has left', async () => {
    const leaving = await room.person('leaving', 'custodian');
    const { effect } = await toAttest(leaving);
    expect((await attest(effect.id, 'owner')).body.code).toBe('not_its_owner');
    await room.superuser.query(
      `UPDATE muster.people SET status = 'departed', departed_at = now(), roles = '{}' WHERE id = $1`,
      [leaving],
    );
    expect((await attest(effect.id, 'owner')).body).toMatchObject({ state: 'attested' });
  });

  it('is listed for whom it waits', async () => {
    const { effect } = await toAttest();
    const { body } = await room.ask<{ items: EffectBody[] }>(
      ...(['GET', '/v1/review-effects?ownerId=me&state=attestation-needed&limit=200'] as const),
      { as: 'vera' },
    );
    expect(body.items.map(({ id }) => id)).toContain(effect.id);
  });
});

describe('a target that does not answer', () => {
  it('is tried again after pauses that grow, and fails in the end where everybody sees it', async () => {
    const { identityId, account, begin } = await reviewed();
    await sql.query(`GRANT SELECT ON orders TO ${account}`);
    const grantId = await room.grant(identityId, { target: targetName, scope: 'SELECT ON orders' });
    const { campaignId, itemId } = await begin();
    await decide(itemId, campaignId, { decision: 'reduce', grants: [grantId] });
    const gone = server.url(agent, PASSWORD).replace(/:\d+\//, ':1/');
    const move = async (url: string) => {
      const { body } = await room.ask('GET', `/v1/targets/${targetId}`, { as: 'boss' });
      const consent = { privateNetwork: { reason: 'It runs in this test.' } };
      const moved = await room.ask('PATCH', `/v1/targets/${targetId}`, {
        ...{ as: 'boss', version: body.version, body: { url, ...consent } },
      });
      expect(moved.status).toBe(200);
    };
    await move(gone);
    await turn();
    expect(await effectOf(campaignId)).toMatchObject({ state: 'pending', failure: 'target_unreachable', attempts: 1 });
    await turn();
    expect(await effectOf(campaignId)).toMatchObject({ attempts: 1 });
    for (let attempt = 2; attempt <= 8; attempt += 1) {
      room.clock.advance(HOUR);
      await turn();
    }
    const effect = await effectOf(campaignId);
    expect(effect).toMatchObject({ state: 'failed', failure: 'target_unreachable', attempts: 8 });
    await move(server.url(agent, PASSWORD));
    await room.ask('POST', `/v1/review-effects/${effect.id}/retry`, { as: 'boss' });
    await turn();
    expect(await effectOf(campaignId)).toMatchObject({ state: 'verified', attempts: 1 });
  });
});

describe('a worker that dies', () => {
  it('is relieved once its claim is over, and what it did is seen to be so without being done twice', async () => {
    const { identityId, account, begin } = await reviewed();
    await sql.query(`GRANT SELECT ON orders TO ${account}`);
    const grantId = await room.grant(identityId, { target: targetName, scope: 'SELECT ON orders' });
    const { campaignId, itemId } = await begin();
    await decide(itemId, campaignId, { decision: 'reduce', grants: [grantId] });
    // As it stands where one died after it had acted and noted it.
    const until = new Date(room.clock.now().getTime() + 300_000);
    await sql.query(`REVOKE SELECT ON orders FROM ${account}`);
    await room.superuser.query(
      `UPDATE muster.review_effects SET state = 'applied', applied_at = $2, attempts = 1, due_at = $3 WHERE campaign_id = $1`,
      [campaignId, room.clock.now(), until],
    );
    expect(await recordsBy(room, turn)).toEqual([]);
    room.clock.advance(301);
    expect(typesOf(await recordsBy(room, turn))).toEqual(['grant.removed', 'review.effect-verified']);
  });

  it('is not joined by another: of many at once, each effect is taken by one', async () => {
    const { identityId, account, begin } = await reviewed();
    const scopes = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'];
    const grants: Id<'grant'>[] = [];
    for (const privilege of scopes) {
      await sql.query(`GRANT ${privilege} ON orders TO ${account}`);
      grants.push(await room.grant(identityId, { target: targetName, scope: `${privilege} ON orders` }));
    }
    const { campaignId, itemId } = await begin();
    await decide(itemId, campaignId, { decision: 'reduce', grants });
    const records = await recordsBy(room, () => Promise.all([turn(), turn(), turn()]));
    expect(typesOf(records).filter((type) => type === 'target.applied')).toHaveLength(scopes.length);
    expect(typesOf(records).filter((type) => type === 'review.effect-verified')).toHaveLength(scopes.length);
  });
});

describe('a reassignment', () => {
  it('lets somebody else answer for the identity, backed up by whoever did', async () => {
    const { identityId, begin } = await reviewed();
    const { campaignId, itemId } = await begin();
    await decide(itemId, campaignId, { decision: 'reassign', to: people.vera });
    expect(typesOf(await recordsBy(room, turn))).toEqual(['identity.handed-over', 'review.effect-verified']);
    const { body } = await room.ask<{ primaryCustodianId: string; backupCustodianId: string }>(
      ...(['GET', `/v1/identities/${identityId}`] as const),
      { as: 'owner' },
    );
    expect(body).toMatchObject({ primaryCustodianId: people.vera, backupCustodianId: people.berta });
    expect(await effectOf(campaignId)).toMatchObject({ kind: 'hand-over', state: 'verified' });
  });
});

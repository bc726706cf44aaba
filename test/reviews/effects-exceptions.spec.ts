import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { addSeconds, DAY_SECONDS, type Id } from '../../src/kernel/index.js';
import { EffectsJobs } from '../../src/reviews/effects/effects.jobs.js';
import { ExceptionsJobs } from '../../src/reviews/exceptions/exceptions.jobs.js';
import { recordsBy, ReviewRoom } from './room.js';

/** What a review leaves open on purpose: by whom, and until when. */

interface ExceptionBody {
  readonly id: Id<'reviewException'>;
  readonly code: string;
  readonly endedBy: string | null;
  readonly canEnd: boolean;
  readonly identityName: string;
}

let room: ReviewRoom;
let people: Readonly<Record<'owner' | 'cora' | 'berta' | 'boss', Id<'person'>>>;

beforeAll(async () => {
  room = await ReviewRoom.open();
  people = {
    owner: await room.person('owner', 'analyst'),
    cora: await room.person('cora', 'custodian'),
    berta: await room.person('berta', 'custodian'),
    boss: await room.person('boss', 'administrator'),
  };
});
afterAll(() => room?.close());
afterEach(() => expect(room.failures.splice(0)).toEqual([]));

async function reviewed(changed: Readonly<Record<string, unknown>> = {}) {
  const environment = room.newEnvironment();
  const custody = { primary_custodian_id: people.cora, backup_custodian_id: people.berta };
  const identityId = await room.identity({ environment, ...custody, ...changed });
  const grantId = await room.grant(identityId, { target: 'warehouse' });
  const campaignId = await room.campaign('owner', environment, { managementId: people.boss });
  const [item] = (await room.items('owner', campaignId)).values();
  return { identityId, grantId, campaignId, itemId: item!.id };
}

const inDays = (days: number) => addSeconds(room.clock.now(), days * DAY_SECONDS);
const except = (of: Readonly<Record<string, unknown>>, as = 'owner') =>
  room.ask<ExceptionBody>('POST', '/v1/review-exceptions', {
    as,
    body: { reason: 'Its owner is away.', endsAt: inDays(30).toISOString(), ownerId: people.berta, ...of },
  });
const end = (id: string, as: string) => room.ask<ExceptionBody>('POST', `/v1/review-exceptions/${id}/end`, { as });
const stateOf = async (itemId: string) =>
  (await room.ask<{ state: string }>('GET', `/v1/review-items/${itemId}`, { as: 'owner' })).body.state;
const owed = async (identityId: string) => {
  const { rows } = await room.superuser.query<{ due_at: Date }>(
    `SELECT due_at FROM muster.obligations WHERE identity_id = $1 AND kind = 'review'`,
    [identityId],
  );
  return rows.map(({ due_at }) => due_at.getTime());
};

describe('an item that nobody decided', () => {
  it('is excepted by whose campaign it is, and its review is owed at the end of that', async () => {
    const { identityId, itemId, campaignId } = await reviewed();
    await room.ask('PUT', `/v1/review-items/${itemId}/decision`, { as: 'cora', body: { decision: 'keep' } });
    const [record] = await recordsBy(room, async () => {
      const { status, body } = await except({ itemId });
      expect([status, body]).toMatchObject([201, { endedBy: null, canEnd: true }]);
    });
    expect(record).toMatchObject({ type: 'review.exception-created', actor: people.owner, subject: itemId });
    expect(await stateOf(itemId)).toBe('excepted');
    expect(await owed(identityId)).toEqual([inDays(30).getTime()]);
    expect((await except({ itemId })).body.code).toBe('excepted_already');
    const decided = await room.ask('PUT', `/v1/review-items/${itemId}/decision`, {
      ...{ as: 'cora', body: { decision: 'keep' } },
    });
    expect(decided.status).toBe(409);
    const listed = await room.ask('GET', `/v1/review-exceptions?campaignId=${campaignId}`, { as: 'cora' });
    expect(listed.body.items).toMatchObject([{ itemId, ownerId: people.berta, canEnd: false }]);
  });

  it('is open again once its exception is ended, by whom it is or whose campaign it is', async () => {
    const { identityId, itemId } = await reviewed();
    const dueAt = await owed(identityId);
    const { body } = await except({ itemId });
    expect((await end(body.id, 'cora')).body.code).toBe('not_yours_to_end');
    const [record] = await recordsBy(room, () => end(body.id, 'berta'));
    expect(record).toMatchObject({ type: 'review.exception-ended', actor: people.berta, subject: itemId });
    expect([await stateOf(itemId), await owed(identityId)]).toEqual(['open', dueAt]);
    expect((await end(body.id, 'owner')).body.code).toBe('exception_ended');
  });

  it('is open again once the time of its exception is over', async () => {
    const { itemId } = await reviewed();
    await except({ itemId, endsAt: inDays(1).toISOString() });
    const turn = () => room.get(ExceptionsJobs).endOver();
    expect(await recordsBy(room, turn)).toEqual([]);
    room.clock.advance(DAY_SECONDS);
    const records = await recordsBy(room, () => Promise.all([turn(), turn()]));
    expect(records).toMatchObject([{ type: 'review.exception-ended', actor: 'system:reviews', subject: itemId }]);
    expect(await stateOf(itemId)).toBe('open');
  });

  it.each<readonly [string, Readonly<Record<string, unknown>>, string]>([
    ['without an end to come', { endsAt: '2026-03-01T00:00:00Z' }, 'end_invalid'],
    ['for longer than a year', { endsAt: '2029-01-01T00:00:00Z' }, 'end_invalid'],
    ['for nobody who is here', { ownerId: 'per_0192f0c1a2b37c4d8e5f60718293a4b5' }, 'person_not_live'],
    ['and an effect at once', { effectId: 'rve_0192f0c1a2b37c4d8e5f60718293a4b5' }, 'request_invalid'],
    ['without words', { reason: ' ' }, 'request_invalid'],
    ['of no campaign', { itemId: 'rvi_0192f0c1a2b37c4d8e5f60718293a4b5' }, 'item_not_found'],
  ])('is not excepted %s', async (_what, changed, code) => {
    const { itemId } = await reviewed();
    expect((await except({ itemId, ...changed })).body.code).toBe(code);
  });

  it('is excepted by nobody else, and not by who asked for the identity', async () => {
    const { itemId } = await reviewed();
    for (const as of ['cora', 'boss']) expect((await except({ itemId }, as)).body.code).toBe('not_the_owner');
    const own = await reviewed({ requested_by: people.owner, authors: [people.owner] });
    expect((await except({ itemId: own.itemId })).body.code).toBe('own_request');
  });
});

describe('what a decision asked for', () => {
  it('is excepted where nobody can see it, and not while it is done or once it is', async () => {
    const { itemId, grantId, campaignId } = await reviewed();
    await room.ask('GET', `/v1/review-items/${itemId}`, { as: 'cora' });
    const body = { decision: 'reduce', grants: [grantId] };
    await room.ask('PUT', `/v1/review-items/${itemId}/decision`, { as: 'cora', body });
    await room.submit('cora', campaignId);
    const find = async () => {
      const { body: list } = await room.ask('GET', `/v1/review-effects?campaignId=${campaignId}`, { as: 'owner' });
      return list.items[0] as unknown as { id: string; state: string; exceptionId: string | null };
    };
    const { id: effectId } = await find();
    expect((await except({ effectId })).body.code).toBe('nothing_to_except');
    await room.get(EffectsJobs).carryOut();
    const { body: exception } = await except({ effectId });
    expect(await find()).toMatchObject({ state: 'attestation-needed', exceptionId: exception.id });
    expect((await except({ effectId })).body.code).toBe('excepted_already');
    // Submitted, and nobody disagrees.
    expect((await except({ itemId })).body.code).toBe('nothing_to_except');
    await end(exception.id, 'owner');
    expect(await find()).toMatchObject({ exceptionId: null });
  });
});

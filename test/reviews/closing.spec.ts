import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { addSeconds, DAY_SECONDS, type Id } from '../../src/kernel/index.js';
import type { Figures } from '../../src/reviews/closing/domain/figures.js';
import { insertRow, newId } from '../inventory/rows.js';
import { type Answer, recordsBy, ReviewRoom } from './room.js';

/** The end of a review: what it adds up to, who looks again, who acknowledges it and who closes it. */

type Name = 'ann' | 'max' | 'cora' | 'carl' | 'ada' | 'aud' | 'eve';

interface Sample {
  readonly itemId: Id<'reviewItem'>;
  readonly reviewerId: Id<'person'> | null;
  readonly state: string;
  readonly resolution: string | null;
  readonly canDecide: boolean;
}
interface Shown extends Figures {
  readonly code: string;
  readonly digest: string;
  readonly faults: readonly { code: string; words: string; count: number }[];
  readonly errors: unknown;
  readonly acknowledgementStale: boolean;
  readonly canAcknowledge: boolean;
  readonly canClose: boolean;
}

let room: ReviewRoom;
let people: Record<Name, Id<'person'>>;

beforeAll(async () => {
  room = await ReviewRoom.open();
  people = {
    ann: await room.person('ann', 'analyst'),
    max: await room.person('max', 'analyst'),
    cora: await room.person('cora', 'custodian'),
    carl: await room.person('carl', 'custodian'),
    ada: await room.person('ada', 'administrator'),
    aud: await room.person('aud', 'auditor'),
    eve: await room.person('eve', 'platform-engineer'),
  };
});
afterAll(() => room?.close());
afterEach(() => expect(room.failures.splice(0)).toEqual([]));

const outcome = ({ status, body }: Answer | Answer<Shown>) => [status, body?.code];

/** A campaign over so many identities of Cora's, that Ann runs and Max acknowledges. */
async function reviewed(count: number, samplePercent = 0, changed: Readonly<Record<string, unknown>> = {}) {
  const environment = room.newEnvironment();
  for (let i = 0; i < count; i += 1) {
    const name = `${environment}-${String(i).padStart(3, '0')}`;
    const custodians = { primary_custodian_id: people.cora, backup_custodian_id: people.carl };
    await room.identity({ ...custodians, environment, name, ...changed });
  }
  const id = await room.campaign('ann', environment, { managementId: people.max, samplePercent });
  const items = [...(await room.items('ann', id)).values()].map((item) => item.id).sort();
  return { id, items };
}

const decide = (id: string, body: object, as = 'cora') =>
  room.ask('PUT', `/v1/review-items/${id}/decision`, { as, body });
const keep = { decision: 'keep' };
const figures = async (id: string, as = 'ann') =>
  (await room.ask<Shown>('GET', `/v1/review-campaigns/${id}/figures`, { as })).body;
const codes = async (id: string) => (await figures(id)).faults.map(({ code }) => code);
const acknowledge = (id: string, digest: string, as = 'max') =>
  room.ask<Shown>('POST', `/v1/review-campaigns/${id}/acknowledgement`, { as, body: { digest } });
const close = (id: string, as = 'ann') => room.ask<Shown>('POST', `/v1/review-campaigns/${id}/close`, { as });
const samples = async (id: string, as = 'ann') =>
  (await room.ask<{ items: Sample[] }>('GET', `/v1/review-samples?campaignId=${id}&limit=200`, { as })).body.items;
const settle = (id: string, as: string, body: object) =>
  room.ask<Sample>('PUT', `/v1/review-samples/${id}`, { as, body });
const resolve = (id: string, as: string, body: object) =>
  room.ask<Sample>('POST', `/v1/review-samples/${id}/resolution`, { as, body });

/** Everything kept and signed. */
async function kept(count: number, samplePercent = 0, changed: Readonly<Record<string, unknown>> = {}) {
  const made = await reviewed(count, samplePercent, changed);
  for (const id of made.items) await decide(id, keep);
  await room.submit('cora', made.id);
  return made;
}

describe('a review', () => {
  it('does not tie out while something is undecided or not submitted, and says so in words', async () => {
    const { id, items } = await reviewed(3);
    await decide(items[0]!, keep);
    const { faults, population, items: counts } = await figures(id);
    expect(population).toBe(3);
    expect(counts).toEqual({ open: 2, staged: 1, keep: 0, reduce: 0, revoke: 0, excepted: 0 });
    expect(faults.map(({ code, count }) => [code, count])).toEqual([
      ['items_undecided', 2],
      ['decisions_unsubmitted', 1],
    ]);
    expect(faults[0]!.words).toMatch(/^2 identities are neither decided nor excepted: reviewed-\d+-\d{3}, /);
    const refused = await acknowledge(id, (await figures(id)).digest);
    expect(outcome(refused)).toEqual([409, 'does_not_tie_out']);
    expect(refused.body.errors).toEqual(faults.map(({ code, words, count }) => ({ code, message: words, count })));
    expect(outcome(await close(id))).toEqual([409, 'does_not_tie_out']);
  });

  it('that ties out is acknowledged as it stands, then closed, each with one record; its figures stay', async () => {
    const { id } = await kept(3);
    const before = await figures(id, 'max');
    expect(before).toMatchObject({ faults: [], canAcknowledge: true, canClose: false });
    expect(outcome(await close(id))).toEqual([409, 'not_acknowledged']);
    const records = await recordsBy(room, async () => {
      const acknowledged = await acknowledge(id, before.digest);
      expect(acknowledged).toMatchObject({ status: 200, body: { acknowledgedBy: people.max, canAcknowledge: false } });
      expect(await figures(id)).toMatchObject({ canClose: true, acknowledgementStale: false });
      expect(await close(id)).toMatchObject({ status: 200, body: { state: 'closed', canClose: false } });
    });
    expect(records.map(({ type, subject }) => [type, subject])).toEqual([
      ['campaign.acknowledged', id],
      ['campaign.closed', id],
    ]);
    expect(records[1]!.images[1]).toMatchObject({ campaign: { state: 'closed', figures: { population: 3 } } });
    expect(await figures(id, 'max')).toMatchObject({ digest: before.digest, faults: [], state: 'closed' });
    expect(outcome(await close(id))).toEqual([409, 'review_not_open']);
    expect(outcome(await acknowledge(id, before.digest))).toEqual([409, 'review_not_open']);
  });

  it('is not acknowledged by another digest than the one it has', async () => {
    const { id } = await kept(1);
    expect(outcome(await acknowledge(id, '0'.repeat(64)))).toEqual([409, 'figures_changed']);
  });

  it.each(['ann', 'cora', 'carl', 'ada', 'aud'])('is not acknowledged by %s, whom it does not name', async (as) => {
    const { id } = await kept(1);
    expect(outcome(await acknowledge(id, (await figures(id)).digest, as))).toEqual([403, 'not_management']);
  });

  it('is not acknowledged by somebody who decided in it, nor by another account of theirs', async () => {
    const { id } = await kept(1);
    const { digest } = await figures(id);
    await room.superuser.query('UPDATE muster.review_campaigns SET management_id = $1 WHERE id = $2', [
      people.cora,
      id,
    ]);
    expect(outcome(await acknowledge(id, digest, 'cora'))).toEqual([403, 'own_review']);
    const second = await room.person('second', 'analyst');
    await room.superuser.query('UPDATE muster.review_campaigns SET management_id = $1 WHERE id = $2', [second, id]);
    const humanId = newId('human');
    for (const person of [second, people.cora])
      await insertRow(room.superuser, 'muster.humans', {
        ...{ person_id: person, human_id: humanId, reason: 'The same.', linked_by: people.ada, linked_at: new Date(0) },
      });
    expect(outcome(await acknowledge(id, digest, 'second'))).toEqual([403, 'own_review']);
    await room.superuser.query('DELETE FROM muster.humans WHERE human_id = $1', [humanId]);
  });

  it('is to be acknowledged anew once something has changed', async () => {
    const { id, items } = await kept(2);
    await acknowledge(id, (await figures(id)).digest);
    await insertRow(room.superuser, 'muster.review_effects', {
      ...{ id: newId('reviewEffect'), campaign_id: id, item_id: items[0], identity_id: newId('identity') },
      ...{ kind: 'stop-identity', state: 'verified', created_at: new Date(0), ended_at: new Date(0) },
    });
    expect(await figures(id)).toMatchObject({ faults: [], acknowledgementStale: true, canClose: false });
    expect(outcome(await close(id))).toEqual([409, 'acknowledgement_stale']);
    await acknowledge(id, (await figures(id)).digest);
    expect((await close(id)).status).toBe(200);
  });

  it.each([
    ['max', 403],
    ['cora', 403],
    ['aud', 403],
    ['ann', 200],
    ['ada', 200],
  ])('is closed by its owner or an administrator: %s gets %i', async (as, status) => {
    const { id } = await kept(1);
    await acknowledge(id, (await figures(id)).digest);
    expect((await close(id, as)).status).toBe(status);
  });

  it('shows how decisions came about to whoever answers for it, and to nobody else', async () => {
    const { id } = await kept(2);
    for (const as of ['ann', 'max', 'ada', 'aud']) {
      const { quality, custodians } = await figures(id, as);
      expect(quality).toMatchObject({ decided: 2, keeps: 2, opened: 0, flags: [{ code: 'evidence_unread' }] });
      expect(custodians).toMatchObject([{ personId: people.cora, decided: 2 }]);
    }
    for (const as of ['cora', 'carl']) expect(await figures(id, as)).toMatchObject({ quality: null, custodians: null });
  });
});

describe('what decisions ask for', () => {
  const effect = (itemId: string, campaignId: string, state: string, kind = 'stop-identity') => ({
    ...{
      id: newId('reviewEffect'),
      campaign_id: campaignId,
      item_id: itemId,
      identity_id: newId('identity'),
      kind,
      state,
    },
    ...{ created_at: new Date(0), ended_at: ['verified', 'attested'].includes(state) ? new Date(0) : null },
    ...(state === 'attested' && { ended_by: people.ann, evidence: '{}' }),
  });
  const revoked = async () => {
    const { id, items } = await reviewed(1);
    await decide(items[0]!, { decision: 'revoke', reason: 'Gone.' });
    await room.submit('cora', id);
    return { id, item: items[0]! };
  };

  it.each([
    ['pending', 'effects_unverified', 'unverified'],
    ['applied', 'effects_unverified', 'unverified'],
    ['failed', 'effects_failed', 'failed'],
    ['attestation-needed', 'effects_unattested', 'unattested'],
    ['attested', undefined, 'attested'],
    ['verified', undefined, 'verified'],
  ])('%s: %s', async (state, code, counted) => {
    const { id, item } = await revoked();
    await room.superuser.query('DELETE FROM muster.review_effects WHERE item_id = $1', [item]);
    await insertRow(room.superuser, 'muster.review_effects', effect(item, id, state));
    const { effects } = await figures(id);
    expect(effects).toMatchObject({ [counted]: 1 });
    expect(Object.values<number>({ ...effects }).reduce((sum, count) => sum + count)).toBe(1);
    expect(await codes(id)).toEqual(code === undefined ? [] : [code]);
  });

  it('and nobody planned does not tie out', async () => {
    const { id, item } = await revoked();
    await room.superuser.query('DELETE FROM muster.review_effects WHERE item_id = $1', [item]);
    expect(await codes(id)).toEqual(['effects_missing']);
  });

  it('counts as excepted only while an exception of it is in force', async () => {
    const { id, item } = await revoked();
    await room.superuser.query('DELETE FROM muster.review_effects WHERE item_id = $1', [item]);
    const failed = effect(item, id, 'failed');
    await insertRow(room.superuser, 'muster.review_effects', failed);
    const endsAt = addSeconds(room.clock.now(), DAY_SECONDS);
    const exception = {
      ...{
        id: newId('reviewException'),
        campaign_id: id,
        effect_id: failed.id,
        owner_id: people.ann,
        reason: 'Later.',
      },
      ...{ ends_at: endsAt, created_by: people.ann, created_at: new Date(endsAt.getTime() - DAY_SECONDS * 1000) },
    };
    await insertRow(room.superuser, 'muster.review_exceptions', exception);
    expect(await figures(id)).toMatchObject({
      faults: [],
      effects: { excepted: 1, failed: 0 },
      exceptions: { effects: 1 },
    });
    await room.superuser.query('UPDATE muster.review_exceptions SET ends_at = $2, created_at = $3 WHERE id = $1', [
      exception.id,
      addSeconds(room.clock.now(), -1),
      addSeconds(room.clock.now(), -2),
    ]);
    expect(await codes(id)).toEqual(['exceptions_lapsed']);
    await room.superuser.query('UPDATE muster.review_exceptions SET ended_at = now(), ended_by = $2 WHERE id = $1', [
      exception.id,
      people.ann,
    ]);
    expect(await codes(id)).toEqual(['effects_failed']);
  });
});

describe('a second look', () => {
  it('is asked for at a share of the keeps of a submission, and at least at one', async () => {
    const { id } = await kept(4, 5);
    expect(await samples(id)).toMatchObject([{ reviewerId: people.carl, state: 'open' }]);
    expect(await samples((await kept(4, 50)).id)).toHaveLength(2);
    expect(await samples((await kept(2, 0)).id)).toEqual([]);
    expect(await codes(id)).toEqual(['samples_open']);
  });

  it('is never the decider’s nor whose identity it is, though they are asked first', async () => {
    const { id } = await kept(1, 5, { requested_by: people.carl });
    const [sample] = await samples(id);
    expect(sample!.reviewerId).toBe(people.ada);
    expect((await samples(id, 'carl'))[0]!.canDecide).toBe(false);
    for (const as of ['cora', 'carl'])
      expect(outcome((await settle(sample!.itemId, as, { verdict: 'agreed' })) as never)).toEqual([
        403,
        'own_decision',
      ]);
  });

  it('that agrees settles it, once, and with one record', async () => {
    const { id } = await kept(1, 5);
    const [sample] = await samples(id, 'carl');
    expect(sample!.canDecide).toBe(true);
    for (const as of ['max', 'aud']) expect((await settle(sample!.itemId, as, { verdict: 'agreed' })).status).toBe(403);
    const records = await recordsBy(room, async () => {
      expect((await settle(sample!.itemId, 'carl', { verdict: 'agreed' })).body).toMatchObject({ state: 'agreed' });
      expect((await settle(sample!.itemId, 'carl', { verdict: 'agreed' })).status).toBe(409);
    });
    expect(records.map(({ type, subject }) => [type, subject])).toEqual([['review.sample-decided', sample!.itemId]]);
    expect(await codes(id)).toEqual([]);
  });

  it('that disagrees wants words, and is resolved by taking away what was kept', async () => {
    const { id } = await kept(1, 5);
    const [{ itemId }] = (await samples(id)) as [Sample];
    expect((await settle(itemId, 'carl', { verdict: 'disagreed' })).status).toBe(400);
    await settle(itemId, 'carl', { verdict: 'disagreed', reason: 'Nobody uses it.' });
    expect(await codes(id)).toEqual(['disagreements_open']);
    const revoke = { decision: 'revoke', reason: 'Right.' };
    expect((await resolve(itemId, 'max', revoke)).status).toBe(403);
    expect((await resolve(itemId, 'cora', revoke)).status).toBe(403);
    const records = await recordsBy(room, async () => {
      expect(await resolve(itemId, 'ann', revoke)).toMatchObject({ status: 200, body: { resolution: 'effect' } });
      expect((await resolve(itemId, 'ann', revoke)).status).toBe(409);
    });
    expect(records.map(({ type }) => type)).toEqual(['review.sample-resolved']);
    expect(await codes(id)).toEqual(['effects_unverified']);
    await room.superuser.query(
      `UPDATE muster.review_effects SET state = 'verified', ended_at = now() WHERE item_id = $1`,
      [itemId],
    );
    expect(await figures(id)).toMatchObject({
      faults: [],
      items: { keep: 1 },
      samples: { disagreed: 1, unresolved: 0 },
    });
  });

  it('that disagrees is resolved by an exception too, for as long as that is in force', async () => {
    const { id } = await kept(1, 5);
    const [{ itemId }] = (await samples(id)) as [Sample];
    await settle(itemId, 'carl', { verdict: 'disagreed', reason: 'Nobody uses it.' });
    const endsAt = addSeconds(room.clock.now(), DAY_SECONDS).toISOString();
    const body = { itemId, reason: 'Until the migration.', endsAt, ownerId: people.ann };
    const { body: exception, status } = await room.ask('POST', '/v1/review-exceptions', { as: 'ann', body });
    expect(status).toBe(201);
    expect(await figures(id)).toMatchObject({
      faults: [],
      items: { keep: 1, excepted: 0 },
      exceptions: { samples: 1 },
    });
    expect(await samples(id)).toMatchObject([{ resolution: 'exception' }]);
    await room.ask('POST', `/v1/review-exceptions/${exception.id}/end`, { as: 'ann' });
    expect(await codes(id)).toEqual(['disagreements_open']);
  });

  it('that nobody is left for is taken by whoever runs the review', async () => {
    const { id } = await kept(1, 5);
    const [{ itemId }] = (await samples(id)) as [Sample];
    expect((await settle(itemId, 'ann', { verdict: 'agreed' })).status).toBe(403);
    await room.superuser.query('UPDATE muster.review_samples SET reviewer_id = NULL WHERE item_id = $1', [itemId]);
    expect((await samples(id, 'ann'))[0]!.canDecide).toBe(true);
    expect((await settle(itemId, 'ann', { verdict: 'agreed' })).status).toBe(200);
  });
});

describe('how decisions came about', () => {
  it('is told from when they were noted, whether evidence was opened, and what was done in bulk', async () => {
    const { id, items } = await reviewed(6);
    for (const [i, itemId] of items.entries()) {
      room.clock.advance([0, 60, 1, 59, 35, 0][i]!);
      if (i === 1) await room.ask('GET', `/v1/review-items/${itemId}`, { as: 'cora' });
      await decide(itemId, keep);
    }
    await room.submit('cora', id);
    const { quality } = await figures(id);
    expect(quality).toMatchObject({ decided: 6, opened: 1, hastyKeeps: 2, busiest: 3, bulkKeeps: 0 });
  });
});

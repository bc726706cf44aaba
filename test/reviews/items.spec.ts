import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { addSeconds, canonicalJson, DAY_SECONDS, type Id } from '../../src/kernel/index.js';
import { UnitOfWork } from '../../src/platform/index.js';
import { ReviewDepartures } from '../../src/reviews/items/departures.service.js';
import { type ItemFilter, type Position, QueueRepository, SORTS } from '../../src/reviews/items/queue.repository.js';
import { insertRow, newId } from '../inventory/rows.js';
import { type Answer, type ItemBody, recordsBy, ReviewRoom } from './room.js';

/** Items: who decides about them, how decisions are noted, undone and submitted, and to whom they are handed on. */

type Name = 'ann' | 'max' | 'cora' | 'carl' | 'mary' | 'dora' | 'eve';

let room: ReviewRoom;
let people: Record<Name, Id<'person'>>;

beforeAll(async () => {
  room = await ReviewRoom.open();
  people = {
    ann: await room.person('ann', 'analyst'),
    max: await room.person('max', 'administrator'),
    cora: await room.person('cora', 'custodian'),
    carl: await room.person('carl', 'custodian'),
    mary: await room.person('mary', 'custodian'),
    dora: await room.person('dora', 'custodian'),
    eve: await room.person('eve', 'platform-engineer'),
  };
  await room.superuser.query('UPDATE muster.people SET manager_id = $1 WHERE id = $2', [people.mary, people.cora]);
});
afterAll(() => room?.close());
afterEach(() => expect(room.failures.splice(0)).toEqual([]));

const inDays = (days: number) => addSeconds(room.clock.now(), days * DAY_SECONDS);
const custodians = () => ({ primary_custodian_id: people.cora, backup_custodian_id: people.carl });
const outcome = ({ status, body }: Answer) => [status, body?.code ?? body?.state];

interface Item {
  readonly id: Id<'reviewItem'>;
  readonly identityId: Id<'identity'>;
  readonly campaign: Id<'campaign'>;
  readonly grants: readonly Id<'grant'>[];
}

/** One identity with two grants, the first of them unused, in a campaign of its own that Ann runs. */
async function reviewed(changed: Readonly<Record<string, unknown>> = {}): Promise<Item> {
  const environment = room.newEnvironment();
  const identityId = await room.identity({ ...custodians(), environment, ...changed });
  const grants = [
    await room.grant(identityId, { target: 'bank', scope: 'a', added_at: inDays(-400) }),
    await room.grant(identityId, { target: 'bank', scope: 'b', added_at: inDays(-1) }),
  ];
  const campaign = await room.campaign('ann', environment, { managementId: people.max });
  const [item] = (await room.items('ann', campaign)).values();
  return { id: item!.id, identityId, campaign, grants };
}

const get = <Body = ItemBody>(as: string, id: string) => room.ask<Body>('GET', `/v1/review-items/${id}`, { as });
const decide = (as: string, id: string, body: object, version?: number) =>
  room.ask('PUT', `/v1/review-items/${id}/decision`, { as, body, ...(version !== undefined && { version }) });
const undo = (as: string, id: string) => room.ask('DELETE', `/v1/review-items/${id}/decision`, { as });
const keepAll = (as: string, itemIds: readonly string[], reason?: string) =>
  room.ask('POST', '/v1/review-items/keeps', { as, body: { itemIds, reason } });
const keep = { decision: 'keep' };

describe('noting a decision', () => {
  it('is shown, changes no record, and can be undone', async () => {
    const { id, grants } = await reviewed();
    const records = await recordsBy(room, async () => {
      const decided = await decide('cora', id, { decision: 'reduce', grants: [grants[0]], reason: 'Never used.' });
      expect(decided.body).toMatchObject({
        state: 'staged',
        version: 2,
        decision: {
          decision: 'reduce',
          grants: [grants[0]],
          reason: 'Never used.',
          to: null,
          by: people.cora,
          inBulk: false,
        },
      });
      expect((await undo('cora', id)).body).toMatchObject({ state: 'open', decision: null, version: 3 });
      expect(outcome(await undo('cora', id))).toEqual([409, 'nothing_staged']);
    });
    expect(records).toEqual([]);
  });

  it('takes the place of the one before', async () => {
    const { id, grants } = await reviewed();
    await decide('cora', id, { decision: 'reduce', grants });
    expect((await decide('cora', id, { decision: 'revoke', reason: 'Gone.' })).body).toMatchObject({
      decision: { decision: 'revoke', grants: null, reason: 'Gone.' },
    });
  });

  it.each([
    ['a reduction by nothing', () => ({ decision: 'reduce', grants: [] }), 400, 'request_invalid'],
    [
      'a reduction by what it does not hold',
      () => ({ decision: 'reduce', grants: [newId('grant')] }),
      400,
      'grants_unknown',
    ],
    ['a delegation to oneself', () => ({ decision: 'delegate', to: people.cora }), 400, 'to_self'],
    ['a delegation to nobody', () => ({ decision: 'delegate', to: newId('person') }), 409, 'person_not_live'],
    ['a delegation that names nobody', () => ({ decision: 'delegate' }), 400, 'request_invalid'],
    ['a reassignment to whoever asked for it', () => ({ decision: 'reassign', to: people.eve }), 409, 'person_barred'],
    ['another decision', () => ({ decision: 'praise' }), 400, 'request_invalid'],
  ])('refuses %s', async (_what, body, status, code) => {
    const { id } = await reviewed({ requested_by: people.eve });
    expect(outcome(await decide('cora', id, body()))).toEqual([status, code]);
    expect((await get('cora', id)).body.state).toBe('open');
  });

  it('wants words where something privileged is kept, and the database wants them too', async () => {
    const { id } = await reviewed();
    await room.superuser.query('UPDATE muster.review_items SET privileged = true WHERE id = $1', [id]);
    expect(outcome(await decide('cora', id, keep))).toEqual([400, 'words_needed']);
    expect(outcome(await decide('cora', id, { ...keep, reason: 'Runs the month’s end.' }))).toEqual([200, 'staged']);
    const unsaid = room.superuser.query('UPDATE muster.review_items SET decision_reason = NULL WHERE id = $1', [id]);
    await expect(unsaid).rejects.toThrow('review_items_words');
  });

  it('refuses a version that is not the last, where one is sent', async () => {
    const { id } = await reviewed();
    await decide('cora', id, keep, 1);
    expect(outcome(await decide('cora', id, { decision: 'revoke' }, 1))).toEqual([412, 'version_conflict']);
    expect(outcome(await decide('cora', id, { decision: 'revoke' }, 2))).toEqual([200, 'staged']);
  });

  it('is over with the campaign', async () => {
    const { id, campaign } = await reviewed();
    await room.ask('POST', `/v1/review-campaigns/${campaign}/cancellation`, { as: 'ann', body: { reason: 'Enough.' } });
    expect(outcome(await decide('cora', id, keep))).toEqual([409, 'campaign_not_open']);
    expect((await get('cora', id)).body.canDecide).toBe(false);
  });
});

describe('who decides', () => {
  it.each(['carl', 'mary', 'ann', 'max'])('is not %s before anything is late', async (name) => {
    const { id } = await reviewed();
    expect(outcome(await decide(name, id, keep))).toEqual([403, 'not_yours']);
    expect((await get(name, id)).body.canDecide).toBe(false);
  });

  it.each([
    ['carl', 15.9, [403, 'not_yours']],
    ['carl', 16, [200, 'staged']],
    ['mary', 17.9, [403, 'not_yours']],
    ['mary', 18, [200, 'staged']],
    ['cora', 30, [200, 'staged']],
    ['ann', 30, [403, 'not_yours']],
  ])('is %s after %d days of a campaign that was due after 14: %j', async (name, days, expected) => {
    const { id } = await reviewed();
    room.clock.advance(days * DAY_SECONDS);
    expect(outcome(await decide(name, id, keep))).toEqual(expected);
    const { body } = await room.ask('GET', '/v1/review-items?reviewer=me&limit=200', { as: name });
    expect(body.items.some((item) => item.id === id)).toBe(expected[0] === 200);
  });

  it('is whoever answers in the reviewer’s place, for as long as they do', async () => {
    const { id } = await reviewed();
    const stand = newId('delegation');
    await insertRow(room.superuser, 'muster.delegations', {
      ...{ id: stand, from_id: people.cora, to_id: people.dora, reason: 'On leave.' },
      ...{ created_at: inDays(-1), until: inDays(3) },
    });
    expect(outcome(await decide('dora', id, keep))).toEqual([200, 'staged']);
    const { body } = await room.ask('GET', '/v1/review-items?reviewer=me&limit=200', { as: 'dora' });
    expect(body.items.some((item) => item.id === id && item.canDecide)).toBe(true);
    room.clock.advance(3 * DAY_SECONDS);
    expect(outcome(await decide('dora', id, keep))).toEqual([403, 'not_yours']);
  });

  it('is never whoever asked, however late it is', async () => {
    const { id } = await reviewed({ requested_by: people.carl });
    room.clock.advance(60 * DAY_SECONDS);
    expect(outcome(await decide('carl', id, keep))).toEqual([403, 'own_request']);
  });

  it('is not another account of theirs, linked since; and the database says so too', async () => {
    const [one, other] = [await room.person('lia', 'custodian'), await room.person('lia-too', 'platform-engineer')];
    const { id } = await reviewed({ primary_custodian_id: one, requested_by: other });
    expect(outcome(await decide('lia', id, keep))).toEqual([200, 'staged']);
    await undo('lia', id);
    const human = newId('human');
    for (const name of [one, other])
      await insertRow(room.superuser, 'muster.humans', {
        ...{ person_id: name, human_id: human, linked_by: 'system:test', linked_at: new Date(), reason: 'The same.' },
      });
    expect(outcome(await decide('lia', id, keep))).toEqual([403, 'own_request']);
    const forced = room.superuser.query(
      `UPDATE muster.review_items SET state = 'staged', decision = 'keep', staged_by = $2, staged_at = now() WHERE id = $1`,
      [id, one],
    );
    await expect(forced).rejects.toThrow('nobody decides on what they asked for');
  });

  it('is nobody who stands in for them since, not even for what they noted before', async () => {
    const { id, campaign } = await reviewed({ requested_by: people.eve });
    expect(outcome(await decide('cora', id, keep))).toEqual([200, 'staged']);
    const stand = newId('delegation');
    await insertRow(room.superuser, 'muster.delegations', {
      ...{ id: stand, from_id: people.eve, to_id: people.cora, reason: 'On leave.' },
      ...{ created_at: room.clock.now(), until: inDays(3) },
    });
    expect(outcome(await room.submit('cora', campaign))).toEqual([403, 'own_request']);
    await room.superuser.query('ALTER TABLE muster.delegations DISABLE TRIGGER USER');
    await room.superuser.query('DELETE FROM muster.delegations WHERE id = $1', [stand]);
    await room.superuser.query('ALTER TABLE muster.delegations ENABLE TRIGGER USER');
  });
});

describe('opening evidence', () => {
  it('counts the time until the decision, ten minutes of it at most, and anew for each look', async () => {
    const { id } = await reviewed();
    const spent = async () => (await get<{ secondsSpent: number }>('ann', id)).body.secondsSpent;
    await get('cora', id);
    room.clock.advance(90);
    await decide('cora', id, keep);
    expect(await spent()).toBe(90);
    room.clock.advance(5);
    await undo('cora', id);
    await get('cora', id);
    room.clock.advance(3600);
    await decide('cora', id, keep);
    expect(await spent()).toBe(690);
  });

  it('is no opening by somebody who does not decide', async () => {
    const { id } = await reviewed();
    await get('carl', id);
    expect((await get('ann', id)).body.opened).toBe(false);
    const { body } = await room.ask('GET', `/v1/review-items?reviewer=me&limit=200`, { as: 'cora' });
    expect(body.items.find((item) => item.id === id)!.opened).toBe(false);
  });

  it('says what changed since the last review, from what was frozen at each', async () => {
    const { id, identityId, campaign, grants } = await reviewed({ purpose: 'Pays.' });
    await decide('cora', id, keep);
    await room.submit('cora', campaign);
    room.clock.advance(DAY_SECONDS);
    await room.superuser.query(
      `UPDATE muster.identities SET purpose = 'Pays and books.', backup_custodian_id = $2 WHERE id = $1`,
      [identityId, people.dora],
    );
    await room.superuser.query('UPDATE muster.grants SET removed_at = now(), removed_by = $2 WHERE id = $1', [
      grants[0],
      'system:test',
    ]);
    await room.grant(identityId, { target: 'bank', scope: 'c' });
    const { rows } = await room.superuser.query<{ environment: string }>(
      'SELECT environment FROM muster.identities WHERE id = $1',
      [identityId],
    );
    const next = await room.campaign('ann', rows[0]!.environment, { managementId: people.max });
    const [item] = (await room.items('ann', next)).values();
    const { body } = await get<{ since: unknown; previousId: string }>('cora', item!.id);
    expect(body.previousId).toBe(id);
    expect(body.since).toEqual([
      { what: 'purpose', before: 'Pays.', after: 'Pays and books.' },
      { what: 'backup custodian', before: people.carl, after: people.dora },
      { what: 'grant', before: 'a on bank', after: null },
      { what: 'grant', before: null, after: 'c on bank' },
    ]);
  });

  it('says in words what each decision would do', async () => {
    const { id } = await reviewed({ name: 'payer' });
    const { body } = await get<{ wouldDo: unknown; since: unknown }>('cora', id);
    expect(body.since).toBeNull();
    expect(body.wouldDo).toMatchObject({
      keep: ['payer goes on as it is until its next review.'],
      reduce: ['payer loses a on bank.'],
      revoke: ['payer is suspended, and nothing more is issued to it.', 'It loses a on bank.', 'It loses b on bank.'],
    });
  });
});

describe('keeping several at one stroke', () => {
  async function three(changed: Readonly<Record<string, unknown>> = {}) {
    const environment = room.newEnvironment();
    for (let made = 0; made < 3; made += 1)
      await room.identity({ ...custodians(), environment, name: `bulk-${environment}-${made}`, ...changed });
    const campaign = await room.campaign('ann', environment, { managementId: people.max });
    const items = [...(await room.items('ann', campaign)).values()];
    return { campaign, ids: items.map(({ id }) => id), names: items.map(({ name }) => name) };
  }

  it('is for what was read, and names the rest', async () => {
    const { ids, names } = await three();
    await get('cora', ids[0]!);
    await get('carl', ids[1]!);
    const refused = await room.ask<{ detail: string; code: string; itemIds: unknown }>(
      'POST',
      '/v1/review-items/keeps',
      {
        as: 'cora',
        body: { itemIds: ids },
      },
    );
    expect([refused.status, refused.body.code]).toEqual([409, 'evidence_unread']);
    expect(refused.body.detail).toContain(`${names[1]}, ${names[2]}`);
    expect(refused.text).toContain(ids[2]!);
    for (const id of ids) await get('cora', id);
    const { body } = await keepAll('cora', ids);
    expect(body.items).toMatchObject(ids.map((id) => ({ id, state: 'staged', decision: { inBulk: true } })));
  });

  it('is all or nothing', async () => {
    const { ids } = await three();
    const other = await reviewed({ primary_custodian_id: people.dora });
    for (const id of ids) await get('cora', id);
    expect(outcome(await keepAll('cora', [...ids, other.id]))).toEqual([403, 'not_yours']);
    expect((await get('cora', ids[0]!)).body.state).toBe('open');
  });

  it('is for no more than 200, and for what there is', async () => {
    expect(outcome(await keepAll('cora', [newId('reviewItem')]))).toEqual([404, 'item_not_found']);
    const many = Array.from({ length: 201 }, () => newId('reviewItem'));
    expect(outcome(await keepAll('cora', many))).toEqual([400, 'request_invalid']);
  });
});

describe('submitting', () => {
  const preview = (as: string, id: string) =>
    room.ask<{ digest: string; count: number; decisions: Readonly<Record<string, unknown>>[] }>(
      'GET',
      `/v1/review-campaigns/${id}/submission`,
      { as },
    );
  const submit = (as: string, id: string, { digest, count }: Seen) =>
    room.ask('POST', `/v1/review-campaigns/${id}/submissions`, { as, body: { digest, count } });

  it('is signed over exactly what was shown', async () => {
    const { id, campaign, grants } = await reviewed({ name: 'exactly' });
    await decide('cora', id, { decision: 'reduce', grants: [grants[1], grants[0], grants[1]], reason: 'Too much.' });
    const { body } = await preview('cora', campaign);
    const signed = {
      itemId: id,
      version: 2,
      decision: 'reduce',
      grants: [...grants].sort(),
      reason: 'Too much.',
      to: null,
    };
    expect(body).toMatchObject({
      count: 1,
      digest: createHash('sha256')
        .update(canonicalJson([signed]))
        .digest('hex'),
      decisions: [{ ...signed, name: 'exactly', wouldDo: ['exactly loses a on bank.', 'exactly loses b on bank.'] }],
    });
  });

  it('is one record of every decision, ends them, and what was owed', async () => {
    const { id, identityId, campaign, grants } = await reviewed();
    await get('cora', id);
    room.clock.advance(30);
    await decide('cora', id, { decision: 'reduce', grants: [grants[0]] });
    const owed = () => room.superuser.query('SELECT FROM muster.obligations WHERE identity_id = $1', [identityId]);
    expect((await owed()).rowCount).toBe(1);
    const records = await recordsBy(room, async () => {
      expect((await room.submit('cora', campaign)).body).toMatchObject({
        campaignId: campaign,
        personId: people.cora,
        count: 1,
      });
    });
    expect(records).toMatchObject([
      {
        type: 'review.submitted',
        actor: people.cora,
        subject: campaign,
        images: [
          null,
          {
            submission: { person_id: people.cora, count: 1 },
            decisions: [
              {
                ...{ itemId: id, identityId, decision: 'reduce', grants: [grants[0]], reason: null, to: null },
                ...{
                  evidenceDigest: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
                  secondsSpent: 30,
                  inBulk: false,
                },
              },
            ],
          },
        ],
      },
    ]);
    expect((await get('cora', id)).body).toMatchObject({ state: 'submitted', canDecide: false });
    expect((await owed()).rowCount).toBe(0);
    const { body } = await room.ask<{ progress: unknown }>('GET', `/v1/review-campaigns/${campaign}`, { as: 'ann' });
    expect(body.progress).toEqual({ population: 1, open: 0, staged: 0, submitted: 1, excepted: 0 });
  });

  it.each([
    ['another digest', ({ count }: Seen) => ({ count, digest: '0'.repeat(64) }), 409, 'decisions_changed'],
    ['another number', ({ digest }: Seen) => ({ count: 2, digest }), 409, 'decisions_changed'],
    ['no digest', ({ count }: Seen) => ({ count, digest: 'all of it' }), 400, 'request_invalid'],
  ])('refuses %s', async (_what, changed, status, code) => {
    const { id, campaign } = await reviewed();
    await decide('cora', id, keep);
    expect(outcome(await submit('cora', campaign, changed((await preview('cora', campaign)).body)))).toEqual([
      status,
      code,
    ]);
    expect((await get('cora', id)).body.state).toBe('staged');
  });

  it.each([
    ['undone', (id: string) => undo('cora', id), 'nothing_staged'],
    ['decided otherwise', (id: string) => decide('cora', id, { decision: 'revoke' }), 'decisions_changed'],
    ['decided the same again', (id: string) => decide('cora', id, keep), 'decisions_changed'],
  ])('refuses what was %s since it was shown', async (_what, change, code) => {
    const { id, campaign } = await reviewed();
    await decide('cora', id, keep);
    const { body } = await preview('cora', campaign);
    await change(id);
    expect(outcome(await submit('cora', campaign, body))).toEqual([409, code]);
  });

  it('is of one’s own notes', async () => {
    const { id, campaign } = await reviewed();
    await decide('cora', id, keep);
    const { body } = await preview('carl', campaign);
    expect(body).toMatchObject({ count: 0, decisions: [] });
    expect(outcome(await submit('carl', campaign, (await preview('cora', campaign)).body))).toEqual([
      409,
      'nothing_staged',
    ]);
  });

  it('stands: nothing noted, undone or written changes it', async () => {
    const { id, campaign } = await reviewed();
    await decide('cora', id, keep);
    await room.submit('cora', campaign);
    expect(outcome(await decide('cora', id, { decision: 'revoke' }))).toEqual([409, 'decided_already']);
    expect(outcome(await undo('cora', id))).toEqual([409, 'decided_already']);
    const forced = room.superuser.query(`UPDATE muster.review_items SET decision = 'revoke' WHERE id = $1`, [id]);
    await expect(forced).rejects.toThrow('a submitted decision stands');
  });

  it('is one of two, where the same is submitted twice at once', async () => {
    const { id, campaign } = await reviewed();
    await decide('cora', id, keep);
    const { body } = await preview('cora', campaign);
    const answers = await Promise.all([submit('cora', campaign, body), submit('cora', campaign, body)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it('is one of two with a cancellation at once, and never both', async () => {
    for (let round = 0; round < 4; round += 1) {
      const { id, campaign } = await reviewed();
      await decide('cora', id, keep);
      const { body } = await preview('cora', campaign);
      const cancel = () =>
        room.ask('POST', `/v1/review-campaigns/${campaign}/cancellation`, { as: 'ann', body: { reason: 'Enough.' } });
      const [submitted, cancelled] = await Promise.all([submit('cora', campaign, body), cancel()]);
      expect(cancelled.status).toBe(200);
      const { state } = (await get('ann', id)).body;
      expect(outcome(submitted)).toEqual(state === 'submitted' ? [201, undefined] : [409, 'campaign_not_open']);
    }
  });
});

interface Seen {
  readonly digest: string;
  readonly count: number;
}

describe('handing on', () => {
  it.each(['delegate', 'reassign'])(
    'gives it to somebody else who decides, and says how it came there: %s',
    async (decision) => {
      const { id, identityId, campaign } = await reviewed();
      await get('cora', id);
      await decide('cora', id, { decision, to: people.dora, reason: 'Hers.' });
      const records = await recordsBy(room, () => room.submit('cora', campaign));
      expect(records).toMatchObject([
        { type: 'review.submitted', images: [null, { decisions: [{ decision, to: people.dora }] }] },
      ]);
      const { body } = await get<ItemBody & { moves: unknown }>('dora', id);
      expect(body).toMatchObject({
        ...{ state: 'open', decision: null, reviewerId: people.dora, canDecide: true },
        moves: [{ kind: decision, from: people.cora, to: people.dora, by: people.cora, reason: 'Hers.' }],
      });
      const { rowCount } = await room.superuser.query('SELECT FROM muster.obligations WHERE identity_id = $1', [
        identityId,
      ]);
      expect(rowCount).toBe(1);
      expect(outcome(await decide('cora', id, keep))).toEqual([403, 'not_yours']);
      await decide('dora', id, keep);
      expect((await room.submit('dora', campaign)).status).toBe(201);
    },
  );

  it('wants the evidence read again by whom it went to', async () => {
    const { id, campaign } = await reviewed();
    await get('cora', id);
    await decide('cora', id, { decision: 'delegate', to: people.dora });
    await room.submit('cora', campaign);
    expect(outcome(await keepAll('dora', [id]))).toEqual([409, 'evidence_unread']);
  });

  it('refuses whoever has left meanwhile', async () => {
    const gone = await room.person(`gone-${room.newEnvironment()}`, 'custodian');
    const { id, campaign } = await reviewed();
    await decide('cora', id, { decision: 'delegate', to: gone });
    await room.superuser.query(
      `UPDATE muster.people SET status = 'departed', departed_at = now(), roles = '{}' WHERE id = $1`,
      [gone],
    );
    expect(outcome(await room.submit('cora', campaign))).toEqual([409, 'person_not_live']);
  });
});

describe('what is with somebody who leaves', () => {
  /** An item of somebody's own, who is gone by then. */
  async function left(changed: Readonly<Record<string, unknown>> = {}, noted = false) {
    const name = `leaver-${room.newEnvironment()}`;
    const leaver = await room.person(name, 'custodian');
    await room.superuser.query('UPDATE muster.people SET manager_id = $1 WHERE id = $2', [people.mary, leaver]);
    const item = await reviewed({ primary_custodian_id: leaver, ...changed });
    if (noted) await decide(name, item.id, keep);
    await departs(leaver);
    return { ...item, leaver };
  }
  /** As a departure does it: with the succession, in one transaction. */
  async function departs(leaver: Id<'person'>): Promise<void> {
    await room.superuser.query('BEGIN');
    await room.superuser.query(
      `UPDATE muster.people SET status = 'departed', departed_at = now(), roles = '{}' WHERE id = $1`,
      [leaver],
    );
    await room.superuser.query(
      `UPDATE muster.identities SET primary_custodian_id = backup_custodian_id, backup_custodian_id = NULL,
         handover_due_at = now() + interval '14 days', departed_custodian_id = $1 WHERE primary_custodian_id = $1`,
      [leaver],
    );
    await room.superuser.query('COMMIT');
  }
  const moveOn = () => room.get(ReviewDepartures).moveOn();

  it.each([
    ['the other custodian', {}, 'carl'],
    ['their manager, where that one asked for it', { requested_by: 'carl' }, 'mary'],
    ['nobody, where all of them did', { requested_by: 'carl', authors: ['mary'] }, null],
  ] as const)('goes on to %s', async (_whom, changed, expected) => {
    const named = {
      ...('requested_by' in changed && { requested_by: people[changed.requested_by] }),
      ...('authors' in changed && { authors: changed.authors.map((name) => people[name]) }),
    };
    const { id, leaver } = await left(named, true);
    const to = expected && people[expected];
    const records = await recordsBy(room, moveOn);
    expect(records).toMatchObject([
      {
        ...{ type: 'review.moved', actor: 'system:reviews', subject: id },
        images: [{ item: { reviewer_id: leaver, state: 'staged' } }, { item: { reviewer_id: to, state: 'open' } }],
      },
    ]);
    expect((await get('ann', id)).body).toMatchObject({
      ...{ reviewerId: to, state: 'open', decision: null },
      moves: [{ kind: 'departure', from: leaver, to, by: 'system:reviews' }],
    });
  });

  it('goes on once, on however many replicas, and not at all where nobody has left', async () => {
    await left();
    const records = await recordsBy(room, () => Promise.all([moveOn(), moveOn(), moveOn()]));
    expect(records).toHaveLength(1);
    expect(await recordsBy(room, moveOn)).toEqual([]);
  });

  it('stays as it is in a review that is over', async () => {
    const { id, campaign, leaver } = await left();
    await room.ask('POST', `/v1/review-campaigns/${campaign}/cancellation`, { as: 'ann', body: { reason: 'Enough.' } });
    expect(await recordsBy(room, moveOn)).toEqual([]);
    expect((await get('ann', id)).body.reviewerId).toBe(leaver);
  });
});

describe('lists', () => {
  let campaign: Id<'campaign'>;
  let environment: string;

  beforeAll(async () => {
    environment = room.newEnvironment();
    const used = (days: number) => ({ target: 'bank', last_used_at: inDays(-days), added_at: inDays(-400) });
    const ids: Record<string, Id<'identity'>> = {};
    for (const name of ['delta_bot', 'alpha-bot', 'charlie-bot', 'bravo-pipe'])
      ids[name] = await room.identity({ ...custodians(), environment, name: `${name}.${environment}` });
    await room.grant(ids['alpha-bot']!, used(100));
    await room.grant(ids['bravo-pipe']!, used(10));
    await room.grant(ids['charlie-bot']!, used(200));
    await room.grant(ids['charlie-bot']!, used(150));
    campaign = await room.campaign('ann', environment, { managementId: people.max });
  });

  async function listed(query: string, as = 'ann'): Promise<string[]> {
    const names: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body }: Answer = await room.ask(
        'GET',
        `/v1/review-items?limit=2&${query}${cursor && `&cursor=${cursor}`}`,
        { as },
      );
      names.push(...body.items.map(({ name }) => name.split(/[-_]/)[0]!));
      cursor = body.nextCursor;
    }
    return names;
  }

  it.each([
    ['position', ['alpha', 'bravo', 'charlie', 'delta']],
    ['name', ['alpha', 'bravo', 'charlie', 'delta']],
    ['last-used', ['delta', 'charlie', 'alpha', 'bravo']],
    ['unused-grants', ['charlie', 'alpha', 'bravo', 'delta']],
  ])('is read page by page in order of %s', async (sort, names) => {
    expect(await listed(`campaignId=${campaign}&sort=${sort}`)).toEqual(names);
  });

  it.each([
    ['-BOT', ['alpha', 'charlie']],
    ['a_b', ['delta']],
    ['a', ['alpha', 'bravo', 'charlie', 'delta']],
    ['%', []],
    ['nowhere', []],
  ])('finds names by %s', async (q, names) => {
    expect(await listed(`campaignId=${campaign}&q=${encodeURIComponent(q)}`)).toEqual(names);
  });

  it.each(SORTS)('reads no more at once than it may, in order of %s, and goes on from there', async (sort) => {
    const read = (queue: QueueRepository, filter: Partial<ItemFilter>, after?: Position) =>
      room.get(UnitOfWork).read((tx) => queue.list(tx, { campaignId: campaign, ...filter }, sort, after, 2));
    const every = async (queue: QueueRepository, filter: Partial<ItemFilter>) => {
      const ids: string[] = [];
      for (let after: Position | undefined, more = true; more; more = after !== undefined) {
        const { rows, stopped } = await read(queue, filter, after);
        ids.push(...rows.map(({ item }) => item.id));
        after = rows.length === 2 ? rows[1]!.position : stopped;
      }
      return ids;
    };
    for (const filter of [{}, { q: 'bot' }, { q: 'e' }, { q: 'nowhere' }, { decision: 'revoke' }] as const) {
      const expected = await every(new QueueRepository(), filter);
      for (const window of [1, 2, 3, 4, 5])
        expect([filter, window, await every(new FrugalQueue(window), filter)]).toEqual([filter, window, expected]);
      const { rows, stopped } = await read(new FrugalQueue(1), { ...filter, q: '%' });
      expect([rows, stopped?.[2]]).toEqual([[], expect.any(Number)]);
    }
  });

  it('has a cursor on a page that is short and not the last', async () => {
    const queue: object = room.get(QueueRepository);
    const usual = { ...queue };
    Object.assign(queue, { ...new FrugalQueue(1) });
    try {
      expect(await listed(`campaignId=${campaign}&q=bo`)).toEqual(['alpha', 'charlie', 'delta']);
    } finally {
      Object.assign(queue, usual);
    }
  });

  it('is narrowed by state, decision, reviewer and identity', async () => {
    const items = await room.items('ann', campaign);
    const bravo = [...items.values()].find(({ name }) => name.startsWith('bravo'))!;
    await decide('cora', bravo.id, keep);
    expect(await listed(`campaignId=${campaign}&state=staged`)).toEqual(['bravo']);
    expect(await listed(`campaignId=${campaign}&decision=keep`)).toEqual(['bravo']);
    expect(await listed(`campaignId=${campaign}&state=open&reviewer=me`, 'cora')).toEqual([
      'alpha',
      'charlie',
      'delta',
    ]);
    expect(await listed(`campaignId=${campaign}&reviewer=me`, 'carl')).toEqual([]);
    expect(await listed(`identityId=${bravo.identityId}`)).toEqual(['bravo']);
  });

  it('wants to be about something', async () => {
    expect(outcome(await room.ask('GET', '/v1/review-items', { as: 'ann' }))).toEqual([400, 'request_invalid']);
  });
});

/** The real queue, which takes one name for many and may read fewer items at once. */
class FrugalQueue extends QueueRepository {
  protected override readonly mostNamed = 0;

  constructor(protected override readonly window: number) {
    super();
  }
}

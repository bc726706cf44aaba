import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { addSeconds, DAY_SECONDS, type Id } from '../../src/kernel/index.js';
import { Staging } from '../../src/reviews/campaigns/staging.service.js';
import { insertRow, newId } from '../inventory/rows.js';
import { recordsBy, ReviewRoom } from './room.js';

/** Campaigns: what they freeze, who decides about it, and how they change and end. */

type Name = 'ann' | 'max' | 'cora' | 'carl' | 'mary' | 'eve';

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
    eve: await room.person('eve', 'platform-engineer'),
  };
  await room.superuser.query('UPDATE muster.people SET manager_id = $1 WHERE id = $2', [people.mary, people.cora]);
});
afterAll(() => room?.close());
afterEach(() => expect(room.failures.splice(0)).toEqual([]));

const inDays = (days: number) => addSeconds(room.clock.now(), days * DAY_SECONDS);
const management = () => ({ managementId: people.max });
const custodians = () => ({ primary_custodian_id: people.cora, backup_custodian_id: people.carl });

/** An identity in an environment of its own. */
async function alone(changed: Readonly<Record<string, unknown>> = {}) {
  const environment = room.newEnvironment();
  const id = await room.identity({ ...custodians(), environment, ...changed });
  return { id, environment };
}

interface Evidence {
  readonly evidence: {
    readonly identity: Readonly<Record<string, unknown>>;
    readonly grants: readonly Readonly<Record<string, unknown>>[];
    readonly gaps: readonly string[];
    readonly lastUsedAt: string | null;
  };
  readonly evidenceDigest: string;
}

describe('a preview', () => {
  const preview = (scope: object) =>
    room.ask<Record<string, unknown>>('POST', '/v1/review-campaigns/preview', { as: 'ann', body: { scope } });

  it('counts what would be reviewed, and who would decide', async () => {
    const environment = room.newEnvironment();
    await room.identity({ ...custodians(), environment, name: 'b-bot' });
    await room.identity({ ...custodians(), environment, name: 'a-bot', criticality: 'low' });
    await room.identity({
      primary_custodian_id: people.carl,
      backup_custodian_id: people.cora,
      environment,
      name: 'c-bot',
    });
    const { body } = await preview({ environment });
    expect(body).toEqual({
      count: 3,
      withoutReviewer: 0,
      privileged: 0,
      byCustodian: [
        { personId: people.cora, count: 2 },
        { personId: people.carl, count: 1 },
      ],
      sample: ['a-bot', 'b-bot', 'c-bot'],
    });
  });

  it.each([
    ['criticality', { criticality: 'low' }, ['low']],
    ['kind', { kind: 'workload' }, ['work']],
    ['data class', { dataClass: 'pii' }, ['pii']],
    ['age', { olderThanDays: 300 }, ['old']],
    ['custodian', { custodianId: 'mary' }, ['mary-s']],
    ['condition', { condition: `identity.name.endsWith("ii") || identity.purpose == "Odd."` }, ['odd', 'pii']],
    ['a change of custodian', { custodianChangedWithinDays: 30 }, ['handed']],
  ])('narrows by %s', async (_what, scope, names) => {
    const environment = room.newEnvironment();
    const created = { created_at: inDays(-1) };
    const all = { environment, ...custodians(), ...created };
    await room.identity({ ...all, name: 'low', criticality: 'low' });
    await room.identity({ ...all, name: 'work', kind: 'workload' });
    await room.identity({ ...all, name: 'pii', data_classes: ['pii'] });
    await room.identity({ ...all, name: 'old', created_at: inDays(-400) });
    await room.identity({ ...all, name: 'odd', purpose: 'Odd.' });
    await room.identity({ ...all, name: 'mary-s', primary_custodian_id: people.mary });
    const handed = await room.identity({ ...all, name: 'handed' });
    await handedOver(handed);
    const named = 'custodianId' in scope ? { custodianId: people.mary } : scope;
    expect((await preview({ environment, ...named })).body['sample']).toEqual(names);
  });

  it('leaves out what is pending and what is retired', async () => {
    const { environment } = await alone({ status: 'pending' });
    for (const status of ['retired', 'suspended']) {
      const id = await room.identity({ ...custodians(), environment, name: `now-${status}` });
      await room.superuser.query('UPDATE muster.identities SET status = $2 WHERE id = $1', [id, status]);
    }
    expect((await preview({ environment })).body).toMatchObject({ count: 1, sample: ['now-suspended'] });
  });

  it.each([
    ['what it cannot call', 'identity.name.matches("a*")'],
    ['what is not there', 'identity.owner == "x"'],
    ['what says neither yes nor no', 'identity.name'],
    ['what is no expression', 'identity.name =='],
  ])('refuses a condition with %s', async (_what, condition) => {
    const { status, body } = await preview({ condition });
    expect([status, body['code']]).toEqual([400, 'condition_invalid']);
  });
});

/** Puts a hand-over into the tree, as the sequencer would. */
async function handedOver(id: Id<'identity'>): Promise<void> {
  await room.superuser.query(
    `WITH r AS (INSERT INTO audit.records (leaf) VALUES ('{}') RETURNING n)
     INSERT INTO audit.leaves (index, n, leaf_hash, type, actor, subject, at)
     SELECT (SELECT coalesce(max(index) + 1, 0) FROM audit.leaves), n, sha256(''), 'identity.handed-over', 'system:test', $1, $2
     FROM r`,
    [id, inDays(-3)],
  );
}

describe('beginning', () => {
  it('records that it began, and once it is frozen, that it started', async () => {
    const { id, environment } = await alone();
    let campaign: Id<'campaign'>;
    const records = await recordsBy(room, async () => {
      campaign = await room.campaign('ann', environment, management());
    });
    expect(records).toMatchObject([
      {
        type: 'campaign.created',
        actor: people.ann,
        subject: campaign!,
        images: [null, { campaign: { state: 'staging' } }],
      },
      {
        type: 'campaign.started',
        actor: 'system:reviews',
        subject: campaign!,
        images: [{ campaign: { state: 'staging' } }, { campaign: { state: 'open', population: 1 } }],
      },
    ]);
    const { rows } = await room.superuser.query('SELECT source_id FROM muster.obligations WHERE identity_id = $1', [
      id,
    ]);
    expect(rows).toEqual([{ source_id: campaign! }]);
  });

  it('freezes nothing twice, however often it is asked to', async () => {
    const { environment } = await alone();
    const campaign = await room.campaign('ann', environment, management());
    const records = await recordsBy(room, () =>
      Promise.all([room.get(Staging).freeze(campaign), room.get(Staging).freeze(campaign)]),
    );
    expect(records).toEqual([]);
    expect((await room.items('ann', campaign)).size).toBe(1);
  });

  it('adds the population up so that anybody can do it again', async () => {
    const environment = room.newEnvironment();
    for (const name of ['b', 'a', 'c']) await room.identity({ ...custodians(), environment, name: `digest-${name}` });
    const campaign = await room.campaign('ann', environment, management());
    const { body } = await room.ask<Record<string, unknown>>('GET', `/v1/review-campaigns/${campaign}`, { as: 'cora' });
    const items = [...(await room.items('ann', campaign)).values()];
    expect(items.map(({ name }) => name)).toEqual(['digest-a', 'digest-b', 'digest-c']);
    const { rows } = await room.superuser.query<{
      id: string;
      evidence: string;
      identity_id: string;
      position: number;
    }>(
      'SELECT id, evidence::text, identity_id, position FROM muster.review_items WHERE campaign_id = $1 ORDER BY position',
      [campaign],
    );
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    const lines = rows.map((row) => `${row.position} ${row.id} ${row.identity_id} ${sha256(row.evidence)}\n`);
    expect(body).toMatchObject({
      state: 'open',
      population: 3,
      populationDigest: sha256(lines.join('')),
      progress: { population: 3, open: 3, staged: 0, submitted: 0, excepted: 0 },
    });
  });

  it('says what of the evidence is missing instead of hiding it', async () => {
    const { id, environment } = await alone();
    await room.grant(id);
    const campaign = await room.campaign('ann', environment, management());
    const { body } = await room.ask<{ dataGate: unknown }>('GET', `/v1/review-campaigns/${campaign}`, { as: 'ann' });
    expect(body.dataGate).toMatchObject([
      { code: 'use-unknown', count: 1 },
      { code: 'grants-unverified', count: 1 },
    ]);
  });

  it.each([
    ['an empty scope', { scope: { environment: 'nowhere' } }, 'scope_empty'],
    ['a date that has passed', { dueAt: '2020-01-01T00:00:00Z' }, 'due_too_early'],
    ['management by whoever runs it', { managementId: 'ann' }, 'management_is_owner'],
    ['an owner who never came', { ownerId: newId('person') }, 'person_not_live'],
    ['a condition that is none', { scope: { condition: '1' } }, 'condition_invalid'],
  ])('refuses %s', async (_what, changed, code) => {
    const { environment } = await alone();
    const named = 'managementId' in changed ? { managementId: people.ann } : changed;
    const records = await recordsBy(room, async () => {
      await expect(room.campaign('ann', environment, { ...management(), ...named })).rejects.toThrow(code);
    });
    expect(records).toEqual([]);
  });

  it.each(['cora', 'eve'] as const)('is not for %s, by role', async (name) => {
    const { environment } = await alone();
    await expect(room.campaign(name, environment, management())).rejects.toThrow('forbidden');
  });
});

describe('evidence', () => {
  async function evidenceOf(environment: string): Promise<Evidence> {
    const campaign = await room.campaign('ann', environment, management());
    const [item] = (await room.items('ann', campaign)).values();
    return (await room.ask<Evidence>('GET', `/v1/review-items/${item!.id}`, { as: 'ann' })).body;
  }

  it('is what was known when it was frozen, and stays so', async () => {
    const { id, environment } = await alone({ purpose: 'Pays salaries.' });
    const grant = await room.grant(id, { target: 'bank', scope: 'pay', last_used_at: inDays(-10) });
    const campaign = await room.campaign('ann', environment, management());
    await room.superuser.query(`UPDATE muster.identities SET purpose = 'Something else.' WHERE id = $1`, [id]);
    const [item] = (await room.items('ann', campaign)).values();
    const { body } = await room.ask<Evidence>('GET', `/v1/review-items/${item!.id}`, { as: 'ann' });
    expect(body.evidence).toMatchObject({
      identity: {
        id,
        purpose: 'Pays salaries.',
        environment,
        primaryCustodianId: people.cora,
        createdAt: '1970-01-01T00:00:00.000Z',
      },
      grants: [
        {
          id: grant,
          target: 'bank',
          scope: 'pay',
          lastUsedAt: inDays(-10).toISOString(),
          keep: true,
          verifiedAt: null,
        },
      ],
      credentials: [],
      credentialCount: 0,
      lastUsedAt: inDays(-10).toISOString(),
      gaps: ['grants-unverified'],
    });
  });

  it.each([
    ['used 89 days ago', -89, -400, true],
    ['used 91 days ago', -91, -400, false],
    ['never used, and 89 days old', null, -89, true],
    ['never used, and 91 days old', null, -91, false],
  ])('proposes what to do with a grant %s', async (_what, used, added, keep) => {
    const { id, environment } = await alone();
    await room.grant(id, { last_used_at: used === null ? null : inDays(used), added_at: inDays(added) });
    const { evidence } = await evidenceOf(environment);
    expect(evidence.grants).toMatchObject([{ keep }]);
  });

  it('shows the newest 20 live credentials, and counts the rest', async () => {
    const { id, environment } = await alone();
    for (let made = 0; made < 23; made += 1)
      await insertRow(room.superuser, 'muster.credentials', {
        id: newId('registeredKey'),
        kind: 'registered-key',
        identity_id: id,
        system: 'bank',
        fingerprint: createHash('sha256').update(`${id} ${made}`).digest(),
        fingerprint_key_id: 'k1',
        registered_by: 'system:test',
        not_before: inDays(-made - 1),
        expires_at: made === 22 ? inDays(-0.5) : made === 0 ? 'infinity' : inDays(10),
      });
    const { evidence } = await evidenceOf(environment);
    expect(evidence).toMatchObject({ credentialCount: 22, gaps: ['use-unknown', 'keys-elsewhere'] });
    const credentials = (evidence as unknown as { credentials: { notBefore: string; expiresAt: string | null }[] })
      .credentials;
    expect(credentials).toHaveLength(20);
    expect(credentials[0]).toMatchObject({ notBefore: inDays(-1).toISOString(), expiresAt: null });
  });
});

describe('who decides', () => {
  const linked = async (...names: Id<'person'>[]) => {
    const human = newId('human');
    for (const name of names)
      await insertRow(room.superuser, 'muster.humans', {
        person_id: name,
        human_id: human,
        linked_by: 'system:test',
        linked_at: new Date(),
        reason: 'One and the same.',
      });
  };

  async function reviewerOf(changed: Readonly<Record<string, unknown>>) {
    const { environment } = await alone(changed);
    const campaign = await room.campaign('ann', environment, management());
    const [item] = (await room.items('ann', campaign)).values();
    return item!.reviewerId;
  }

  it('is the primary custodian', async () => {
    expect(await reviewerOf({})).toBe(people.cora);
  });

  it('is the backup, where the primary asked for the identity', async () => {
    expect(await reviewerOf({ requested_by: people.cora })).toBe(people.carl);
  });

  it('is the primary’s manager, where both had a hand in it', async () => {
    expect(await reviewerOf({ requested_by: people.cora, authors: [people.carl] })).toBe(people.mary);
  });

  it('is nobody, where everybody had a hand in it', async () => {
    expect(await reviewerOf({ requested_by: people.cora, authors: [people.carl, people.mary] })).toBeNull();
  });

  it('is not another account of whoever asked', async () => {
    const [one, other] = [await room.person('lia', 'custodian'), await room.person('lia-too', 'platform-engineer')];
    await linked(one, other);
    expect(await reviewerOf({ primary_custodian_id: one, requested_by: other })).toBe(people.carl);
  });

  it('is not who stands in for them, nor who stands in for that', async () => {
    const [asker, first, second] = [
      await room.person('asker', 'custodian'),
      await room.person('first', 'custodian'),
      await room.person('second', 'custodian'),
    ];
    for (const [from, to] of [
      [asker, first],
      [first, second],
    ])
      await insertRow(room.superuser, 'muster.delegations', {
        id: newId('delegation'),
        from_id: from,
        to_id: to,
        reason: 'On leave.',
        created_at: inDays(-1),
        until: inDays(5),
      });
    expect(await reviewerOf({ primary_custodian_id: second, requested_by: asker })).toBe(people.carl);
  });
});

describe('changing and ending', () => {
  async function running() {
    const { id: identityId, environment } = await alone();
    const id = await room.campaign('ann', environment, management());
    const { body } = await room.ask('GET', `/v1/review-campaigns/${id}`, { as: 'ann' });
    return { id, identityId, version: body.version };
  }

  it('gives more time, and what is owed with it', async () => {
    const { id, identityId, version } = await running();
    const dueAt = inDays(30).toISOString();
    const records = await recordsBy(room, async () => {
      const { body } = await room.ask('PATCH', `/v1/review-campaigns/${id}`, { as: 'ann', version, body: { dueAt } });
      expect(body).toMatchObject({ dueAt, version: version + 1 });
    });
    expect(records).toMatchObject([{ type: 'campaign.changed', actor: people.ann, subject: id }]);
    const { rows } = await room.superuser.query<{ due_at: Date }>(
      'SELECT due_at FROM muster.obligations WHERE identity_id = $1',
      [identityId],
    );
    expect(rows.map((row) => row.due_at.toISOString())).toEqual([dueAt]);
  });

  it.each([
    ['less time', 'ann', () => ({ dueAt: inDays(3).toISOString() }), 400, 'due_too_early'],
    ['what is another’s', 'max', () => ({ name: 'Mine' }), 403, 'not_the_owner'],
    ['management by its owner', 'ann', () => ({ managementId: people.ann }), 400, 'management_is_owner'],
    ['nothing', 'ann', () => ({}), 400, 'request_invalid'],
    ['an owner who never came', 'ann', () => ({ ownerId: newId('person') }), 409, 'person_not_live'],
  ])('refuses %s', async (_what, as, body, status, code) => {
    const { id, version } = await running();
    const answer = await room.ask('PATCH', `/v1/review-campaigns/${id}`, { as, version, body: body() });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('is an administrator’s to change where its owner has left, and nobody else’s', async () => {
    const { environment } = await alone();
    const name = `gone-${environment}`;
    const gone = await room.person(name, 'analyst');
    const id = await room.campaign(name, environment, { managementId: people.cora });
    const { version } = (await room.ask('GET', `/v1/review-campaigns/${id}`, { as: 'ann' })).body;
    const take = (as: string) =>
      room.ask('PATCH', `/v1/review-campaigns/${id}`, { as, version, body: { ownerId: people.ann } });
    expect((await take('max')).body.code).toBe('not_the_owner');
    await room.superuser.query(
      `UPDATE muster.people SET status = 'departed', departed_at = now(), roles = '{}' WHERE id = $1`,
      [gone],
    );
    expect((await take('ann')).body.code).toBe('not_the_owner');
    expect((await take('max')).body).toMatchObject({ ownerId: people.ann });
  });

  it('refuses a change of what somebody else changed meanwhile', async () => {
    const { id, version } = await running();
    const change = () =>
      room.ask('PATCH', `/v1/review-campaigns/${id}`, { as: 'ann', version, body: { name: 'Other' } });
    expect([(await change()).status, (await change()).body.code]).toEqual([200, 'version_conflict']);
  });

  it('is cancelled by its owner, and nothing is owed any more', async () => {
    const { id, identityId } = await running();
    const cancel = (as: string) =>
      room.ask('POST', `/v1/review-campaigns/${id}/cancellation`, { as, body: { reason: 'Begun by mistake.' } });
    expect((await cancel('max')).body.code).toBe('not_the_owner');
    const records = await recordsBy(room, async () => {
      expect((await cancel('ann')).body).toMatchObject({ state: 'cancelled', endReason: 'Begun by mistake.' });
    });
    expect(records).toMatchObject([{ type: 'campaign.cancelled', actor: people.ann, subject: id }]);
    expect((await cancel('ann')).body.code).toBe('campaign_not_open');
    const { rows } = await room.superuser.query('SELECT FROM muster.obligations WHERE identity_id = $1', [identityId]);
    expect(rows).toEqual([]);
  });
});

describe('lists', () => {
  it('shows campaigns, the newest first, by state and by whom they are run', async () => {
    const { environment } = await alone();
    room.clock.advance(1);
    const one = await room.campaign('ann', environment, management());
    room.clock.advance(1);
    const two = await room.campaign('ann', environment, management());
    room.clock.advance(1);
    const listed = await room.ask('GET', '/v1/review-campaigns?ownerId=me&state=open&limit=2', { as: 'ann' });
    expect(listed.body.items.map(({ id }) => id)).toEqual([two, one]);
    expect((await room.ask('GET', '/v1/review-campaigns?ownerId=me', { as: 'cora' })).body.items).toEqual([]);
  });

  it('shows how far each reviewer is, and what is late', async () => {
    const environment = room.newEnvironment();
    for (let made = 0; made < 3; made += 1) await room.identity({ ...custodians(), environment });
    await room.identity({ primary_custodian_id: people.carl, backup_custodian_id: people.cora, environment });
    const id = await room.campaign('ann', environment, { ...management(), dueAt: inDays(1).toISOString() });
    const progress = (query = '') =>
      room.ask<{ items: unknown; nextCursor: string | null }>('GET', `/v1/review-campaigns/${id}/custodians${query}`, {
        as: 'ann',
      });
    const nothing = { staged: 0, submitted: 0, excepted: 0, late: 0 };
    expect((await progress()).body.items).toEqual([
      { personId: people.cora, total: 3, open: 3, ...nothing },
      { personId: people.carl, total: 1, open: 1, ...nothing },
    ]);
    const first = (await progress('?limit=1')).body;
    const second = (await progress(`?limit=1&cursor=${first.nextCursor}`)).body;
    expect([first.items, second]).toMatchObject([
      [{ personId: people.cora }],
      { items: [{ personId: people.carl }], nextCursor: null },
    ]);
    room.clock.advance(DAY_SECONDS);
    expect((await progress()).body.items).toMatchObject([{ late: 3 }, { late: 1 }]);
  });
});

import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Id } from '../../src/kernel/index.js';
import { type Answer, openRoom, recordsBy, type Room } from '../inventory/room.js';

/** Consent by somebody else: who may give it, once, and what the database refuses whoever asks. */

const HOUR = 3600;

let room: Room;
let people: Record<'ada' | 'eve' | 'adele' | 'cora' | 'carl', Id<'person'>>;
let made = 0;

beforeAll(async () => {
  room = await openRoom();
  people = {
    ada: await room.person('ada', 'administrator'),
    adele: await room.person('adele', 'administrator', 'custodian', 'platform-engineer'),
    eve: await room.person('eve', 'platform-engineer'),
    cora: await room.person('cora', 'custodian'),
    carl: await room.person('carl', 'custodian'),
  };
});
afterAll(() => room?.close());
afterEach(() => expect(room.failures.splice(0)).toEqual([]));

function post(as: string, url: string, body?: unknown): Promise<Answer> {
  return room.ask('POST', url, { as, ...(body !== undefined && { body }) });
}

/** An approval that somebody's registration asked for. */
async function asked(as = 'eve'): Promise<{ id: Id<'approval'>; identityId: string }> {
  const { status, body } = await post(as, '/v1/identities', {
    name: `trading-bot-${++made}`,
    kind: 'bot',
    environment: 'production',
    teamId: room.teamId,
    purpose: 'Enters orders.',
    dataClasses: ['order-entry'],
    primaryCustodianId: people.cora,
    backupCustodianId: people.carl,
  });
  expect(status).toBe(201);
  return { id: body.approvalId, identityId: body.id };
}

const decide = (as: string, id: string, verdict = 'approve') =>
  post(as, `/v1/approvals/${id}/decision`, { verdict, reason: 'Looked at it.' });
const outcome = ({ status, body }: Answer) => [status, body?.code ?? body?.state];

describe('deciding', () => {
  it('shows the approver what is asked, by whom and until when', async () => {
    const { id, identityId } = await asked();
    const { body } = await room.ask('GET', `/v1/approvals/${id}`, { as: 'cora' });
    expect(body).toMatchObject({
      action: 'identity.activate',
      subject: identityId,
      requester: people.eve,
      state: 'pending',
      decidedBy: null,
      payloadDigest: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
    });
    expect(body.summary).toMatch(/^Activate bot trading-bot-\d+ in production, touching order-entry: Enters orders\.$/);
    expect(Date.parse(body.expiresAt) - room.clock.now().getTime()).toBe(72 * HOUR * 1000);
  });

  it.each([
    ['approve', 'approved'],
    ['deny', 'denied'],
  ])('%ss, and records it', async (verdict, state) => {
    const { id } = await asked();
    const records = await recordsBy(room, async () => {
      expect((await decide('cora', id, verdict)).body).toMatchObject({
        state,
        decidedBy: people.cora,
        reason: 'Looked at it.',
      });
    });
    expect(records).toMatchObject([
      { type: 'approval.decided', actor: people.cora, subject: id, images: [{ state: 'pending' }, { state }] },
    ]);
  });

  it.each(['eve', 'ann'])('is not for %s, by role', async (name) => {
    if (name === 'ann') await room.person('ann', 'analyst', 'auditor');
    const { id } = await asked();
    expect(outcome(await decide(name, id))).toEqual([403, 'forbidden']);
  });

  it('is not for the requester, whatever roles they hold (AC-5)', async () => {
    const { id } = await asked('adele');
    expect(outcome(await decide('adele', id))).toEqual([403, 'own_request']);
    expect(outcome(await decide('ada', id))).toEqual([200, 'approved']);
  });

  it('goes by the roles somebody holds now, not by those they signed in with', async () => {
    const late = await room.person('late', 'custodian');
    await room.superuser.query(`UPDATE muster.people SET roles = '{analyst}' WHERE id = $1`, [late]);
    const { id } = await asked();
    expect(outcome(await decide('late', id))).toEqual([403, 'not_eligible']);
  });

  it('is not for somebody who has left', async () => {
    const gone = await room.person('gone', 'custodian');
    await room.superuser.query(
      `UPDATE muster.people SET status = 'departed', departed_at = now(), roles = '{}' WHERE id = $1`,
      [gone],
    );
    const { id } = await asked();
    expect(outcome(await decide('gone', id))).toEqual([403, 'not_eligible']);
  });

  it('gives one answer when two decide at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id } = await asked();
      const answers = await Promise.all([decide('cora', id), decide('ada', id, 'deny'), decide('carl', id)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
      const won = answers.find(({ status }) => status === 200)!;
      const { body } = await room.ask('GET', `/v1/approvals/${id}`, { as: 'ada' });
      expect([body.state, body.decidedBy]).toEqual([won.body.state, won.body.decidedBy]);
    }
  });

  it('is over after 72 hours, and the job closes it once, on however many replicas', async () => {
    const { id } = await asked();
    room.clock.advance(72 * HOUR);
    expect(outcome(await decide('cora', id))).toEqual([410, 'approval_expired']);
    const records = await recordsBy(room, () =>
      Promise.all([room.approvalsJobs.expire(), room.approvalsJobs.expire()]),
    );
    expect(records.filter(({ subject }) => subject === id)).toMatchObject([
      { type: 'approval.expired', actor: 'system:approvals', images: [{ state: 'pending' }, { state: 'expired' }] },
    ]);
    expect(outcome(await decide('cora', id))).toEqual([409, 'approval_closed']);
  });
});

describe('taking it back', () => {
  const cancel = (as: string, id: string) => post(as, `/v1/approvals/${id}/cancellation`);

  it('is for the requester alone, while it is open', async () => {
    const { id } = await asked();
    expect(outcome(await cancel('ada', id))).toEqual([403, 'not_the_requester']);
    const records = await recordsBy(room, async () =>
      expect(outcome(await cancel('eve', id))).toEqual([200, 'cancelled']),
    );
    expect(records).toMatchObject([{ type: 'approval.cancelled', subject: id }]);
    expect(outcome(await cancel('eve', id))).toEqual([409, 'approval_closed']);
    expect(outcome(await decide('cora', id))).toEqual([409, 'approval_closed']);
  });
});

describe('spending', () => {
  it('happens once, however many ask at once', async () => {
    const { id, identityId } = await asked();
    await decide('cora', id);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post('eve', `/v1/identities/${identityId}/activation`)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await room.ask('GET', `/v1/approvals/${id}`, { as: 'eve' })).body.spentAt).not.toBeNull();
  });
});

describe('listing', () => {
  it('filters by state and subject, the newest first, in pages', async () => {
    const { id, identityId } = await asked();
    await decide('cora', id, 'deny');
    const list = async (query: string) => (await room.ask('GET', `/v1/approvals?${query}`, { as: 'ada' })).body;
    expect((await list(`subject=${identityId}`)).items).toMatchObject([{ id, state: 'denied' }]);
    expect((await list(`subject=${identityId}&state=pending`)).items).toEqual([]);
    const first = await list('limit=1');
    const second = await list(`limit=1&cursor=${first.nextCursor}`);
    expect(String(first.items[0]!.id) > String(second.items[0]!.id)).toBe(true);
  });

  it.each(['state=open', 'state=failed', 'state=partial', 'subject=everything', 'cursor=x'])(
    'refuses ?%s',
    async (query) => {
      expect((await room.ask('GET', `/v1/approvals?${query}`, { as: 'ada' })).status).toBe(400);
    },
  );
});

describe('the database', () => {
  const refused = async (sql: string, id: string, constraint: string) =>
    expect(room.superuser.query(sql, [id])).rejects.toMatchObject({ constraint });

  it.each([
    ['its requester', 'requester'],
    ['somebody who was involved', 'involved[array_upper(involved, 1)]'],
  ])('lets no approval be given by %s', async (_name, who) => {
    const { id } = await asked();
    await refused(
      `UPDATE muster.approvals SET state = 'approved', decided_by = ${who}, decided_at = created_at WHERE id = $1`,
      id,
      'approvals_by_somebody_else',
    );
  });

  const END: readonly [string, (id: string) => Promise<unknown>][] = [
    ['approved', (id) => decide('cora', id)],
    ['denied', (id) => decide('cora', id, 'deny')],
    ['cancelled', (id) => post('eve', `/v1/approvals/${id}/cancellation`)],
  ];
  it.each(END)('moves nothing that is %s', async (_state, end) => {
    const { id } = await asked();
    await end(id);
    await refused(
      `UPDATE muster.approvals SET state = 'pending', decided_by = NULL, decided_at = NULL WHERE id = $1`,
      id,
      'approvals_terminal',
    );
    await refused(`UPDATE muster.approvals SET reason = 'other' WHERE id = $1`, id, 'approvals_terminal');
  });

  it.each([
    [
      'the digest',
      `UPDATE muster.approvals SET payload_digest = sha256('other') WHERE id = $1`,
      'approvals_asked_stays',
    ],
    [
      'the expiry',
      `UPDATE muster.approvals SET expires_at = expires_at + interval '1 year' WHERE id = $1`,
      'approvals_asked_stays',
    ],
    [
      'those involved',
      `UPDATE muster.approvals SET involved = involved || 'x'::text WHERE id = $1`,
      'approvals_asked_stays',
    ],
    ['the row', 'DELETE FROM muster.approvals WHERE id = $1', 'approvals_stay'],
    [
      'an approval nobody gave',
      `UPDATE muster.approvals SET state = 'approved', decided_at = now() WHERE id = $1`,
      'approvals_decided',
    ],
    [
      'it to a state that nothing yields',
      `UPDATE muster.approvals SET state = 'failed', decided_at = now() WHERE id = $1`,
      'approvals_state',
    ],
  ])('does not let anybody change %s', async (_name, sql, constraint) => {
    const { id } = await asked();
    await refused(sql, id, constraint);
  });

  it('does not let an approval be spent twice, or by whoever gave it', async () => {
    const { id, identityId } = await asked();
    await decide('cora', id);
    await refused(
      'UPDATE muster.approvals SET spent_by = decided_by, spent_at = now() WHERE id = $1',
      id,
      'approvals_not_by_its_spender',
    );
    await post('eve', `/v1/identities/${identityId}/activation`);
    await refused(
      'UPDATE muster.approvals SET spent_by = NULL, spent_at = NULL WHERE id = $1',
      id,
      'approvals_spent_once',
    );
  });
});

describe('who may decide', () => {
  it('is told to everybody, and to each whether they may', async () => {
    const { id } = await asked('adele');
    const seen = async (as: string) => (await room.ask('GET', `/v1/approvals/${id}`, { as })).body;
    const { eligibleApproverIds, involved } = await seen('eve');
    expect(eligibleApproverIds).toEqual(expect.arrayContaining([people.ada, people.cora, people.carl]));
    expect(eligibleApproverIds).not.toContain(people.adele);
    expect(involved).toEqual([people.adele]);
    for (const [name, may] of Object.entries({ ada: true, cora: true, adele: false, eve: false }))
      expect([name, (await seen(name)).canDecide]).toEqual([name, may]);
    await decide('cora', id);
    expect(await seen('ada')).toMatchObject({ eligibleApproverIds: [], canDecide: false });
  });

  it('is a list of what waits for the caller', async () => {
    const { id } = await asked('adele');
    const mine = async (as: string) =>
      (await room.ask('GET', '/v1/approvals?eligible=me&limit=200', { as })).body.items.map((item) => item['id']);
    expect(await mine('cora')).toContain(id);
    expect(await mine('ada')).toContain(id);
    expect(await mine('adele')).not.toContain(id);
    expect(await mine('eve')).toEqual([]);
    const [first, second] = await mine('ada');
    const page = (await room.ask('GET', '/v1/approvals?eligible=me&limit=1', { as: 'ada' })).body;
    expect(page.items).toMatchObject([{ id: first }]);
    const next = await room.ask('GET', `/v1/approvals?eligible=me&limit=1&cursor=${page.nextCursor}`, { as: 'ada' });
    expect(next.body.items).toMatchObject([{ id: second }]);
    expect((await room.ask('GET', '/v1/approvals?eligible=me&state=denied', { as: 'ada' })).status).toBe(400);
  });

  it('shows exactly what is asked, so that its digest can be computed', async () => {
    const { id, identityId } = await asked();
    const { payload, payloadDigest } = (await room.ask('GET', `/v1/approvals/${id}`, { as: 'cora' })).body;
    expect(JSON.parse(payload)).toMatchObject({ id: identityId, dataClasses: ['order-entry'] });
    expect(createHash('sha256').update(payload).digest('hex')).toBe(payloadDigest);
  });
});

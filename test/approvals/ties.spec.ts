import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Id, Role } from '../../src/kernel/index.js';
import { type Answer, openRoom, recordsBy, type Room } from '../inventory/room.js';

/** What ties people to one another: accounts of one human, and those who answer for others. */

const HOUR = 3600;
const DAY = 24 * HOUR;

let room: Room;
let made = 0;

beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => room?.close());
afterEach(() => expect(room.failures.splice(0)).toEqual([]));

interface Somebody {
  readonly name: string;
  readonly id: Id<'person'>;
}

async function somebody(...roles: Role[]): Promise<Somebody> {
  const name = `somebody-${++made}`;
  return { name, id: await room.person(name, ...roles) };
}

const ask = (method: string, url: string, by: Somebody, body?: unknown): Promise<Answer> =>
  room.ask(method, url, { as: by.name, ...(body !== undefined && { body }) });
const outcome = ({ status, body }: Answer) => [status, body?.code ?? body?.state];

const link = (by: Somebody, one: Somebody, other: Somebody) =>
  ask('POST', `/v1/people/${one.id}/same-human`, by, { as: other.id, reason: 'Two badges.' });
const unlink = (by: Somebody, one: Somebody) => ask('DELETE', `/v1/people/${one.id}/same-human`, by);
const accounts = async (of: Somebody) => (await ask('GET', `/v1/people/${of.id}/accounts`, of)).body.accountIds;
const inSeconds = (seconds: number) => new Date(room.clock.now().getTime() + seconds * 1000).toISOString();
const delegate = (from: Somebody, to: Somebody, seconds = 10 * DAY) =>
  ask('POST', '/v1/delegations', from, { toId: to.id, until: inSeconds(seconds), reason: 'Away.' });
const decide = (by: Somebody, id: string) =>
  ask('POST', `/v1/approvals/${id}/decision`, by, { verdict: 'approve', reason: 'Looked at it.' });

/** An approval that a registration by somebody asked for. */
async function asked(by: Somebody): Promise<string> {
  const [primary, backup] = [await somebody('custodian'), await somebody('custodian')];
  const { body } = await ask('POST', '/v1/identities', by, {
    name: `bot-${++made}`,
    kind: 'bot',
    environment: 'production',
    teamId: room.teamId,
    purpose: 'Enters orders.',
    dataClasses: ['order-entry'],
    primaryCustodianId: primary.id,
    backupCustodianId: backup.id,
  });
  return body.approvalId;
}

describe('accounts of one human', () => {
  it('are linked by an administrator, recorded, and known to each', async () => {
    const [ada, one, other, third] = [
      await somebody('administrator'),
      await somebody('custodian'),
      await somebody('platform-engineer'),
      await somebody('auditor'),
    ];
    const records = await recordsBy(room, () => link(ada, one, other));
    expect(records).toMatchObject([{ type: 'person.linked', actor: ada.id, subject: one.id }]);
    await link(ada, third, other);
    for (const account of [one, other, third])
      expect(await accounts(account)).toEqual([one.id, other.id, third.id].sort());
    expect(outcome(await link(ada, one, third))).toEqual([409, 'already_linked']);
    expect(outcome(await link(ada, ada, ada))).toEqual([400, 'same_account']);
    expect((await link(one, one, ada)).status).toBe(403);
  });

  it('are known from the invitation of the second, in its one record, and held apart at once (P18)', async () => {
    const [ada, eve] = [await somebody('administrator'), await somebody('platform-engineer')];
    const id = await asked(eve);
    const invite = (sameHumanAs: string) => {
      const name = `somebody-${++made}`;
      const body = { name, email: `${name}@second.example.com`, roles: ['custodian'], sameHumanAs };
      return ask('POST', '/v1/people', ada, body);
    };
    let invited: Answer;
    const records = await recordsBy(room, async () => (invited = await invite(eve.id)));
    const eva = { name: 'eva-again', id: invited!.body.person.id };
    expect(records).toMatchObject([
      { type: 'person.invited', subject: eva.id, images: [null, { accounts: [eva.id, eve.id].sort() }] },
    ]);
    await room.arrive(eva.name, invited!, 'custodian');
    expect(await accounts(eve)).toEqual([eva.id, eve.id].sort());
    expect(outcome(await decide(eva, id))).toEqual([403, 'own_request']);
    const { body } = await ask('GET', `/v1/approvals/${id}`, eva);
    expect([body.canDecide, body.eligibleApproverIds.includes(eva.id)]).toEqual([false, false]);
    expect(outcome(await invite(`per_${'0'.repeat(32)}`))).toEqual([404, 'person_not_found']);
  });

  it('are parted by an administrator who is none of them', async () => {
    const [ada, second, other] = [
      await somebody('administrator'),
      await somebody('administrator'),
      await somebody('custodian'),
    ];
    expect(outcome(await unlink(second, other))).toEqual([409, 'not_linked']);
    await link(second, ada, other);
    expect(outcome(await unlink(ada, other))).toEqual([403, 'own_link']);
    expect(await recordsBy(room, () => unlink(second, other))).toMatchObject([{ type: 'person.unlinked' }]);
    expect(await accounts(ada)).toEqual([ada.id]);
  });

  it('do not decide for one another, whatever their roles, though they were parted since', async () => {
    const [ada, eve, eva] = [
      await somebody('administrator'),
      await somebody('platform-engineer'),
      await somebody('administrator', 'custodian'),
    ];
    await link(ada, eve, eva);
    const id = await asked(eve);
    expect(outcome(await decide(eva, id))).toEqual([403, 'own_request']);
    await unlink(ada, eva);
    expect(outcome(await decide(eva, id))).toEqual([403, 'own_request']);
    expect(outcome(await decide(eva, await asked(eve)))).toEqual([200, 'approved']);
  });

  it('do not decide for one another, though they were linked only afterwards', async () => {
    const [ada, eve, eva] = [
      await somebody('administrator'),
      await somebody('platform-engineer'),
      await somebody('custodian'),
    ];
    const id = await asked(eve);
    await link(ada, eve, eva);
    expect(outcome(await decide(eva, id))).toEqual([403, 'own_request']);
  });

  it('do not carry out what another of them approved', async () => {
    const [ada, eve, pete, cora] = [
      await somebody('administrator'),
      await somebody('platform-engineer'),
      await somebody('platform-engineer'),
      await somebody('custodian'),
    ];
    const id = await asked(eve);
    await decide(cora, id);
    await link(ada, cora, pete);
    const { body } = await ask('GET', `/v1/approvals/${id}`, ada);
    const identityId = (body as unknown as { subject: string }).subject;
    expect(outcome(await ask('POST', `/v1/identities/${identityId}/activation`, pete))).toEqual([403, 'own_approval']);
    expect((await ask('POST', `/v1/identities/${identityId}/activation`, eve)).status).toBe(200);
  });

  it('do not change one another’s roles', async () => {
    const [ada, boss, account] = [
      await somebody('administrator'),
      await somebody('administrator'),
      await somebody('custodian'),
    ];
    await link(ada, boss, account);
    const change = (by: Somebody) =>
      room.ask('PATCH', `/v1/people/${account.id}`, { as: by.name, version: 1, body: { roles: ['auditor'] } });
    expect(outcome(await change(boss))).toEqual([403, 'own_roles']);
    expect((await change(ada)).status).toBe(200);
  });

  it('do not verify what another of them granted', async () => {
    const [ada, pete, cora] = [
      await somebody('administrator'),
      await somebody('platform-engineer'),
      await somebody('custodian'),
    ];
    const id = await asked(pete);
    const { body } = await ask('GET', `/v1/approvals/${id}`, ada);
    const identityId = (body as unknown as { subject: string }).subject;
    const grant = { target: 'orders', scope: 'place', purpose: 'Places orders.', verifierId: cora.id };
    const { id: grantId } = (await ask('POST', `/v1/identities/${identityId}/grants`, pete, grant)).body;
    await link(ada, pete, cora);
    expect(outcome(await ask('POST', `/v1/grants/${grantId}/verification`, cora))).toEqual([403, 'self_verification']);
  });
});

describe('answering for another', () => {
  it('lasts 30 days at most, is recorded, and ends by either of the two', async () => {
    const [cora, dan, fay] = [await somebody('custodian'), await somebody('custodian'), await somebody('custodian')];
    expect(outcome(await delegate(cora, cora))).toEqual([400, 'delegation_to_self']);
    expect(outcome(await delegate(cora, dan, 30 * DAY + 1))).toEqual([400, 'delegation_too_long']);
    expect(outcome(await delegate(cora, dan, -1))).toEqual([400, 'delegation_too_long']);
    const records = await recordsBy(room, () => delegate(cora, dan, 30 * DAY));
    expect(records).toMatchObject([{ type: 'delegation.created', actor: cora.id }]);
    expect(outcome(await delegate(cora, dan))).toEqual([409, 'already_delegated']);
    const [{ id }] = (await ask('GET', '/v1/delegations', dan)).body.items as [{ id: string }];
    expect((await ask('GET', '/v1/delegations', fay)).body.items).toEqual([]);
    const end = (by: Somebody) => ask('POST', `/v1/delegations/${id}/end`, by);
    expect(outcome(await end(fay))).toEqual([403, 'not_your_delegation']);
    expect(await recordsBy(room, () => end(dan))).toMatchObject([{ type: 'delegation.ended', actor: dan.id }]);
    expect(outcome(await end(cora))).toEqual([409, 'delegation_ended']);
    expect((await delegate(cora, dan)).status).toBe(201);
  });

  it('is not for a second account of the same human, nor for somebody who has left', async () => {
    const [ada, cora, coral, gone] = [
      await somebody('administrator'),
      await somebody('custodian'),
      await somebody('custodian'),
      await somebody('custodian'),
    ];
    await link(ada, cora, coral);
    expect(outcome(await delegate(cora, coral))).toEqual([400, 'delegation_to_self']);
    await ask('POST', `/v1/people/${gone.id}/departure`, ada);
    expect(outcome(await delegate(cora, gone))).toEqual([409, 'delegate_not_live']);
  });

  it('bars whoever answers for a requester, or has since it was asked, or answers for one who does', async () => {
    const [eve, dan, fay, cora] = [
      await somebody('platform-engineer'),
      await somebody('custodian'),
      await somebody('custodian'),
      await somebody('custodian'),
    ];
    const { id } = (await delegate(eve, dan)).body;
    await delegate(dan, fay);
    const before = await asked(eve);
    room.clock.advance(60);
    await ask('POST', `/v1/delegations/${id}/end`, eve);
    for (const barred of [dan, fay]) expect(outcome(await decide(barred, before))).toEqual([403, 'own_request']);
    room.clock.advance(60);
    expect(outcome(await decide(dan, await asked(eve)))).toEqual([200, 'approved']);
    expect(outcome(await decide(cora, before))).toEqual([200, 'approved']);
  });
});

describe('the database', () => {
  const refused = (sql: string, parameters: unknown[], constraint: string) =>
    expect(room.superuser.query(sql, parameters)).rejects.toMatchObject({ constraint });
  const DECIDE = `UPDATE muster.approvals SET state = 'approved', decided_by = $2, decided_at = created_at WHERE id = $1`;

  it('lets no approval be given by another account of its requester', async () => {
    const [ada, eve, eva] = [
      await somebody('administrator'),
      await somebody('platform-engineer'),
      await somebody('custodian'),
    ];
    const id = await asked(eve);
    await link(ada, eve, eva);
    await refused(DECIDE, [id, eva.id], 'approvals_by_another_human');
  });

  it('lets no approval be given by whoever answers for its requester', async () => {
    const [eve, dan] = [await somebody('platform-engineer'), await somebody('custodian')];
    const id = await asked(eve);
    await delegate(eve, dan);
    await refused(DECIDE, [id, dan.id], 'approvals_by_another_human');
  });

  it('lets no approval begin as anything but a question', async () => {
    const [eve, cora] = [await somebody('platform-engineer'), await somebody('custodian')];
    const id = await asked(eve);
    await refused(
      `INSERT INTO muster.approvals (id, action, subject, payload_digest, summary, requester, involved, state, created_at,
         expires_at, decided_by, decided_at, version)
       SELECT 'apr_' || md5('forged'), action, subject, payload_digest, summary, requester, involved, 'approved', created_at,
         expires_at, $2, created_at, 1 FROM muster.approvals WHERE id = $1`,
      [id, cora.id],
      'approvals_begin_pending',
    );
  });

  it('lets no payload stand beside a digest of something else', async () => {
    const id = await asked(await somebody('platform-engineer'));
    await refused(
      `INSERT INTO muster.approvals (id, action, subject, payload_digest, payload, summary, requester, involved, state,
         created_at, expires_at, version)
       SELECT 'apr_' || md5('shown'), 'other', subject, payload_digest, '{}', summary, requester, involved, 'pending',
         created_at, expires_at, 1 FROM muster.approvals WHERE id = $1`,
      [id],
      'approvals_payload_shown',
    );
  });

  it('lets no delegation be changed or go', async () => {
    const [cora, dan] = [await somebody('custodian'), await somebody('custodian')];
    const { id } = (await delegate(cora, dan)).body;
    const later = `UPDATE muster.delegations SET until = until + interval '1 day' WHERE id = $1`;
    for (const sql of [later, 'DELETE FROM muster.delegations WHERE id = $1'])
      await refused(sql, [id], 'delegations_stay');
  });
});

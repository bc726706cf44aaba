import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { BreakGlassJobs } from '../../src/approvals/break-glass/break-glass.jobs.js';
import { BreakingGlass } from '../../src/approvals/break-glass/break-glass.service.js';
import type { Actor, Role } from '../../src/kernel/index.js';
import { SystemClock } from '../../src/platform/index.js';
import type { SignedIn } from '../harness/cast.js';
import { Muster } from '../harness/muster.js';
import { Client } from 'pg';

jest.setTimeout(120_000);

const HOUR = 3600;

class MovableClock extends SystemClock {
  offset = 0;
  override now(): Date {
    return new Date(Date.now() + this.offset * 1000);
  }
}

interface Glass {
  readonly id: string;
  readonly state: string;
  readonly endsAt: string;
  readonly code?: string;
}

const clock = new MovableClock();
let muster: Muster;
let ada: SignedIn;
let superuser: Client;

beforeAll(async () => {
  muster = await Muster.start({ clock });
  ada = await muster.signInAs();
  superuser = new Client({ connectionString: muster.database.superuserUrl });
  await superuser.connect();
});
afterAll(async () => {
  await superuser?.end();
  await muster?.stop();
});

const open = (by: SignedIn, roles: readonly Role[] = ['platform-engineer'], durationSeconds = HOUR) =>
  by.visitor.call<Glass>('POST', '/v1/break-glass', { reason: 'The registry is down.', roles, durationSeconds });
const end = (by: SignedIn, id: string) => by.visitor.call<Glass>('POST', `/v1/break-glass/${id}/end`);
const review = (by: SignedIn, id: string) =>
  by.visitor.call<Glass>('POST', `/v1/break-glass/${id}/review`, { findings: 'One team was made, rightly.' });
const newTeam = (by: SignedIn) =>
  by.visitor.call<{ code?: string }>('POST', '/v1/teams', { name: `team ${Math.random()}` });
const outcome = ({ status, body }: { status: number; body: Glass }) => [status, body?.code ?? body?.state];
const reasonsOf = async (requestId: string): Promise<unknown> => {
  const { rows } = await superuser.query<{ leaf: string }>(
    `SELECT leaf FROM audit.records WHERE leaf::jsonb ->> 'request' = $1`,
    [requestId],
  );
  return (JSON.parse(rows[0]!.leaf) as { decision: { reasons: string[] } }).decision.reasons;
};

describe('breaking the glass', () => {
  it('lends roles for a time; all that is done meanwhile names it', async () => {
    const boss = await muster.signInAs('administrator');
    const opened = await open(boss, ['analyst', 'custodian']);
    expect(outcome(opened)).toEqual([201, 'open']);
    const made = await newTeam(boss);
    expect(made.status).toBe(201);
    expect(await reasonsOf(made.headers['x-request-id'] as string)).toEqual([
      'role:administrator',
      `break-glass:${opened.body.id}`,
    ]);
    const ended = await end(boss, opened.body.id);
    expect(outcome(ended)).toEqual([200, 'review-due']);
    const after = await newTeam(boss);
    expect(await reasonsOf(after.headers['x-request-id'] as string)).toEqual(['role:administrator']);
    expect(outcome(await review(ada, opened.body.id))).toEqual([200, 'reviewed']);
  });

  it('is told to every administrator at once, until it was reviewed', async () => {
    const boss = await muster.signInAs('administrator');
    const bystander = await muster.signInAs('custodian');
    const { id } = (await open(boss)).body;
    const told = async (by: SignedIn) =>
      (await by.visitor.get<{ emergencies: { id: string; state: string }[] }>('/v1/me')).emergencies.filter(
        (one) => one.id === id,
      );
    expect(await told(ada)).toMatchObject([{ state: 'open', personId: boss.id }]);
    expect(await told(boss)).toMatchObject([{ state: 'open' }]);
    expect(await told(bystander)).toEqual([]);
    await end(boss, id);
    expect(await told(ada)).toMatchObject([{ state: 'review-due' }]);
    await review(ada, id);
    expect(await told(ada)).toEqual([]);
  });

  it('is not for whoever the policy does not name', async () => {
    expect((await open(await muster.signInAs('platform-engineer'), ['administrator'])).status).toBe(403);
  });

  it('is one at a time, and ends by whoever opened it or an administrator', async () => {
    const boss = await muster.signInAs('administrator');
    const { id } = (await open(boss)).body;
    expect(outcome(await open(boss))).toEqual([409, 'already_open']);
    expect(outcome(await end(await muster.signInAs('auditor'), id))).toEqual([403, 'not_yours']);
    expect(outcome(await end(ada, id))).toEqual([200, 'review-due']);
    expect(outcome(await end(boss, id))).toEqual([409, 'not_open']);
  });

  it('is reviewed by somebody else once it is over: no account of theirs, nobody who answers for them', async () => {
    const [boss, second, delegate, auditor] = [
      await muster.signInAs('administrator'),
      await muster.signInAs('auditor'),
      await muster.signInAs('auditor'),
      await muster.signInAs('auditor'),
    ];
    await ada.visitor.post(`/v1/people/${boss.id}/same-human`, { as: second.id, reason: 'Two badges.' });
    const until = new Date(clock.now().getTime() + HOUR * 1000).toISOString();
    await boss.visitor.post('/v1/delegations', { toId: delegate.id, until, reason: 'Away.' });
    const { id } = (await open(boss)).body;
    expect(outcome(await review(auditor, id))).toEqual([409, 'still_open']);
    await end(boss, id);
    for (const barred of [boss, second, delegate])
      expect(outcome(await review(barred, id))).toEqual([403, 'own_review']);
    for (const barred of [boss, second, delegate])
      await expect(
        superuser.query(
          `UPDATE muster.break_glass SET reviewed_at = now() + interval '1 day', reviewed_by = $2, findings = 'x' WHERE id = $1`,
          [id, barred.id],
        ),
      ).rejects.toMatchObject({ code: '23514' });
    expect(outcome(await review(auditor, id))).toEqual([200, 'reviewed']);
    expect(outcome(await review(auditor, id))).toEqual([409, 'reviewed_already']);
  });

  it('never lets anybody decide what they asked, or decide by a role that was lent', async () => {
    const boss = await muster.signInAs('administrator', 'platform-engineer');
    const [cora, carl] = [await muster.signInAs('custodian'), await muster.signInAs('custodian')];
    const { id: teamId } = await boss.visitor.post<{ id: string }>('/v1/teams', { name: `team ${Math.random()}` });
    const { id } = (await open(boss, ['administrator', 'custodian'])).body;
    const { approvalId } = await boss.visitor.post<{ approvalId: string }>('/v1/identities', {
      ...{ name: `bot-${Date.now()}`, kind: 'bot', environment: 'test', teamId, purpose: 'Orders.', privileged: true },
      ...{ primaryCustodianId: cora.id, backupCustodianId: carl.id },
    });
    const decided = await boss.visitor.call<Glass>('POST', `/v1/approvals/${approvalId}/decision`, {
      verdict: 'approve',
      reason: 'An emergency.',
    });
    expect(outcome(decided)).toEqual([403, 'own_request']);
    await end(boss, id);
  });

  it('ends by itself, which is noted; and while a review is overdue, the next one is refused', async () => {
    const boss = await muster.signInAs('administrator');
    const { id } = (await open(boss, ['analyst'], 60)).body;
    clock.offset += 61;
    expect(outcome(await boss.visitor.call<Glass>('GET', `/v1/break-glass/${id}`))).toEqual([200, 'review-due']);
    const itself: Actor = {
      principal: { kind: 'system', component: 'break-glass' },
      requestId: 'req_0192f0c1a2b37c4d8e5f60718293a4b5',
      decision: { effect: 'allow', reasons: ['system:break-glass'], policy: 'builtin@1' },
    };
    await Promise.all([muster.get(BreakingGlass).lapseDue(itself), muster.get(BreakingGlass).lapseDue(itself)]);
    const { rows } = await superuser.query(
      `SELECT FROM audit.records WHERE leaf::jsonb ->> 'type' = 'break-glass.ended' AND leaf::jsonb ->> 'subject' = $1`,
      [id],
    );
    expect(rows).toHaveLength(1);
    expect(muster.get(BreakGlassJobs)).toBeDefined();
    await superuser.query(`ALTER TABLE muster.break_glass DISABLE TRIGGER USER`);
    await superuser.query(
      `UPDATE muster.break_glass SET opened_at = opened_at - interval '25 hours', expires_at = expires_at - interval '25 hours',
         ended_at = ended_at - interval '25 hours' WHERE id = $1`,
      [id],
    );
    await superuser.query(`ALTER TABLE muster.break_glass ENABLE TRIGGER USER`);
    expect(outcome(await open(boss))).toEqual([403, 'review_overdue']);
    await review(ada, id);
    expect(outcome(await open(boss))).toEqual([201, 'open']);
  });

  it.each([
    ['an hour and a second', { durationSeconds: HOUR + 1 }],
    ['no role', { roles: [] }],
    ['no reason', { reason: '' }],
  ])('is refused with %s', async (_name, changed) => {
    const body = { reason: 'Why.', roles: ['analyst'], durationSeconds: 60, ...changed };
    expect((await ada.visitor.call('POST', '/v1/break-glass', body)).status).toBe(400);
  });
});

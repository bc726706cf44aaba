import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { Letters } from '../../src/approvals/index.js';
import { LettersJobs } from '../../src/approvals/letters/letters.jobs.js';
import { addSeconds, DAY_SECONDS, type Id } from '../../src/kernel/index.js';
import { SystemClock } from '../../src/platform/index.js';
import { Staging } from '../../src/reviews/campaigns/staging.service.js';
import { EffectsJobs } from '../../src/reviews/effects/effects.jobs.js';
import { ReviewRemindersJobs } from '../../src/reviews/reminders/reminders.jobs.js';
import { StartJobs } from '../../src/reviews/schedules/start.jobs.js';
import { everybodyIsPresent } from '../harness/always-present.js';
import type { SignedIn } from '../harness/cast.js';
import { MailServer } from '../harness/mail-server.js';
import { Muster } from '../harness/muster.js';

/** People learn by mail what of reviews waits for them: each occasion once, on however many replicas (REV-2). */

jest.setTimeout(300_000);

/** Put back for whoever asks over HTTP: sessions do not live as long as campaigns. */
class SettableClock extends SystemClock {
  ahead = 0;
  override now(): Date {
    return new Date(Date.now() + this.ahead * 1000);
  }
}

type Name = 'ada' | 'alan' | 'anna' | 'cora' | 'carl' | 'dora' | 'boss';

const clock = new SettableClock();
let server: MailServer;
let muster: Muster;
let people: Record<Name, SignedIn>;
let addresses: Map<string, string>;
let teamId: string;
let made = 0;

beforeAll(async () => {
  server = await MailServer.start();
  // Without a worker: what it does at its own times is done here, at the times that are meant.
  muster = await Muster.start({ clock, environment: { ...server.environment, MUSTER_ROLES: 'api,migrate' } });
  everybodyIsPresent(muster);
  people = {
    ada: await muster.signInAs(),
    alan: await muster.signInAs('analyst'),
    anna: await muster.signInAs('analyst'),
    cora: await muster.signInAs('custodian'),
    carl: await muster.signInAs('custodian'),
    dora: await muster.signInAs('custodian'),
    boss: await muster.signInAs('auditor'),
  };
  addresses = new Map();
  for (const [name, { id }] of Object.entries(people))
    addresses.set(name, (await people.ada.visitor.get<{ email: string }>(`/v1/people/${id}`)).email);
  ({ id: teamId } = await people.ada.visitor.post<{ id: string }>('/v1/teams', { name: 'payments' }));
});
afterAll(async () => {
  await muster?.stop();
  await server?.stop();
});

const inDays = (days: number) => addSeconds(new Date(), days * DAY_SECONDS).toISOString();

/** What somebody was sent of a kind, the first first. */
const sent = (name: Name, subject: RegExp) =>
  server
    .to(addresses.get(name)!)
    .map(({ email }) => email)
    .filter((email) => subject.test(email.subject ?? ''));

/** So many days from now several replicas remind at once, one of them restarts, and what waits leaves. */
async function at<Result>(days: number, work: () => Promise<Result>): Promise<Result> {
  clock.ahead = days * DAY_SECONDS;
  try {
    return await work();
  } finally {
    clock.ahead = 0;
  }
}
const remindAt = (days: number) =>
  at(days, async () => {
    const jobs = muster.get(ReviewRemindersJobs);
    await Promise.all([jobs.remind(), jobs.remind(), jobs.remind()]);
    await jobs.remind();
    await muster.get(LettersJobs).turn();
  });

async function identity(environment: string, primary: Name, backup: Name): Promise<Id<'identity'>> {
  const { id } = await people.ada.visitor.post<{ id: Id<'identity'> }>('/v1/identities', {
    ...{ name: `letters-bot-${++made}`, kind: 'bot', environment, teamId, purpose: 'A secret plan.' },
    ...{ primaryCustodianId: people[primary].id, backupCustodianId: people[backup].id },
  });
  return id;
}

async function campaign(environment: string, days: number): Promise<Id<'campaign'>> {
  const { id } = await people.alan.visitor.post<{ id: Id<'campaign'> }>('/v1/review-campaigns', {
    ...{ name: 'A secret campaign', scope: { environment }, dueAt: inDays(days), managementId: people.ada.id },
  });
  await muster.get(Staging).freeze(id);
  return id;
}

async function decide(name: Name, campaignId: string, decision: Readonly<Record<string, unknown>>): Promise<void> {
  const { visitor } = people[name];
  const mine = `/v1/review-items?campaignId=${campaignId}&reviewer=me`;
  const { items } = await visitor.get<{ items: { id: string }[] }>(mine);
  for (const { id } of items) {
    await visitor.get(`/v1/review-items/${id}`);
    const { status, bytes } = await visitor.call('PUT', `/v1/review-items/${id}/decision`, decision);
    expect([status, bytes.toString()]).toEqual([200, bytes.toString()]);
  }
  const shown = await visitor.get<{ digest: string; count: number }>(`/v1/review-campaigns/${campaignId}/submission`);
  const { digest, count } = shown;
  await visitor.post(`/v1/review-campaigns/${campaignId}/submissions`, { digest, count });
}

describe('reminders', () => {
  it('say how many wait: weekly, before, when due and daily; then to the backup custodian and the manager', async () => {
    const person = await people.ada.visitor.get<{ version: number }>(`/v1/people/${people.cora.id}`);
    const { status } = await people.ada.visitor.call(
      'PATCH',
      `/v1/people/${people.cora.id}`,
      { managerId: people.boss.id },
      { 'if-match': `"v${person.version}"` },
    );
    expect(status).toBe(200);
    await identity('reminded', 'cora', 'carl');
    await identity('reminded', 'cora', 'carl');
    const id = await campaign('reminded', 20);
    const subject = /A review (waits|is)/;
    const told: Record<number, [number, number, number]> = {};
    for (const day of [0, 1, 7, 14, 17.5, 19.5, 20.5, 21.5, 22.5, 23.5, 24.5]) {
      await remindAt(day);
      told[day] = [sent('cora', subject).length, sent('carl', subject).length, sent('boss', subject).length];
    }
    expect(told).toEqual({
      ...{ 0: [1, 0, 0], 1: [1, 0, 0], 7: [2, 0, 0], 14: [3, 0, 0], 17.5: [4, 0, 0], 19.5: [5, 0, 0] },
      ...{ 20.5: [6, 0, 0], 21.5: [7, 0, 0], 22.5: [8, 1, 0], 23.5: [9, 2, 0], 24.5: [10, 3, 1] },
    });
    expect(sent('cora', subject).map((email) => email.subject?.replace('Muster: ', ''))).toEqual([
      ...Array<string>(3).fill('A review waits for you'),
      ...['A review is due in 3 days', 'A review is due tomorrow', 'A review is due today'],
      ...Array<string>(4).fill('A review is overdue'),
    ]);
    const [first] = sent('cora', subject);
    expect(first!.text).toContain('2 identities wait for your decision.');
    expect(first!.text).toContain(`${muster.config.publicUrl}/reviews`);
    expect(first!.text).not.toMatch(/secret|letters-bot/);
    expect(sent('carl', subject)[0]!.text).toContain('2 identities that you are backup custodian of');
    expect(sent('boss', subject)[0]!.text).toContain('2 identities that people whom you manage');

    await decide('cora', id, { decision: 'keep', reason: 'It works.' });
    await remindAt(25.5);
    expect(sent('cora', subject)).toHaveLength(10);
  });

  it('say nothing where nothing is left when they leave', async () => {
    await identity('decided', 'cora', 'carl');
    const id = await campaign('decided', 20);
    const letter = { kind: 'review-reminder', about: id, occasion: 'week 0', personId: people.cora.id };
    expect(await muster.get(Letters).wordsOf(letter)).toMatchObject({ subject: 'A review waits for you' });
    await decide('cora', id, { decision: 'keep', reason: 'It works.' });
    expect(await muster.get(Letters).wordsOf(letter)).toBeUndefined();
  });

  it('go to whoever runs the review about what nobody may decide', async () => {
    const id = await identity('orphaned', 'cora', 'carl');
    await identity('orphaned', 'cora', 'carl');
    const campaignId = await campaign('orphaned', 20);
    const superuser = new Client({ connectionString: muster.database.superuserUrl });
    await superuser.connect();
    await superuser.query(
      'UPDATE muster.review_items SET reviewer_id = NULL WHERE campaign_id = $1 AND identity_id = $2',
      [campaignId, id],
    );
    await superuser.end();
    await remindAt(0);
    const [email] = sent('alan', /A review waits/);
    expect(email!.text).toContain('One identity in a review that you run, which nobody may decide about');
  });
});

describe('a letter', () => {
  it('comes to whom items are handed, one for all of them', async () => {
    await identity('handed', 'cora', 'carl');
    await identity('handed', 'cora', 'carl');
    const id = await campaign('handed', 20);
    await decide('cora', id, { decision: 'delegate', to: people.dora.id, reason: 'She knows them.' });
    await muster.get(LettersJobs).turn();
    const [email, ...more] = sent('dora', /handed you/);
    expect(more).toEqual([]);
    expect(email!.text).toContain('2 identities wait for your decision now.');
  });

  it('asks for somebody’s word where Muster cannot look, and then management to acknowledge', async () => {
    const id = await identity('attested', 'cora', 'carl');
    const grants = [];
    for (const scope of ['read', 'write']) {
      const grant = { target: 'mainframe', scope, purpose: 'A secret purpose.' };
      const { id: grantId } = await people.ada.visitor.post<{ id: string }>(`/v1/identities/${id}/grants`, grant);
      await people.carl.visitor.post(`/v1/grants/${grantId}/verification`);
      grants.push(grantId);
    }
    const campaignId = await campaign('attested', 20);
    await decide('cora', campaignId, { decision: 'reduce', grants, reason: 'Unused.' });
    await muster.get(EffectsJobs).carryOut();
    await remindAt(0);
    const asked = sent('carl', /Your word is asked/);
    expect(asked.map(({ text }) => text)).toEqual([expect.stringContaining('2 things wait for you')]);
    expect(sent('ada', /acknowledgement/)).toEqual([]);
    const { items } = await people.carl.visitor.get<{ items: { id: string }[] }>('/v1/review-effects?ownerId=me');
    for (const effect of items)
      await people.carl.visitor.post(`/v1/review-effects/${effect.id}/attestation`, {
        ...{ statement: 'Taken away by hand.', reference: 'CHG-1' },
      });
    await remindAt(0);
    await remindAt(1);
    const due = sent('ada', /acknowledgement/);
    expect(due.map(({ text }) => text)).toEqual([expect.stringContaining(`/campaigns/${campaignId}`)]);
  });

  it('tells author, approver and whoever runs its schedules that an analysis lapses: 30, 7 and 1 days before, and then', async () => {
    const { id } = await people.alan.visitor.post<{ id: string }>('/v1/risk-analyses', {
      ...{ title: 'A secret title', assets: 'Ledgers.', threats: 'Leavers.', factors: 'Many.', justification: 'Why.' },
      ...{ everyDays: 90, expiresAt: inDays(40) },
    });
    await people.anna.visitor.post(`/v1/risk-analyses/${id}/approval`);
    await people.alan.visitor.post('/v1/review-schedules', {
      ...{ name: 'Quarterly', scope: { environment: 'nowhere' }, everyDays: 90, dueAfterDays: 14, nextAt: inDays(41) },
      ...{ riskAnalysisId: id, managementId: people.ada.id, ownerId: people.dora.id },
    });
    for (const day of [9, 10.5, 20, 33.5, 39.5, 40.5, 42, 48]) await remindAt(day);
    for (const name of ['alan', 'anna', 'dora'] as const)
      expect([name, ...sent(name, /risk analysis/).map((email) => email.subject)]).toEqual([
        name,
        'Muster: A risk analysis expires in 30 days',
        'Muster: A risk analysis expires in 7 days',
        'Muster: A risk analysis expires tomorrow',
        'Muster: A risk analysis has expired',
      ]);
    expect(sent('ada', /risk analysis/)).toEqual([]);
    expect(sent('dora', /risk analysis/)[0]!.text).not.toContain('secret');

    await at(43, async () => {
      await muster.get(StartJobs).start();
      await muster.get(StartJobs).start();
      await muster.get(LettersJobs).turn();
    });
    for (const name of ['dora', 'ada'] as const)
      expect([name, sent(name, /could not start/).length]).toEqual([name, 1]);
  });
});

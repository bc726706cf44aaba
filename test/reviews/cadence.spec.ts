import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { addSeconds, DAY_SECONDS, type Id } from '../../src/kernel/index.js';
import { GRACE_SECONDS } from '../../src/inventory/domain/standing.js';
import { Staging } from '../../src/reviews/campaigns/staging.service.js';
import { StartJobs } from '../../src/reviews/schedules/start.jobs.js';
import { ReviewRoom } from './room.js';

/** How often reviews happen, why that is often enough, and that they start by themselves (REV-1, REV-6). */

interface Analysis {
  readonly id: Id<'riskAnalysis'>;
  readonly status: string;
  readonly version: number;
  readonly approverId: string | null;
}
interface Schedule {
  readonly id: Id<'reviewSchedule'>;
  readonly everyDays: number;
  readonly riskAnalysisId: string;
  readonly riskAnalysisStatus: string;
  readonly status: string;
  readonly nextAt: string;
  readonly version: number;
}
interface Campaign {
  readonly id: Id<'campaign'>;
  readonly name: string;
  readonly scheduleId: string | null;
  readonly riskAnalysisId: string | null;
  readonly createdBy: string;
  readonly dueAt: string;
  readonly createdAt: string;
}
interface Refusal {
  readonly code: string;
}

let room: ReviewRoom;
let people: Record<'ada' | 'alan' | 'anna' | 'maria' | 'cora' | 'carl', Id<'person'>>;
let made = 0;

beforeAll(async () => {
  room = await ReviewRoom.open();
  people = {
    ada: await room.person('ada', 'administrator'),
    alan: await room.person('alan', 'analyst'),
    anna: await room.person('anna', 'analyst'),
    maria: await room.person('maria', 'administrator'),
    cora: await room.person('cora', 'custodian'),
    carl: await room.person('carl', 'custodian'),
  };
});
afterAll(() => room?.close());
afterEach(() => expect(room.failures.splice(0)).toEqual([]));

const inDays = (days: number) => addSeconds(room.clock.now(), days * DAY_SECONDS).toISOString();
const says = (changed: Readonly<Record<string, unknown>> = {}) => ({
  ...{ title: 'Machine access', assets: 'Ledgers.', threats: 'Forgotten access.', factors: 'Many hands.\nMuch money.' },
  ...{
    justification: 'A quarter is what a leaver can do no harm in.',
    everyDays: 90,
    expiresAt: inDays(300),
    ...changed,
  },
});

async function ask<Body>(as: string, method: string, url: string, body?: unknown, version?: number) {
  return room.ask<Body & Refusal>(method, url, {
    as,
    ...(body !== undefined && { body }),
    ...(version && { version }),
  });
}

async function drafted(changed: Readonly<Record<string, unknown>> = {}, as = 'alan'): Promise<Analysis> {
  const { status, body, text } = await ask<Analysis>(as, 'POST', '/v1/risk-analyses', says(changed));
  expect([status, text]).toEqual([201, text]);
  return body;
}

async function approved(changed: Readonly<Record<string, unknown>> = {}): Promise<Analysis> {
  const { id } = await drafted(changed);
  const { status, body, text } = await ask<Analysis>('anna', 'POST', `/v1/risk-analyses/${id}/approval`);
  expect([status, text]).toEqual([200, text]);
  return body;
}

const wanted = (changed: Readonly<Record<string, unknown>> = {}) => ({
  ...{ name: `Quarterly ${++made}`, scope: { environment: 'nowhere' }, everyDays: 90, dueAfterDays: 14 },
  ...{ managementId: people.maria, nextAt: inDays(30), ...changed },
});

async function scheduled(changed: Readonly<Record<string, unknown>>): Promise<Schedule> {
  const { status, body, text } = await ask<Schedule>('alan', 'POST', '/v1/review-schedules', wanted(changed));
  expect([status, text]).toEqual([201, text]);
  return body;
}

const showSchedule = async (id: string) => (await ask<Schedule>('cora', 'GET', `/v1/review-schedules/${id}`)).body;

async function campaignsOf(scheduleId: string): Promise<Campaign[]> {
  const { body } = await ask<{ items: Campaign[] }>('cora', 'GET', '/v1/review-campaigns?limit=200');
  return body.items.filter((campaign) => campaign.scheduleId === scheduleId);
}

const start = () => room.get(StartJobs).start();

describe('a risk analysis (PCI DSS 12.3.1)', () => {
  it('is a draft until somebody else approves it, counts then, and comes to an end', async () => {
    const { id, status, version } = await drafted();
    expect([status, version]).toEqual(['draft', 1]);
    const { body } = await ask<Analysis>('anna', 'POST', `/v1/risk-analyses/${id}/approval`);
    expect(body).toMatchObject({ status: 'approved', approverId: people.anna, version: 2 });
    room.clock.advance(300 * DAY_SECONDS);
    const listed = await ask<{ items: Analysis[] }>('cora', 'GET', '/v1/risk-analyses?status=expired');
    expect(listed.body.items.map((analysis) => analysis.id)).toContain(id);
    expect((await ask<Analysis>('cora', 'GET', `/v1/risk-analyses/${id}`)).body.status).toBe('expired');
  });

  it('is approved by no account of its author', async () => {
    const { id } = await drafted();
    expect((await ask('alan', 'POST', `/v1/risk-analyses/${id}/approval`)).body.code).toBe('own_analysis');
    const alias = await room.person('alias', 'analyst');
    const link = await ask('ada', 'POST', `/v1/people/${people.alan}/same-human`, { as: alias, reason: 'One man.' });
    expect([link.status, link.text]).toEqual([200, link.text]);
    expect((await ask('alias', 'POST', `/v1/risk-analyses/${id}/approval`)).body.code).toBe('own_analysis');
    await expect(
      room.superuser.query(
        `UPDATE muster.risk_analyses SET status = 'approved', approver_id = $2, approved_at = now() WHERE id = $1`,
        [id, alias],
      ),
    ).rejects.toMatchObject({ constraint: 'risk_analyses_apart' });
  });

  it('is changed by its author alone, while it is a draft', async () => {
    const { id } = await drafted();
    const change = (as: string, version: number) =>
      ask<Analysis>(as, 'PATCH', `/v1/risk-analyses/${id}`, { everyDays: 30 }, version);
    expect((await change('anna', 1)).body.code).toBe('not_the_author');
    expect((await change('alan', 9)).body.code).toBe('version_conflict');
    expect((await change('alan', 1)).body).toMatchObject({ everyDays: 30, version: 2 });
    expect((await change('alan', 2)).body.version).toBe(2);
    await ask('anna', 'POST', `/v1/risk-analyses/${id}/approval`);
    expect((await change('alan', 3)).body.code).toBe('analysis_approved');
    expect((await ask('anna', 'POST', `/v1/risk-analyses/${id}/approval`)).body.code).toBe('analysis_approved');
  });

  it.each([
    ['expiry in the past', () => ({ expiresAt: inDays(-1) }), 400, 'expiry_invalid'],
    ['expiry beyond twelve months', () => ({ expiresAt: inDays(367) }), 400, 'expiry_invalid'],
    ['more than a year between reviews', () => ({ everyDays: 367 }), 400, 'request_invalid'],
    ['no words', () => ({ justification: ' ' }), 400, 'request_invalid'],
    ['words that hide', () => ({ threats: 'a‮b' }), 400, 'request_invalid'],
    ['nothing to replace', () => ({ replacesId: `ran_${'0'.repeat(32)}` }), 404, 'analysis_not_found'],
  ])('refuses %s', async (_what, changed, status, code) => {
    const answer = await ask('alan', 'POST', '/v1/risk-analyses', says(changed()));
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('is withdrawn as long as nothing rests on it', async () => {
    const { id } = await approved();
    const schedule = await scheduled({ riskAnalysisId: id });
    expect((await ask('anna', 'POST', `/v1/risk-analyses/${id}/withdrawal`)).body.code).toBe('analysis_in_use');
    await ask('alan', 'DELETE', `/v1/review-schedules/${schedule.id}`);
    expect((await ask<Analysis>('anna', 'POST', `/v1/risk-analyses/${id}/withdrawal`)).body.status).toBe('withdrawn');
    expect((await ask('anna', 'POST', `/v1/risk-analyses/${id}/withdrawal`)).body.code).toBe('analysis_withdrawn');
    const other = await drafted();
    expect((await ask('anna', 'POST', `/v1/risk-analyses/${other.id}/withdrawal`)).body.code).toBe('not_the_author');
  });

  it('takes the place of another when it is approved: schedules rest on it, and happen as often as it says', async () => {
    const old = await approved();
    const schedule = await scheduled({ riskAnalysisId: old.id });
    const [one, two] = [await drafted({ replacesId: old.id, everyDays: 30 }), await drafted({ replacesId: old.id })];
    expect((await showSchedule(schedule.id)).riskAnalysisId).toBe(old.id);
    await ask('anna', 'POST', `/v1/risk-analyses/${one.id}/approval`);
    expect(await showSchedule(schedule.id)).toMatchObject({ riskAnalysisId: one.id, everyDays: 30, version: 2 });
    expect((await ask<Analysis>('cora', 'GET', `/v1/risk-analyses/${old.id}`)).body.status).toBe('withdrawn');
    expect((await ask('anna', 'POST', `/v1/risk-analyses/${two.id}/approval`)).body.code).toBe('analysis_replaced');
    const late = await ask('alan', 'POST', '/v1/risk-analyses', says({ replacesId: old.id }));
    expect(late.body.code).toBe('analysis_replaced');
  });
});

describe('a schedule', () => {
  it('has its owner, its scope and a risk analysis that supports it', async () => {
    const { id } = await approved();
    const schedule = await scheduled({ riskAnalysisId: id, everyDays: 30 });
    expect(schedule).toMatchObject({
      ...{ everyDays: 30, riskAnalysisId: id, riskAnalysisStatus: 'approved', status: 'active', version: 1 },
      ...{ ownerId: people.alan, managementId: people.maria, samplePercent: 5, scope: { environment: 'nowhere' } },
    });
    const { body } = await ask<{ items: Schedule[] }>('cora', 'GET', '/v1/review-schedules?limit=200');
    expect(body.items.map((one) => one.id)).toContain(schedule.id);
  });

  it.each([
    ['without a risk analysis', async () => ({}), 409, 'risk_analysis_needed'],
    [
      'with one that nobody knows',
      async () => ({ riskAnalysisId: `ran_${'0'.repeat(32)}` }),
      409,
      'risk_analysis_needed',
    ],
    ['with a draft', async () => ({ riskAnalysisId: (await drafted()).id }), 409, 'risk_analysis_needed'],
    ['less often than its analysis supports', async () => ({ everyDays: 91 }), 400, 'too_seldom'],
    ['due after the next one starts', async () => ({ everyDays: 10, dueAfterDays: 11 }), 400, 'due_after_next'],
    ['acknowledged by who runs it', async () => ({ managementId: people.alan }), 400, 'management_is_owner'],
    [
      'over a condition that says nothing',
      async () => ({ scope: { condition: 'identity.age' } }),
      400,
      'condition_invalid',
    ],
    ['run by nobody', async () => ({ ownerId: `per_${'0'.repeat(32)}` }), 409, 'person_not_live'],
  ])('is refused %s', async (_what, changed, status, code) => {
    const { id } = await approved();
    const more = await changed();
    const body = wanted(code === 'risk_analysis_needed' ? more : { riskAnalysisId: id, ...more });
    const answer = await ask('alan', 'POST', '/v1/review-schedules', body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('is neither made nor changed by an analysis that has expired, but may be paused and removed', async () => {
    const { id } = await approved({ expiresAt: inDays(5) });
    const schedule = await scheduled({ riskAnalysisId: id });
    room.clock.advance(5 * DAY_SECONDS);
    const again = await ask('alan', 'POST', '/v1/review-schedules', wanted({ riskAnalysisId: id }));
    expect([again.status, again.body.code]).toEqual([409, 'risk_analysis_expired']);
    const change = (body: unknown, version: number) =>
      ask<Schedule>('alan', 'PATCH', `/v1/review-schedules/${schedule.id}`, body, version);
    expect((await change({ everyDays: 30 }, 1)).body.code).toBe('risk_analysis_expired');
    expect((await change({ status: 'paused', everyDays: 30 }, 1)).body.code).toBe('risk_analysis_expired');
    expect((await change({ status: 'paused' }, 1)).body).toMatchObject({
      status: 'paused',
      riskAnalysisStatus: 'expired',
    });
    expect((await change({ status: 'active' }, 2)).body.code).toBe('risk_analysis_expired');
    const { id: other } = await approved();
    expect((await change({ status: 'active', riskAnalysisId: other }, 2)).body).toMatchObject({ status: 'active' });
    expect((await ask('alan', 'DELETE', `/v1/review-schedules/${schedule.id}`)).status).toBe(204);
    expect((await ask('alan', 'GET', `/v1/review-schedules/${schedule.id}`)).body.code).toBe('schedule_not_found');
  });

  it('has a name of its own, and is changed by who saw it as it is', async () => {
    const { id } = await approved();
    const one = await scheduled({ riskAnalysisId: id, name: 'The one' });
    const twin = await ask('alan', 'POST', '/v1/review-schedules', wanted({ riskAnalysisId: id, name: 'THE ONE' }));
    expect([twin.status, twin.body.code]).toEqual([409, 'schedule_name_taken']);
    const url = `/v1/review-schedules/${one.id}`;
    expect((await ask('alan', 'PATCH', url, { dueAfterDays: 7 }, 7)).body.code).toBe('version_conflict');
    await ask('alan', 'DELETE', url);
    await scheduled({ riskAnalysisId: id, name: 'the one' });
  });
});

describe('what is due starts by itself', () => {
  it('once, on however many replicas, with the analysis that it rests on', async () => {
    const { id } = await approved();
    const schedule = await scheduled({ riskAnalysisId: id, nextAt: inDays(1) });
    await start();
    expect(await campaignsOf(schedule.id)).toEqual([]);
    room.clock.advance(DAY_SECONDS);
    await Promise.all([start(), start(), start()]);
    await start();
    const [campaign, ...more] = await campaignsOf(schedule.id);
    expect(more).toEqual([]);
    expect(campaign).toMatchObject({ riskAnalysisId: id, createdBy: 'system:reviews', dueAt: inDays(14) });
    expect((await showSchedule(schedule.id)).nextAt).toBe(inDays(90));
  });

  it('once for all that was due while nothing ran, and then again in its own time', async () => {
    const { id } = await approved({ everyDays: 7 });
    const schedule = await scheduled({ riskAnalysisId: id, everyDays: 7, dueAfterDays: 7, nextAt: inDays(1) });
    const first = room.clock.now();
    room.clock.advance(25 * DAY_SECONDS);
    await start();
    await start();
    expect(await campaignsOf(schedule.id)).toHaveLength(1);
    expect((await showSchedule(schedule.id)).nextAt).toBe(addSeconds(first, 29 * DAY_SECONDS).toISOString());
    room.clock.advance(4 * DAY_SECONDS);
    await start();
    expect(await campaignsOf(schedule.id)).toHaveLength(2);
  });

  it('whole or not at all: where its record cannot be written, it has not moved on either', async () => {
    const { id } = await approved();
    const schedule = await scheduled({ riskAnalysisId: id, nextAt: inDays(0) });
    await room.superuser.query(`CREATE FUNCTION pg_temp_refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '53100'; END $$`);
    await room.superuser.query(
      'CREATE TRIGGER refuse BEFORE INSERT ON audit.records FOR EACH ROW EXECUTE FUNCTION pg_temp_refuse()',
    );
    await expect(start()).rejects.toThrow();
    await room.superuser.query('DROP TRIGGER refuse ON audit.records');
    expect(await campaignsOf(schedule.id)).toEqual([]);
    expect((await showSchedule(schedule.id)).nextAt).toBe(schedule.nextAt);
    await start();
    expect(await campaignsOf(schedule.id)).toHaveLength(1);
  });

  it('not while it is paused, and not once it is removed', async () => {
    const { id } = await approved();
    const [paused, removed] = [await scheduled({ riskAnalysisId: id }), await scheduled({ riskAnalysisId: id })];
    await ask('alan', 'PATCH', `/v1/review-schedules/${paused.id}`, { status: 'paused' }, 1);
    await ask('alan', 'DELETE', `/v1/review-schedules/${removed.id}`);
    room.clock.advance(31 * DAY_SECONDS);
    await start();
    expect([...(await campaignsOf(paused.id)), ...(await campaignsOf(removed.id))]).toEqual([]);
    await ask('alan', 'PATCH', `/v1/review-schedules/${paused.id}`, { status: 'active' }, 2);
    await start();
    expect(await campaignsOf(paused.id)).toHaveLength(1);
  });

  it('not by an analysis that has lapsed, and at once when another takes its place; others start meanwhile', async () => {
    const { id } = await approved({ expiresAt: inDays(5) });
    const { id: other } = await approved();
    const schedule = await scheduled({ riskAnalysisId: id, nextAt: inDays(6) });
    const leaver = await room.person(`leaver-${++made}`, 'custodian');
    const left = await scheduled({ riskAnalysisId: other, nextAt: inDays(6), ownerId: leaver });
    await room.superuser.query(
      `UPDATE muster.people SET status = 'departed', departed_at = now(), roles = '{}' WHERE id = $1`,
      [leaver],
    );
    const well = await scheduled({ riskAnalysisId: other, nextAt: inDays(7) });
    room.clock.advance(7 * DAY_SECONDS);
    await start();
    expect(await campaignsOf(schedule.id)).toEqual([]);
    expect(await campaignsOf(left.id)).toEqual([]);
    expect(await campaignsOf(well.id)).toHaveLength(1);
    expect(await showSchedule(schedule.id)).toMatchObject({ riskAnalysisStatus: 'expired', nextAt: inDays(-1) });
    const renewed = await drafted({ replacesId: id });
    await ask('anna', 'POST', `/v1/risk-analyses/${renewed.id}/approval`);
    await ask('alan', 'PATCH', `/v1/review-schedules/${left.id}`, { ownerId: people.alan }, 1);
    await start();
    expect(await campaignsOf(schedule.id)).toMatchObject([{ riskAnalysisId: renewed.id }]);
    expect(await campaignsOf(left.id)).toHaveLength(1);
  });
});

describe('the lapse of a risk analysis', () => {
  it('shows in the standing of what is under its schedules, until another takes its place', async () => {
    const environment = room.newEnvironment();
    const custody = { primary_custodian_id: people.cora, backup_custodian_id: people.carl };
    const under = await room.identity({ environment, ...custody });
    const { id } = await approved({ expiresAt: inDays(20) });
    const schedule = await scheduled({ riskAnalysisId: id, scope: { environment }, nextAt: inDays(0) });
    await start();
    const [campaign] = await campaignsOf(schedule.id);
    await room.get(Staging).freeze(campaign!.id);
    const after = await room.identity({ environment, ...custody });
    interface Identity {
      readonly reviewId: string | null;
      readonly riskAnalysisId: string | null;
      readonly standing: {
        readonly issues: boolean;
        readonly reasons: readonly string[];
        readonly reason: string | null;
      };
    }
    const show = async (one: string) => (await ask<Identity>('cora', 'GET', `/v1/identities/${one}`)).body;
    expect(await show(under)).toMatchObject({
      riskAnalysisId: id,
      riskAnalysisExpiresAt: inDays(20),
      reviewDueAt: inDays(14),
    });
    expect(await show(after)).toMatchObject({ riskAnalysisId: null, reviewId: null });
    const { reviewId } = await show(under);
    await ask('cora', 'GET', `/v1/review-items/${reviewId}`);
    await ask('cora', 'PUT', `/v1/review-items/${reviewId}/decision`, { decision: 'keep', reason: 'It works.' });
    expect((await room.submit('cora', campaign!.id)).status).toBe(201);
    expect(await show(under)).toMatchObject({ reviewId: null, standing: { issues: true } });
    room.clock.advance(20 * DAY_SECONDS);
    expect((await show(under)).standing).toMatchObject({ issues: true, reasons: ['risk_analysis_expired'] });
    room.clock.advance(GRACE_SECONDS);
    expect((await show(under)).standing).toMatchObject({
      ...{ issues: false, code: 'risk_analysis_expired' },
      reason: expect.stringContaining(`renew the risk analysis ${id}`),
    });
    const renewed = await drafted({ replacesId: id });
    await ask('anna', 'POST', `/v1/risk-analyses/${renewed.id}/approval`);
    expect(await show(under)).toMatchObject({ riskAnalysisId: renewed.id, standing: { issues: true, reasons: [] } });
  });
});

describe('the calendar', () => {
  it('shows what is due, starts and runs out within a time, the first first', async () => {
    const from = inDays(1000);
    room.clock.advance(1000 * DAY_SECONDS);
    const { id } = await approved({ title: 'Why', expiresAt: inDays(60) });
    const environment = room.newEnvironment();
    await room.identity({ environment, primary_custodian_id: people.cora, backup_custodian_id: people.carl });
    const campaignId = await room.campaign('alan', environment, { managementId: people.maria });
    const schedule = await scheduled({ riskAnalysisId: id, name: 'Then', nextAt: inDays(30) });
    const dates = async (query: string) =>
      (
        await ask<{ items: { at: string; kind: string; id: string; name: string }[] }>(
          'cora',
          'GET',
          `/v1/review-calendar${query}`,
        )
      ).body.items;
    expect((await dates(`?from=${from}`)).filter(({ at }) => at >= from)).toEqual([
      { at: inDays(14), kind: 'campaign-due', id: campaignId, name: `Review of ${environment}` },
      { at: inDays(30), kind: 'schedule-next', id: schedule.id, name: 'Then' },
      { at: inDays(60), kind: 'risk-analysis-expires', id, name: 'Why' },
    ]);
    expect(await dates(`?from=${inDays(30)}&to=${inDays(31)}`)).toMatchObject([{ kind: 'schedule-next' }]);
    expect((await ask('cora', 'GET', `/v1/review-calendar?from=${from}&to=${from}`)).status).toBe(400);
    expect((await ask('cora', 'GET', `/v1/review-calendar?from=${from}&to=${inDays(401)}`)).status).toBe(400);
  });
});

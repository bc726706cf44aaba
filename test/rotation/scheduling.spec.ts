import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Id } from '../../src/kernel/index.js';
import { Jobs } from '../../src/platform/index.js';
import { BeginJobs } from '../../src/rotation/schedules/begin.jobs.js';
import { RotationRoom, type RunBody } from './room.js';

/** What is due begins by itself, once, and not while a calendar or its pair keeps it. */

interface RotationBody {
  readonly id: Id<'rotation'>;
  readonly code: string;
  readonly nextDueAt: string | null;
  readonly version: number;
}

const ALWAYS = {
  kind: 'trading-days',
  content: 'zone: UTC\nfreezes: [{ from: 2020-01-01, to: 2100-01-01 }]',
};
const EVERY_MINUTE = {
  ...{ cron: '* * * * *', zone: 'America/New_York', windowMinutes: 5, jitterMinutes: 0, maximumAgeDays: null },
};

let room: RotationRoom;
let owner: Id<'person'>;
let backup: Id<'person'>;
let targetId: Id<'target'>;
let named = 0;

beforeAll(async () => {
  room = await RotationRoom.open();
  owner = await room.person('boss', 'administrator');
  await room.person('engineer', 'platform-engineer');
  backup = await room.person('other', 'administrator');
  targetId = await room.target('boss', owner);
  // No worker runs here: what is begun is asked for by the tests alone.
  room.get(Jobs).enqueue = () => Promise.resolve();
});
afterAll(() => room?.close());
afterEach(() => expect(room.failures.splice(0)).toEqual([]));

async function wanted(changed: Readonly<Record<string, unknown>> = {}) {
  const identityId = await room.identity({ primary_custodian_id: owner, backup_custodian_id: backup });
  const accounts = await room.server.pair();
  for (const account of accounts)
    await room.expected(201, 'POST', `/v1/targets/${targetId}/accounts`, { as: 'boss', body: { identityId, account } });
  return { name: `due ${++named}`, identityId, targetId, accounts, observeSeconds: 60, ...changed };
}

async function rotation(changed: Readonly<Record<string, unknown>> = {}): Promise<RotationBody> {
  const body = await wanted({ schedule: EVERY_MINUTE, ...changed });
  return room.expected<RotationBody>(201, 'POST', '/v1/rotations', { as: 'engineer', body });
}

async function calendar(source: unknown): Promise<{ readonly id: Id<'calendar'>; readonly version: number }> {
  const body = { name: `calendar ${++named}`, source };
  return room.expected(201, 'POST', '/v1/calendars', { as: 'boss', body });
}

/** Set up an hour ago, and due since a minute. */
async function nowDue(...ids: readonly Id<'rotation'>[]): Promise<void> {
  await room.superuser.query(
    `UPDATE muster.rotations SET created_at = created_at - interval '1 hour', next_due_at = now() - interval '1 minute'
     WHERE id = ANY ($1)`,
    [ids],
  );
}

async function stateOf(id: Id<'rotation'>): Promise<{ next_due_at: Date | null; owed_since: Date | null }> {
  const { rows } = await room.superuser.query('SELECT next_due_at, owed_since FROM muster.rotations WHERE id = $1', [
    id,
  ]);
  return rows[0] as { next_due_at: Date | null; owed_since: Date | null };
}

async function runsOf(id: Id<'rotation'>): Promise<{ id: Id<'rotationRun'>; cause: string }[]> {
  const { rows } = await room.superuser.query('SELECT id, cause FROM muster.rotation_runs WHERE rotation_id = $1', [
    id,
  ]);
  return rows as { id: Id<'rotationRun'>; cause: string }[];
}

async function recordsOf(id: Id<'rotation'>, type: string): Promise<number> {
  const { rows } = await room.superuser.query<{ count: string }>(
    `SELECT count(*) FROM audit.records WHERE leaf::jsonb ->> 'subject' = $1 AND leaf::jsonb ->> 'type' = $2`,
    [id, type],
  );
  return Number(rows[0]!.count);
}

describe('what has a schedule', () => {
  it('is due from when it is set up', async () => {
    const { nextDueAt } = await rotation();
    expect(Date.parse(nextDueAt!)).toBeGreaterThan(Date.now() - 60_000);
    expect(Date.parse(nextDueAt!)).toBeLessThanOrEqual(Date.now() + 60_000);
  });

  it.each([
    [{ schedule: { ...EVERY_MINUTE, cron: '61 * * * *' } }, 400, 'cron_invalid'],
    [{ schedule: { ...EVERY_MINUTE, zone: 'Nowhere/Here' } }, 400, 'zone_unknown'],
    [{ schedule: { ...EVERY_MINUTE, cron: null } }, 400, 'schedule_invalid'],
    [{ schedule: { ...EVERY_MINUTE, jitterMinutes: 5 } }, 400, 'schedule_invalid'],
    [{ calendarIds: [`cal_${'0'.repeat(32)}`] }, 404, 'calendar_not_found'],
  ])('is refused with %j', async (changed, status, code) => {
    const body = await wanted({ schedule: EVERY_MINUTE, ...changed });
    expect(await room.ask<RotationBody>('POST', '/v1/rotations', { as: 'engineer', body })).toMatchObject({
      ...{ status, body: { code } },
    });
  });

  it('begins once, however many look at a time, and is recorded once', async () => {
    const { id } = await rotation();
    await nowDue(id);
    await Promise.all(Array.from({ length: 4 }, () => room.get(BeginJobs).begin()));
    expect(await runsOf(id)).toEqual([expect.objectContaining({ cause: 'schedule' })]);
    expect(await recordsOf(id, 'rotation.started')).toBe(1);
    const { next_due_at, owed_since } = await stateOf(id);
    expect(next_due_at!.getTime()).toBeGreaterThan(Date.now());
    expect(owed_since).toBeNull();
  });

  it('begins no second time while its run is under way', async () => {
    const { id } = await rotation();
    await nowDue(id);
    await room.get(BeginJobs).begin();
    await room.superuser.query(`UPDATE muster.rotations SET next_due_at = now() - interval '1 s' WHERE id = $1`, [id]);
    await room.get(BeginJobs).begin();
    expect(await runsOf(id)).toHaveLength(1);
  });

  it('begins by its age, without an instant of a cron', async () => {
    const { id } = await rotation({ schedule: { ...EVERY_MINUTE, cron: null, maximumAgeDays: 30 } });
    await room.superuser.query(
      `UPDATE muster.rotations SET created_at = now() - interval '31 days', next_due_at = now() - interval '1 day' WHERE id = $1`,
      [id],
    );
    await room.get(BeginJobs).begin();
    expect(await runsOf(id)).toEqual([expect.objectContaining({ cause: 'maximum-age' })]);
  });

  it('waits for the next window where it missed one, and is owed since then', async () => {
    const { id } = await rotation({ schedule: { ...EVERY_MINUTE, cron: '0 0 1 1 *' } });
    await nowDue(id);
    await room.get(BeginJobs).begin();
    expect(await runsOf(id)).toEqual([]);
    const { next_due_at, owed_since } = await stateOf(id);
    expect(next_due_at!.toISOString()).toMatch(/-01-01T05:00:00.000Z$/);
    expect(owed_since).not.toBeNull();
  });

  it('begins nothing for an identity that is not active, nor while it is paused', async () => {
    const suspended = await rotation();
    const paused = await rotation();
    await room.superuser.query(
      `UPDATE muster.identities i SET status = 'suspended' FROM muster.rotations r WHERE r.identity_id = i.id AND r.id = $1`,
      [suspended.id],
    );
    const body = { status: 'paused' };
    await room.expected(200, 'PATCH', `/v1/rotations/${paused.id}`, { as: 'engineer', version: 1, body });
    expect((await stateOf(paused.id)).next_due_at).toBeNull();
    await nowDue(suspended.id, paused.id);
    await room.get(BeginJobs).begin();
    expect([await runsOf(suspended.id), await runsOf(paused.id)]).toEqual([[], []]);
  });
});

describe('two halves of a pair', () => {
  it('begin one after the other: the second is owed, and waits for a window and an observation', async () => {
    const pair = `pair ${++named}`;
    const [one, other] = [await rotation({ pair }), await rotation({ pair })];
    await nowDue(one.id, other.id);
    await Promise.all([room.get(BeginJobs).begin(), room.get(BeginJobs).begin()]);
    expect([(await runsOf(one.id)).length, (await runsOf(other.id)).length].sort()).toEqual([0, 1]);
    const [waiting] = (await runsOf(one.id)).length === 0 ? [one] : [other];
    const { next_due_at, owed_since } = await stateOf(waiting!.id);
    expect(owed_since).not.toBeNull();
    expect(next_due_at!.getTime()).toBeGreaterThan(Date.now() + 5 * 60_000);
  });

  it('never act at once, whoever starts them', async () => {
    const pair = `pair ${++named}`;
    const [one, other] = [await rotation({ pair, schedule: null }), await rotation({ pair, schedule: null })];
    const runs: RunBody[] = [];
    for (const { id } of [one, other])
      runs.push(
        await room.expected<RunBody>(201, 'POST', `/v1/rotations/${id}/runs`, {
          ...{ as: 'engineer', body: { reason: 'Now.' } },
        }),
      );
    await room.turn();
    const seen = await Promise.all(runs.map(({ id }) => room.run(id)));
    expect(seen.filter(({ failure }) => failure === 'pair_busy')).toHaveLength(1);
    expect(seen.filter(({ steps }) => steps.some(({ step }) => step === 'create'))).toHaveLength(1);
  });
});

describe('a calendar', () => {
  it('keeps a run from beginning in its session, whoever starts it, unless there is an emergency', async () => {
    const { id: calendarId } = await calendar(ALWAYS);
    const { id, nextDueAt } = await rotation({ calendarIds: [calendarId] });
    expect(nextDueAt).toBeNull();
    await nowDue(id);
    await room.get(BeginJobs).begin();
    expect(await runsOf(id)).toEqual([]);
    const run = await room.expected<RunBody>(201, 'POST', `/v1/rotations/${id}/runs`, {
      ...{ as: 'engineer', body: { cause: 'suspicion', reason: 'Perhaps.' } },
    });
    await room.turn();
    expect(await room.run(run.id)).toMatchObject({ state: 'held', failure: 'frozen', step: 'create', steps: [] });
    await room.superuser.query(`UPDATE muster.rotation_runs SET cause = 'emergency', due_at = now() WHERE id = $1`, [
      run.id,
    ]);
    await room.turn();
    expect((await room.run(run.id)).steps.length).toBeGreaterThan(0);
  });

  it('is looked at anew by what keeps to it when it changes, and stays while something does', async () => {
    const kept = await calendar(ALWAYS);
    const { id } = await rotation({ calendarIds: [kept.id] });
    expect(await room.ask<RotationBody>('DELETE', `/v1/calendars/${kept.id}`, { as: 'boss' })).toMatchObject({
      ...{ status: 409, body: { code: 'calendar_in_use' } },
    });
    const body = { source: { kind: 'exchange', exchange: 'nyse' } };
    await room.expected(200, 'PATCH', `/v1/calendars/${kept.id}`, { as: 'boss', version: 1, body });
    await room.get(BeginJobs).begin();
    const { next_due_at, owed_since } = await stateOf(id);
    expect(next_due_at!.getTime()).toBeGreaterThan(Date.now() - 120_000);
    expect(owed_since).toBeNull();
  });

  it('shows its sessions, and what it covers', async () => {
    const { id } = await calendar({ kind: 'exchange', exchange: 'nyse' });
    const query = 'from=2026-11-26T00:00:00Z&to=2026-11-28T00:00:00Z';
    expect(await room.expected(200, 'GET', `/v1/calendars/${id}/sessions?${query}`, { as: 'engineer' })).toEqual({
      ...{ items: [{ from: '2026-11-27T14:30:00.000Z', to: '2026-11-27T18:00:00.000Z' }], more: false },
    });
    expect(await room.expected(200, 'GET', `/v1/calendars/${id}`, { as: 'engineer' })).toMatchObject({
      ...{ coveredUntil: '2029-01-01T05:00:00.000Z', zone: 'America/New_York', content: null },
    });
  });

  it.each([
    [{ kind: 'trading-days', content: 'zone: [' }, 'calendar_invalid'],
    [{ kind: 'icalendar', zone: 'UTC', content: 'nothing' }, 'calendar_invalid'],
    [{ kind: 'icalendar', zone: 'Nowhere/Here', content: 'BEGIN:VCALENDAR\nEND:VCALENDAR' }, 'zone_unknown'],
  ])('is refused as %j', async (source, code) => {
    const body = { name: `calendar ${++named}`, source };
    expect(await room.ask('POST', '/v1/calendars', { as: 'boss', body })).toMatchObject({
      status: 400,
      body: { code },
    });
  });
});

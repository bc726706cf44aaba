import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { systemActor } from '../../src/kernel/index.js';
import { LeakedRuns } from '../../src/rotation/index.js';
import { newId } from '../inventory/rows.js';
import { type RotationRoom, type RunBody } from './room.js';
import { ALWAYS, EVERY_MINUTE, type RotationBody, ScheduledRoom } from './scheduled.js';

/** What is due begins by itself, once, and not while a calendar or its pair keeps it. */

let scheduled: ScheduledRoom;
let room: RotationRoom;

beforeAll(async () => {
  scheduled = await ScheduledRoom.open();
  room = scheduled.room;
});
afterAll(() => room?.close());
afterEach(() => expect(room.failures.splice(0)).toEqual([]));

describe('what has a schedule', () => {
  it('is due from when it is set up', async () => {
    const { nextDueAt } = await scheduled.rotation();
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
    const body = await scheduled.wanted({ schedule: EVERY_MINUTE, ...changed });
    expect(await room.ask<RotationBody>('POST', '/v1/rotations', { as: 'engineer', body })).toMatchObject({
      ...{ status, body: { code } },
    });
  });

  it('begins once, however many look at a time, and is recorded once', async () => {
    const { id } = await scheduled.rotation();
    await scheduled.nowDue(id);
    await Promise.all(Array.from({ length: 4 }, () => scheduled.begin()));
    expect(await scheduled.runsOf(id)).toEqual([expect.objectContaining({ cause: 'schedule' })]);
    expect(await scheduled.recordsOf(id, 'rotation.started')).toBe(1);
    const { next_due_at, owed_since } = await scheduled.stateOf(id);
    expect(next_due_at!.getTime()).toBeGreaterThan(Date.now());
    expect(owed_since).toBeNull();
  });

  it('begins no second time while its run is under way', async () => {
    const { id } = await scheduled.rotation();
    await scheduled.nowDue(id);
    await scheduled.begin();
    await room.superuser.query(`UPDATE muster.rotations SET next_due_at = now() - interval '1 s' WHERE id = $1`, [id]);
    await scheduled.begin();
    expect(await scheduled.runsOf(id)).toHaveLength(1);
  });

  it('leaks: it rotates on suspicion once, and one that runs for another cause is not taken for that', async () => {
    const [{ id }, { id: planned }] = [await scheduled.rotation(), await scheduled.rotation()];
    const actor = systemActor('discovery', newId('request'));
    const leaked = (rotation: typeof id) => room.get(LeakedRuns).rotate(actor, rotation, 'It leaked.');
    await leaked(id);
    await leaked(id);
    expect(await scheduled.runsOf(id)).toEqual([expect.objectContaining({ cause: 'suspicion' })]);
    await scheduled.nowDue(planned);
    await scheduled.begin();
    await expect(leaked(planned)).rejects.toMatchObject({ code: 'run_live' });
  });

  it('begins by its age, without an instant of a cron', async () => {
    const { id } = await scheduled.rotation({ schedule: { ...EVERY_MINUTE, cron: null, maximumAgeDays: 30 } });
    await room.superuser.query(
      `UPDATE muster.rotations SET created_at = now() - interval '31 days', next_due_at = now() - interval '1 day' WHERE id = $1`,
      [id],
    );
    await scheduled.begin();
    expect(await scheduled.runsOf(id)).toEqual([expect.objectContaining({ cause: 'maximum-age' })]);
  });

  it('waits for the next window where it missed one, and is owed since then', async () => {
    const { id } = await scheduled.rotation({ schedule: { ...EVERY_MINUTE, cron: '0 0 1 1 *' } });
    await scheduled.nowDue(id);
    await scheduled.begin();
    expect(await scheduled.runsOf(id)).toEqual([]);
    const { next_due_at, owed_since } = await scheduled.stateOf(id);
    expect(next_due_at!.toISOString()).toMatch(/-01-01T05:00:00.000Z$/);
    expect(owed_since).not.toBeNull();
  });

  it('begins nothing for an identity that is not active, nor while it is paused', async () => {
    const suspended = await scheduled.rotation();
    const paused = await scheduled.rotation();
    await room.superuser.query(
      `UPDATE muster.identities i SET status = 'suspended' FROM muster.rotations r WHERE r.identity_id = i.id AND r.id = $1`,
      [suspended.id],
    );
    const body = { status: 'paused' };
    await room.expected(200, 'PATCH', `/v1/rotations/${paused.id}`, { as: 'engineer', version: 1, body });
    expect((await scheduled.stateOf(paused.id)).next_due_at).toBeNull();
    await scheduled.nowDue(suspended.id, paused.id);
    await scheduled.begin();
    expect([await scheduled.runsOf(suspended.id), await scheduled.runsOf(paused.id)]).toEqual([[], []]);
  });
});

describe('two halves of a pair', () => {
  it('begin one after the other: the second is owed, and waits for a window and an observation', async () => {
    const pair = scheduled.name('pair');
    const [one, other] = [await scheduled.rotation({ pair }), await scheduled.rotation({ pair })];
    await scheduled.nowDue(one.id, other.id);
    await Promise.all([scheduled.begin(), scheduled.begin()]);
    expect([(await scheduled.runsOf(one.id)).length, (await scheduled.runsOf(other.id)).length].sort()).toEqual([0, 1]);
    const [waiting] = (await scheduled.runsOf(one.id)).length === 0 ? [one] : [other];
    const { next_due_at, owed_since } = await scheduled.stateOf(waiting.id);
    expect(owed_since).not.toBeNull();
    expect(next_due_at!.getTime()).toBeGreaterThan(Date.now() + 5 * 60_000);
  });

  it('never act at once, whoever starts them', async () => {
    const pair = scheduled.name('pair');
    const [one, other] = [
      await scheduled.rotation({ pair, schedule: null }),
      await scheduled.rotation({ pair, schedule: null }),
    ];
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
    const { id: calendarId } = await scheduled.calendar(ALWAYS);
    const { id, nextDueAt } = await scheduled.rotation({ calendarIds: [calendarId] });
    expect(nextDueAt).toBeNull();
    await scheduled.nowDue(id);
    await scheduled.begin();
    expect(await scheduled.runsOf(id)).toEqual([]);
    const run = await room.expected<RunBody>(201, 'POST', `/v1/rotations/${id}/runs`, {
      ...{ as: 'engineer', body: { cause: 'suspicion', reason: 'Perhaps.' } },
    });
    await room.turn();
    expect(await room.run(run.id)).toMatchObject({ state: 'held', failure: 'frozen', step: 'create', steps: [] });
    await room.superuser.query(
      `UPDATE muster.rotation_runs SET cause = 'emergency', due_at = now() - interval '1 s' WHERE id = $1`,
      [run.id],
    );
    await room.turn();
    expect((await room.run(run.id)).steps.length).toBeGreaterThan(0);
  });

  it('is looked at anew by what keeps to it when it changes, and stays while something does', async () => {
    const kept = await scheduled.calendar(ALWAYS);
    const { id } = await scheduled.rotation({ calendarIds: [kept.id] });
    expect(await room.ask<RotationBody>('DELETE', `/v1/calendars/${kept.id}`, { as: 'boss' })).toMatchObject({
      ...{ status: 409, body: { code: 'calendar_in_use' } },
    });
    const body = { source: { kind: 'exchange', exchange: 'nyse' } };
    await room.expected(200, 'PATCH', `/v1/calendars/${kept.id}`, { as: 'boss', version: 1, body });
    await scheduled.begin();
    const { next_due_at, owed_since } = await scheduled.stateOf(id);
    expect(next_due_at!.getTime()).toBeGreaterThan(Date.now() - 120_000);
    expect(owed_since).toBeNull();
  });

  it('shows its sessions, and what it covers', async () => {
    const { id } = await scheduled.calendar({ kind: 'exchange', exchange: 'nyse' });
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
    const body = { name: scheduled.name('calendar'), source };
    expect(await room.ask('POST', '/v1/calendars', { as: 'boss', body })).toMatchObject({
      status: 400,
      body: { code },
    });
  });
});

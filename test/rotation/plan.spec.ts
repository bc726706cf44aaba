import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Id } from '../../src/kernel/index.js';
import { ALWAYS, EVERY_MINUTE, ScheduledRoom } from './scheduled.js';

/** A plan says beforehand what would happen, and what cannot. */

interface PlanBody {
  readonly counts: Readonly<Record<'due' | 'overdue' | 'never', number>>;
  readonly items: readonly {
    readonly rotationId: Id<'rotation'>;
    readonly overdueSince: string | null;
    readonly begins: readonly {
      readonly at: string;
      readonly cause: string;
      readonly held: { readonly code: string } | null;
    }[];
    readonly more: boolean;
    readonly windows: { readonly count: number; readonly frozen: number };
    readonly conflicts: readonly { readonly code: string; readonly words: string }[];
    readonly risks: readonly { readonly code: string; readonly consumer: string | null }[];
  }[];
  readonly nextCursor: string | null;
}

const NOON = { ...EVERY_MINUTE, cron: '0 12 * * wed', windowMinutes: 60 };
let scheduled: ScheduledRoom;

beforeAll(async () => {
  scheduled = await ScheduledRoom.open();
});
afterAll(() => scheduled?.room.close());
afterEach(() => expect(scheduled.room.failures.splice(0)).toEqual([]));

const plan = (query: string) =>
  scheduled.room.expected<PlanBody>(200, 'GET', `/v1/rotation-plan?${query}`, { as: 'engineer' });
const planOf = async (rotationId: Id<'rotation'>, days = 30) =>
  (await plan(`days=${days}&rotationId=${rotationId}`)).items[0]!;
const codes = (all: readonly { readonly code: string }[]) => all.map(({ code }) => code);

describe('a plan', () => {
  it('says when each begins, in order, a page at a time', async () => {
    for (let made = 0; made < 3; made += 1)
      await scheduled.rotation({ schedule: { ...NOON, cron: `${made} 3 * * *` } });
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: PlanBody = await plan(`days=2&limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.items.map(({ begins }) => begins[0]!.at));
      cursor = page.nextCursor;
    }
    expect(seen.length).toBeGreaterThanOrEqual(3);
    expect(seen).toEqual([...seen].sort());
  });

  it('begins nothing', async () => {
    const { id } = await scheduled.rotation();
    await planOf(id);
    expect(await scheduled.runsOf(id)).toEqual([]);
  });

  it('names what freeze and schedule can never agree on', async () => {
    const { id: calendarId } = await scheduled.calendar({ kind: 'exchange', exchange: 'nyse' });
    const { id: never } = await scheduled.rotation({ schedule: NOON, calendarIds: [calendarId] });
    const found = await planOf(never);
    expect(found.begins).toEqual([]);
    expect(codes(found.conflicts)).toEqual(expect.arrayContaining(['never_free', 'windows_frozen']));
    expect(found.conflicts[0]!.words).toContain('2029-01-01');
    expect(found.windows.frozen).toBe(found.windows.count);
    expect((await plan('standing=never')).items.map(({ rotationId }) => rotationId)).toContain(never);

    const byAge = await scheduled.rotation({ schedule: { ...NOON, maximumAgeDays: 10 }, calendarIds: [calendarId] });
    const aged = await planOf(byAge.id);
    expect(codes(aged.conflicts)).toContain('only_by_age');
    expect(aged.begins[0]).toMatchObject({ cause: 'maximum-age' });
    expect(codes((await planOf(never, 400)).conflicts)).not.toContain('beyond_coverage');
    const { id: nasdaq } = await scheduled.calendar({ kind: 'exchange', exchange: 'nasdaq' });
    const beyond = await scheduled.rotation({ schedule: NOON, calendarIds: [nasdaq] });
    expect(codes((await planOf(beyond.id, 400)).conflicts)).toContain('beyond_coverage');
  });

  it('says of an age alone that a freeze without an end keeps it for ever', async () => {
    const { id: calendarId } = await scheduled.calendar(ALWAYS);
    const schedule = { ...EVERY_MINUTE, cron: null, maximumAgeDays: 1 };
    const { id } = await scheduled.rotation({ schedule, calendarIds: [calendarId] });
    expect(codes((await planOf(id)).conflicts)).toContain('never_free');
  });

  it('says how a pair whose schedules collide takes turns', async () => {
    const pair = scheduled.name('pair');
    const schedule = { ...NOON, cron: '0 3 * * *' };
    const one = await scheduled.rotation({ pair, schedule, observeSeconds: 86_400 });
    const other = await scheduled.rotation({ pair, schedule, observeSeconds: 86_400 });
    const [first, second] = [await planOf(one.id), await planOf(other.id)];
    const begun = (of: typeof first) => of.begins.filter(({ held }) => held === null).map(({ at }) => Date.parse(at));
    expect(begun(first).length).toBeGreaterThan(2);
    expect(begun(second).length).toBeGreaterThan(2);
    for (const at of begun(first))
      for (const then of begun(second)) expect(Math.abs(at - then)).toBeGreaterThanOrEqual(2 * 86_400_000);
    expect([...codes(first.conflicts), ...codes(second.conflicts)]).toContain('held_by_pair');
  });

  it('says what is overdue', async () => {
    const { id } = await scheduled.rotation({ schedule: { ...EVERY_MINUTE, cron: '0 0 1 1 *' } });
    await scheduled.nowDue(id);
    await scheduled.begin();
    const { items, counts } = await plan('standing=overdue');
    expect(items.map(({ rotationId }) => rotationId)).toContain(id);
    expect(items.every(({ overdueSince }) => overdueSince !== null)).toBe(true);
    expect(counts.overdue).toBe(items.length);
  });

  it('says who would break', async () => {
    const { id } = await scheduled.rotation({ expectedConsumers: ['batch-1'] });
    // What is left of a caller that was said to be gone and came back, and somebody who is: neither gets it.
    await scheduled.room.superuser.query(
      `INSERT INTO muster.rotation_consumers (id, rotation_id, instance, forgotten_at, forgotten_by, forgotten_reason)
       SELECT 'rcn_' || replace(gen_random_uuid()::text, '-', ''), $1, instance, gone.at, gone.word, gone.word
       FROM (VALUES ('batch at 10.0.0.9', NULL::timestamptz, NULL), ('batch-7', now(), 'x')) AS gone (instance, at, word)`,
      [id],
    );
    expect(codes((await planOf(id)).risks)).toEqual(['consumer_never_seen', 'nobody_gets_it', 'coverage_unknown']);
    await scheduled.room.superuser.query(
      `INSERT INTO muster.rotation_consumers (id, rotation_id, instance, fetched_version, fetched_at)
       VALUES ('rcn_' || replace(gen_random_uuid()::text, '-', ''), $1, 'web-1', 1, now())`,
      [id],
    );
    await scheduled.room.superuser.query(
      'UPDATE muster.rotations SET current_version = 2, last_version = 2 WHERE id = $1',
      [id],
    );
    expect((await planOf(id)).risks).toContainEqual(
      expect.objectContaining({ code: 'consumer_behind', consumer: 'web-1' }),
    );
  });
});

import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Id } from '../../src/kernel/index.js';
import { EmergencyJobs } from '../../src/rotation/emergencies/emergencies.jobs.js';
import { ALWAYS, ScheduledRoom } from './scheduled.js';

/** Everything that something touched rotates at once, in order, and through freezes. */

interface PreviewBody {
  readonly rotationCount: number;
  readonly rotations: readonly {
    readonly rotationId: Id<'rotation'>;
    readonly touches: readonly string[];
    readonly exposed: boolean;
    readonly after: Id<'rotation'> | null;
  }[];
  readonly unrotatable: readonly {
    readonly identityId: Id<'identity'>;
    readonly code: string;
    readonly advice: string;
  }[];
}

interface EmergencyBody {
  readonly id: Id<'rotationEmergency'>;
  readonly code: string;
  readonly over: boolean;
  readonly runs: Readonly<Record<string, number>>;
}

let scheduled: ScheduledRoom;

beforeAll(async () => {
  scheduled = await ScheduledRoom.open();
});
afterAll(() => scheduled?.room.close());
afterEach(() => expect(scheduled.room.failures.splice(0)).toEqual([]));

const preview = (scope: unknown) =>
  scheduled.room.expected<PreviewBody>(200, 'POST', '/v1/rotation-emergencies/preview', {
    as: 'engineer',
    body: { scope },
  });
const start = (scope: unknown) =>
  scheduled.room.expected<EmergencyBody>(201, 'POST', '/v1/rotation-emergencies', {
    as: 'engineer',
    body: { scope, reason: 'A laptop was lost.' },
  });
const read = (id: string) =>
  scheduled.room.expected<EmergencyBody>(200, 'GET', `/v1/rotation-emergencies/${id}`, { as: 'engineer' });
const runsOf = (id: string) =>
  scheduled.room.expected<{
    items: { place: number; runId: Id<'rotationRun'>; afterRunId: string | null; state: string }[];
  }>(...([200, 'GET', `/v1/rotation-emergencies/${id}/runs`, { as: 'engineer' }] as const));
const byHand = (changed: Readonly<Record<string, unknown>> = {}) => scheduled.rotation({ schedule: null, ...changed });
const touchesOf = ({ rotations }: PreviewBody, id: Id<'rotation'>) =>
  rotations.find(({ rotationId }) => rotationId === id)?.touches;

describe('what an emergency touches', () => {
  it('of a custodian: what they answer for, and what they registered keys of', async () => {
    const { id, identityId } = await byHand();
    const other = await scheduled.room.person('leaver', 'administrator');
    const foreign = await byHand();
    await scheduled.room.superuser.query(
      `INSERT INTO muster.credentials (id, kind, identity_id, system, fingerprint, fingerprint_key_id, registered_by, not_before, expires_at)
       VALUES ('key_' || replace(gen_random_uuid()::text, '-', ''), 'registered-key', $1, 'github.com/firm/payments', $2, 'k', $3, now(), 'infinity')`,
      [foreign.identityId, createHash('sha256').update(foreign.id).digest(), other],
    );
    expect(touchesOf(await preview({ kind: 'custodian', personId: scheduled.owner }), id)).toContain('answers-for-it');
    const { rotations } = await preview({ kind: 'custodian', personId: other });
    expect(rotations).toEqual([
      expect.objectContaining({ rotationId: foreign.id, touches: ['registered-key'], exposed: true }),
    ]);
    expect(touchesOf(await preview({ kind: 'repository', repository: 'firm/payments' }), foreign.id)).toEqual([
      'key-in-repository',
    ]);
    expect((await preview({ kind: 'repository', repository: 'm/payments' })).rotationCount).toBe(0);
    const fingerprint = createHash('sha256').update(foreign.id).digest('hex');
    expect(touchesOf(await preview({ kind: 'leak', fingerprint }), foreign.id)).toEqual(['leaked']);
    expect(touchesOf(await preview({ kind: 'identities', identityIds: [identityId] }), id)).toEqual(['named']);
  });

  it('of a host: what is used from there', async () => {
    const { id } = await byHand();
    await scheduled.room.superuser.query(
      `INSERT INTO muster.rotation_consumers (id, rotation_id, instance, fetched_version, fetched_at)
       VALUES ('rcn_' || replace(gen_random_uuid()::text, '-', ''), $1, 'Batch-7', 1, now()),
         ('rcn_' || replace(gen_random_uuid()::text, '-', ''), $1, 'batch-8', NULL, NULL)`,
      [id],
    );
    expect(touchesOf(await preview({ kind: 'host', host: 'batch-7' }), id)).toEqual(['used-from-host']);
    expect((await preview({ kind: 'host', host: 'batch-8' })).rotationCount).toBe(0);
    await scheduled.room.expected(201, 'POST', `/v1/rotations/${id}/runs`, {
      ...{ as: 'engineer', body: { reason: 'It is time.' } },
    });
    await scheduled.room.superuser.query(
      `INSERT INTO muster.rotation_watches (run_id, version, address, application, first_seen_at, last_seen_at, open)
       SELECT n.id, 1, a, '', now(), now(), false FROM unnest(ARRAY['10.0.0.7', '10.0.0.9', 'Batch-9']) AS a,
         (SELECT id FROM muster.rotation_runs WHERE rotation_id = $1) n`,
      [id],
    );
    const hosts = async (startsWith: string) =>
      (
        await scheduled.room.expected<{ items: string[] }>(
          200,
          'GET',
          `/v1/rotation-emergencies/hosts?startsWith=${startsWith}`,
          { as: 'engineer' },
        )
      ).items;
    expect(await hosts('BATCH-')).toEqual(['batch-7', 'batch-9']);
    expect(await hosts('10.0.0.')).toEqual(['10.0.0.7', '10.0.0.9']);
    expect(await hosts('_')).toEqual([]);
  });

  it('names what cannot rotate, and what to do about it', async () => {
    const { identityId } = await scheduled.wanted();
    const { rotationCount, unrotatable } = await preview({ kind: 'identities', identityIds: [identityId] });
    expect(rotationCount).toBe(0);
    expect(unrotatable).toEqual([expect.objectContaining({ identityId, code: 'no_rotation' })]);
  });
});

describe('an emergency', () => {
  it('plans everything at once, records it, and lets it go through a freeze', async () => {
    const { id: calendarId } = await scheduled.calendar(ALWAYS);
    const made = [await byHand({ calendarIds: [calendarId] }), await byHand({ calendarIds: [calendarId] })];
    const { id } = await start({ kind: 'identities', identityIds: made.map(({ identityId }) => identityId) });
    expect(await scheduled.recordsOf(id, 'rotation.emergency-started')).toBe(1);
    for (const rotation of made) {
      expect(await scheduled.runsOf(rotation.id)).toEqual([expect.objectContaining({ cause: 'emergency' })]);
      expect(await scheduled.recordsOf(rotation.id, 'rotation.started')).toBe(1);
    }
    await scheduled.room.turn();
    const { items } = await runsOf(id);
    expect(items.map(({ place }) => place)).toEqual([1, 2]);
    for (const { runId } of items) {
      const run = await scheduled.room.run(runId);
      expect(run.steps.map(({ step }) => step)).toContain('create');
    }
    expect(await read(id)).toMatchObject({ over: false });
  });

  it('has the halves of a pair go one after the other', async () => {
    const pair = scheduled.name('pair');
    const made = [await byHand({ pair }), await byHand({ pair })];
    const { id } = await start({ kind: 'identities', identityIds: made.map(({ identityId }) => identityId) });
    const [first, second] = (await runsOf(id)).items;
    expect([first!.afterRunId, second!.afterRunId]).toEqual([null, first!.runId]);
    await scheduled.room.get(EmergencyJobs).letGo();
    await scheduled.room.turn();
    expect((await scheduled.room.run(first!.runId)).steps.length).toBeGreaterThan(0);
    expect(await scheduled.room.run(second!.runId)).toMatchObject({ state: 'planned', steps: [] });
    await scheduled.room.superuser.query(
      `UPDATE muster.rotation_runs SET state = 'finished', ended_at = now(), due_at = NULL, pair_taken = NULL WHERE id = $1`,
      [first!.runId],
    );
    await scheduled.room.get(EmergencyJobs).letGo();
    await scheduled.room.turn();
    expect((await scheduled.room.run(second!.runId)).steps.length).toBeGreaterThan(0);
  });

  it('takes up what runs already, and lets go what a calendar held', async () => {
    const { id: calendarId } = await scheduled.calendar(ALWAYS);
    const rotation = await byHand({ calendarIds: [calendarId] });
    const run = await scheduled.room.expected<{ id: Id<'rotationRun'> }>(
      201,
      'POST',
      `/v1/rotations/${rotation.id}/runs`,
      {
        ...{ as: 'engineer', body: { reason: 'It is time.' } },
      },
    );
    await scheduled.room.turn();
    expect(await scheduled.room.run(run.id)).toMatchObject({ state: 'held', failure: 'frozen' });
    const { id } = await start({ kind: 'identities', identityIds: [rotation.identityId] });
    expect((await runsOf(id)).items.map(({ runId }) => runId)).toEqual([run.id]);
    await scheduled.room.turn();
    expect((await scheduled.room.run(run.id)).steps.length).toBeGreaterThan(0);
  });

  it('is refused where nothing is touched', async () => {
    const body = { scope: { kind: 'host', host: 'nowhere' }, reason: 'Perhaps.' };
    expect(await scheduled.room.ask('POST', '/v1/rotation-emergencies', { as: 'engineer', body })).toMatchObject({
      ...{ status: 409, body: { code: 'nothing_touched' } },
    });
  });
});

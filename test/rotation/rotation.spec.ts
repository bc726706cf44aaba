import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Id } from '../../src/kernel/index.js';
import { watchCrashPoints } from '../../src/platform/index.js';
import { RetiredRunsJobs } from '../../src/rotation/runs/retired-runs.jobs.js';
import { RunStore } from '../../src/rotation/runs/run-store.js';
import { RunsJobs } from '../../src/rotation/runs/runs.jobs.js';
import { StepWork } from '../../src/rotation/runs/step-work.js';
import { TargetTrouble } from '../../src/rotation/runs/target-trouble.js';
import { type RotatingPair, RotationRoom, type RunBody } from './room.js';
import { MovableClock } from '../harness/clocks.js';
import { BEFORE, FakeEndpoint } from '../targets/fake-endpoint.js';
import { PASSWORD_BEFORE } from './server.js';
import { everyStepOnce } from './steps-done.js';
import { FaultyDoor } from './strain/faulty-door.js';

jest.setTimeout(240_000);

/** A pair of roles on a real PostgreSQL rotates, and nobody who uses it is left behind. */

const clock = new MovableClock();
let room: RotationRoom;
let targetId: Id<'target'>;

beforeAll(async () => {
  room = await RotationRoom.open(clock);
  targetId = await room.target();
});
afterAll(() => room?.close());
afterEach(async () => {
  expect(room.failures.splice(0)).toEqual([]);
  expect(await everyStepOnce(room.superuser)).toEqual([]);
});

const over = ({ state }: RunBody) => state === 'finished' || state === 'cancelled';
const at = (wanted: string) => (run: RunBody) => run.step === wanted;
const failing = (code: string) => (run: RunBody) => run.failure === code;
const post = (id: string, what: string, as: string, body?: unknown) =>
  room.ask('POST', `/v1/rotation-runs/${id}/${what}`, { as, body });
const started = async () => (await room.pair(targetId)).start();
const decide = (approvalId: string, as: string) =>
  room.ask('POST', `/v1/approvals/${approvalId}/decision`, { as, body: { verdict: 'approve', reason: 'So it was.' } });

/** Who was waited for again, by each record of that. */
async function returns({ id }: RotatingPair): Promise<string[][]> {
  const { rows } = await room.superuser.query<{ consumers: string[] }>(
    `SELECT i.images::jsonb -> 1 -> 'consumers' AS consumers FROM audit.records r JOIN audit.images i USING (n)
     WHERE r.leaf::jsonb ->> 'subject' = $1 AND r.leaf::jsonb ->> 'type' = 'rotation.consumer-returned' ORDER BY r.n`,
    [id],
  );
  return rows.map(({ consumers }) => consumers);
}

describe('a pair of roles', () => {
  it('rotates under a client that never stops asking, twice over', async () => {
    const rotation = await room.pair(targetId);
    const started = await rotation.start();
    const waiting = await room.until(started.id, at('watch-old'));
    // Only now: evidence counts from before the new one was made, and a slow machine would be past this already.
    await rotation.hurry(1);
    expect(waiting).toMatchObject({ state: 'running', newVersion: 1, oldVersion: null });
    const first = await rotation.fetch();
    expect(first).toMatchObject({ version: 1, account: rotation.accounts[1], previousVersion: null });
    expect(await room.server.opens(rotation.accounts[0], PASSWORD_BEFORE)).toBe(true);
    expect(await room.server.opens(first.account, first.secret)).toBe(true);
    await rotation.acknowledge(1);
    expect(await room.until(started.id, over)).toMatchObject({ state: 'finished', failure: null });
    expect(await room.server.opens(rotation.accounts[0], PASSWORD_BEFORE)).toBe(false);

    const client = room.server.asking(first.account, first.secret);
    const second = await rotation.start();
    const { evidence } = await room.until(second.id, failing('old_still_used'));
    expect(evidence).toMatchObject({ verdict: 'old_still_used', coverage: 'complete' });
    expect(evidence!.callers.map(({ application }) => application)).toContain('consumer');
    const next = await rotation.fetch();
    expect(next).toMatchObject({ version: 2, account: rotation.accounts[0], previousVersion: 1 });
    const moved = room.server.asking(next.account, next.secret);
    await rotation.acknowledge(2);
    await client.stop();
    expect(await room.until(second.id, over)).toMatchObject({ state: 'finished' });
    await moved.stop();
    expect([client.failures, moved.failures]).toEqual([[], []]);
    expect(await room.server.opens(first.account, first.secret)).toBe(false);
    expect(await room.server.opens(next.account, next.secret)).toBe(true);
    const kept = await room.superuser.query<{ version: number }>(
      'SELECT version FROM muster.rotation_secrets WHERE rotation_id = $1 AND secret_sealed IS NOT NULL',
      [rotation.id],
    );
    expect(kept.rows).toEqual([{ version: 2 }]);
  });

  it('waits for a client that came for a moment and went, until it is on the new one', async () => {
    const rotation = await room.pair(targetId);
    const { id } = await rotation.start();
    await room.until(id, at('watch-old'));
    await rotation.hurry(1);
    const visit = async (account: string, secret: string) =>
      (await room.server.signIn(account, secret, 'hourly')).end();
    await visit(rotation.accounts[0], PASSWORD_BEFORE);
    const seen = await room.until(id, failing('consumer_not_seen'));
    expect(seen.evidence).toMatchObject({ missing: ['hourly at 127.0.0.1'] });
    expect(await room.server.opens(rotation.accounts[0], PASSWORD_BEFORE)).toBe(true);
    const { account, secret } = await rotation.fetch('hourly');
    await room.server.opens(account, secret);
    await visit(account, secret);
    expect(await room.until(id, over)).toMatchObject({ state: 'finished' });
  });

  it('is stuck where somebody known does not come, and goes on by the word of two people', async () => {
    const rotation = await room.pair(targetId, { expectedConsumers: ['far-away'] });
    await rotation.hurry(1, 1);
    const { id } = await rotation.start();
    const stuck = await room.until(id, ({ state }) => state === 'stuck');
    expect(stuck).toMatchObject({
      ...{ failure: 'consumer_not_seen', evidence: { missing: ['far-away'] } },
      runbook: { command: `muster rotation override ${id}` },
    });
    const body = { reason: 'It was shut down for good.' };
    const asked = await post(id, 'override', 'engineer', body);
    expect([asked.status, asked.body.code]).toEqual([403, 'approval_required']);
    expect((await decide(asked.body.approvalId, 'engineer')).status).toBe(403);
    expect((await room.run(id)).state).toBe('stuck');
    expect((await decide(asked.body.approvalId, 'custodian')).status).toBe(200);
    expect((await post(id, 'override', 'engineer', body)).status).toBe(200);
    expect(await room.until(id, over)).toMatchObject({ state: 'finished' });
    expect(await room.server.opens(rotation.accounts[0], PASSWORD_BEFORE)).toBe(false);
  });

  it('waits no more for who is gone by the word of two people, until they are heard of again', async () => {
    const rotation = await room.pair(targetId, { expectedConsumers: ['gone', 'late'] });
    await rotation.hurry(1, 1);
    const { id } = await rotation.start();
    const isStuck = ({ state }: RunBody) => state === 'stuck';
    expect((await room.until(id, isStuck)).evidence).toMatchObject({ missing: ['gone', 'late'] });
    const say = (consumer: string, reason: string, as = 'engineer') =>
      room.ask<RunBody & { readonly forgotten: { readonly reason: string } }>(
        'POST',
        `/v1/rotations/${rotation.id}/forgotten-consumers`,
        { as, body: { consumer, reason } },
      );
    const forget = async (consumer: string, reason = 'It was taken down.') => {
      await decide((await say(consumer, reason)).body.approvalId, 'custodian');
      return say(consumer, reason);
    };
    expect((await say('gone', 'So.', 'custodian')).body.code).toBe('forbidden');
    const alone = await say('gone', 'It was taken down.');
    expect([alone.status, alone.body.code]).toEqual([403, 'approval_required']);
    expect((await decide(alone.body.approvalId, 'engineer')).status).toBe(403);
    expect((await room.run(id)).state).toBe('stuck');
    expect((await forget('nobody')).body.code).toBe('consumer_not_found');
    expect(await forget('gone')).toMatchObject({
      ...{ status: 201, body: { instance: 'gone', forgotten: { reason: 'It was taken down.' } } },
    });
    expect((await forget('gone', 'Again.')).body.code).toBe('consumer_not_found');
    // It looked again, and has no more patience with the other than before.
    expect((await room.until(id, isStuck)).evidence).toMatchObject({ missing: ['late'] });
    const { version } = await rotation.fetch('gone');
    await rotation.acknowledge(version, 'late');
    await forget('late');
    expect((await room.until(id, isStuck)).evidence).toMatchObject({ missing: ['gone'] });
    await forget('gone', 'It was taken down once more.');
    expect(await room.until(id, over)).toMatchObject({ state: 'finished' });
    expect(await room.server.opens(rotation.accounts[0], PASSWORD_BEFORE)).toBe(false);
    const { rows } = await room.superuser.query(
      `SELECT FROM audit.records WHERE leaf::jsonb ->> 'subject' = $1
         AND leaf::jsonb ->> 'type' = 'rotation.consumer-forgotten'`,
      [rotation.id],
    );
    expect(rows).toHaveLength(3);
    expect(await returns(rotation)).toEqual([['gone']]);
    const declare = async (...expectedConsumers: string[]) => {
      const { version } = await room.expected<{ version: number }>(200, 'GET', `/v1/rotations/${rotation.id}`, {
        as: 'engineer',
      });
      const body = { expectedConsumers };
      await room.expected(200, 'PATCH', `/v1/rotations/${rotation.id}`, { as: 'engineer', body, version });
    };
    await declare('late');
    await declare('late', 'gone');
    expect(await returns(rotation)).toEqual([['gone'], ['gone']]);
    expect((await room.run(id)).consumers.map(({ instance, forgotten }) => [instance, forgotten !== null])).toEqual([
      ['gone', false],
      ['late', true],
    ]);
  });

  it('waits again for a caller that was said to be gone and signs in', async () => {
    const rotation = await room.pair(targetId);
    const { id } = await rotation.start();
    await room.until(id, at('watch-old'));
    const waitsFor = async (...missing: string[]) => {
      const words = missing.join();
      while ((await room.run(id)).evidence?.missing.join() !== words) {
        await room.superuser.query(`UPDATE muster.rotation_runs SET due_at = now() - interval '1 s' WHERE id = $1`, [
          id,
        ]);
        await room.turn();
      }
    };
    const visit = async () => (await room.server.signIn(rotation.accounts[0], PASSWORD_BEFORE, 'batch')).end();
    await visit();
    const consumer = 'batch at 127.0.0.1';
    await waitsFor(consumer);
    const body = { consumer, reason: 'It was taken down.' };
    const say = () => room.ask('POST', `/v1/rotations/${rotation.id}/forgotten-consumers`, { as: 'engineer', body });
    await decide((await say()).body.approvalId, 'custodian');
    // Logins are noted once a second, by another clock: within it, whoever signed in may have come again.
    await sleep(2500);
    expect((await say()).status).toBe(201);
    await waitsFor();
    await visit();
    await waitsFor(consumer);
    expect(await returns(rotation)).toEqual([[consumer]]);
    // It is a caller, as it was before, and no consumer.
    expect((await room.run(id)).consumers).toEqual([]);
  });

  it('goes back when it is cancelled, and withdraws the new one once nobody is on it', async () => {
    const rotation = await room.pair(targetId);
    await rotation.hurry(1);
    const first = await rotation.start();
    expect(await room.until(first.id, over)).toMatchObject({ state: 'finished' });
    const old = await rotation.fetch();
    await rotation.acknowledge(1);
    const { id } = await rotation.start();
    await room.until(id, at('watch-old'));
    const made = await rotation.fetch();
    await rotation.acknowledge(2);
    const back = await post(id, 'cancellation', 'engineer', { reason: 'Too soon.' });
    expect(back.body).toMatchObject({ direction: 'back', step: 'deliver', state: 'running' });
    await room.until(id, failing('consumer_not_seen'));
    expect(await room.server.opens(made.account, made.secret)).toBe(true);
    expect(await rotation.fetch()).toMatchObject({ version: 1, secret: old.secret, previousVersion: 2 });
    await rotation.acknowledge(1);
    await room.server.opens(old.account, old.secret);
    expect(await room.until(id, over)).toMatchObject({ state: 'cancelled' });
    expect(await room.server.opens(made.account, made.secret)).toBe(false);
    expect(await room.server.opens(old.account, old.secret)).toBe(true);
    expect((await rotation.start()).newVersion).toBe(4);
  });

  it('makes nothing new for an identity that is suspended', async () => {
    const rotation = await room.pair(targetId);
    const { id } = await rotation.start();
    await room.superuser.query(
      `UPDATE muster.identities SET status = 'suspended', status_reason = 'A look.' WHERE id = (
         SELECT identity_id FROM muster.rotations WHERE id = $1)`,
      [rotation.id],
    );
    expect(await room.until(id, over)).toMatchObject({ state: 'cancelled', failure: 'suspended', step: 'create' });
    expect(
      (await room.ask('POST', `/v1/rotations/${rotation.id}/runs`, { as: 'engineer', body: { reason: 'x' } })).body
        .code,
    ).toBe('identity_not_active');
  });
});

describe('what is half-way or was asked for', () => {
  it('does not wait for all that are to begin by their schedules, nor keeps them from it', async () => {
    const half = await started();
    await room.until(half.id, at('watch-old'));
    // Whatever else is left here waits.
    await room.superuser.query(
      `UPDATE muster.rotation_runs SET due_at = now() + interval '1 day' WHERE due_at IS NOT NULL`,
    );
    const [asked, one, other] = [await started(), await started(), await started()];
    const due = (id: string, cause: string, seconds: number) =>
      room.superuser.query(
        'UPDATE muster.rotation_runs SET cause = $2, due_at = now() - make_interval(secs => $3) WHERE id = $1',
        [id, cause, seconds],
      );
    await due(half.id, 'schedule', 0);
    await due(asked.id, 'suspicion', 1);
    await due(one.id, 'schedule', 7200);
    await due(other.id, 'maximum-age', 3600);
    const store = room.get(RunStore);
    const ids: (string | undefined)[] = [];
    while (ids.length < 5) ids.push((await store.claim([]))?.run.id);
    expect([ids.slice(0, 2).sort(), ids.slice(2, 4).sort(), ids[4]]).toEqual([
      [asked.id, one.id].sort(),
      [half.id, other.id].sort(),
      undefined,
    ]);
    await room.superuser.query('UPDATE muster.rotation_runs SET claimed_until = NULL');
    for (const { id } of [half, asked, one, other])
      await post(id, 'cancellation', 'engineer', { reason: 'It was a test.' });
  });
});

describe('an identity that is retired meanwhile', () => {
  const retire = (rotation: RotatingPair) =>
    room.superuser.query(
      `UPDATE muster.identities SET status = 'retired', changed_at = now() WHERE id = (
         SELECT identity_id FROM muster.rotations WHERE id = $1)`,
      [rotation.id],
    );
  const expectNothingLeft = async ({ id, accounts }: RotatingPair) => {
    const left = await room.server.canSignIn();
    expect(left.filter((name) => accounts.includes(name))).toEqual([]);
    const { rows } = await room.superuser.query<{ sealed: number }>(
      'SELECT count(secret_sealed)::integer AS sealed FROM muster.rotation_secrets WHERE rotation_id = $1',
      [id],
    );
    expect(rows).toEqual([{ sealed: 0 }]);
  };

  it('leaves nothing that works, and waits for nobody, stuck or not', async () => {
    const rotation = await room.pair(targetId, { expectedConsumers: ['far-away'] });
    await rotation.hurry(1, 1);
    const { id } = await rotation.start();
    await room.until(id, ({ state }) => state === 'stuck');
    await retire(rotation);
    expect(await room.get(RetiredRunsJobs).takeUp()).toBe(1);
    expect(await room.until(id, over)).toMatchObject({ state: 'finished', failure: null });
    await expectNothingLeft(rotation);
  });

  it('leaves nothing either where its first run was given up before anything was given out', async () => {
    const rotation = await room.pair(targetId);
    const { id } = await rotation.start();
    watchCrashPoints((point) => {
      if (point === 'rotation:3') throw new Error('It breaks off.');
    });
    await room.turn();
    watchCrashPoints(undefined);
    const back = await post(id, 'cancellation', 'engineer', { reason: 'Not that one.' });
    expect(back.body).toMatchObject({ step: 'revoke-old', direction: 'back', oldVersion: null });
    await retire(rotation);
    expect(await room.until(id, over)).toMatchObject({ state: 'cancelled' });
    await expectNothingLeft(rotation);
  });
});

describe('a target that does not answer', () => {
  it('holds a run up no longer than any step takes, though it neither answers nor fails', async () => {
    const [jobs, work] = [room.get(RunsJobs), room.get(StepWork)];
    const [longest, take] = [jobs['longestTurnMilliseconds'], work.take.bind(work)];
    Object.assign(jobs, { longestTurnMilliseconds: 100 });
    work.take = () => new Promise(() => undefined);
    const { id } = await (await room.pair(targetId)).start();
    await room.until(id, failing('internal'));
    Object.assign(jobs, { longestTurnMilliseconds: longest });
    work.take = take;
    expect(await room.until(id, at('watch-old'))).toMatchObject({ state: 'running', step: 'watch-old' });
  });

  const waits = async (attempts: number, seconds: number) => {
    const { id } = await (await room.pair(targetId)).start();
    await room.superuser.query(
      `UPDATE muster.rotation_runs SET failure = 'target_busy', attempts = $2, due_at = now() + make_interval(secs => $3)
       WHERE id = $1`,
      [id, attempts, seconds],
    );
    return room.run(id);
  };

  it('is not taken to answer again by who asked it nothing', async () => {
    const [resting, held] = [await waits(0, 3_600), await waits(1, 0)];
    const work = room.get(StepWork);
    const take = work.take.bind(work);
    const until = new Date(Date.now() + 3_600_000);
    work.take = () => Promise.resolve({ kind: 'held', code: 'frozen', until });
    await room.until(held.id, failing('frozen'));
    work.take = take;
    expect(await room.run(resting.id)).toMatchObject({ failure: 'target_busy', dueAt: resting.dueAt });
    for (const { id } of [resting, held]) await post(id, 'cancellation', 'engineer', { reason: 'It was a test.' });
  });

  it('is seen to answer again by who began before it was away', async () => {
    const [resting, other] = [await waits(0, 3_600), await started()];
    const [work, trouble] = [room.get(StepWork), room.get(TargetTrouble)];
    const take = work.take.bind(work);
    work.take = () => {
      trouble.note(targetId, false, performance.now());
      trouble.note(targetId, true, performance.now());
      return Promise.resolve({ kind: 'held', code: 'frozen', until: new Date(Date.now() + 3_600_000) });
    };
    await room.until(other.id, failing('frozen'));
    // It is called, and its turn comes.
    await room.until(resting.id, failing('frozen'));
    work.take = take;
    for (const { id } of [resting, other]) await post(id, 'cancellation', 'engineer', { reason: 'It was a test.' });
  });

  it('has who was let be go on at once when it answers, and who failed there itself within a minute', async () => {
    const runs = [await waits(0, 3_600), await waits(40, 3_600), await waits(2, 15)];
    const before = Date.now();
    await room.get(RunStore).wake(targetId, ['target_busy']);
    const after = Date.now();
    const woken = await Promise.all(runs.map(({ id }) => room.run(id)));
    expect(woken.map(({ failure }) => failure)).toEqual([null, 'target_busy', 'target_busy']);
    const due = woken.map(({ dueAt }) => Date.parse(dueAt!));
    expect(due[0]).toBeLessThanOrEqual(after);
    expect(due[1]).toBeGreaterThanOrEqual(before + 60_000);
    expect(due[1]).toBeLessThanOrEqual(after + 60_000);
    expect(due[2]).toBe(Date.parse(runs[2]!.dueAt!));
    for (const { id } of runs) await post(id, 'cancellation', 'engineer', { reason: 'It was a test.' });
  });

  it('keeps no other waiting with its twelve rotations, and is gone on with as soon as it answers', async () => {
    const door = await FaultyDoor.to(Number(new URL(room.server.superuserUrl).port), Math.random);
    const hanging = await room.target(door.port);
    const runs: RunBody[] = [];
    for (let number = 0; number < 12; number += 1) runs.push(await (await room.pair(hanging)).start());
    const other = await room.pair(targetId);
    door.mood = 'hangs';
    const turn = room.turn();
    while (door.faults === 0) await sleep(50);
    // It falls due only while everybody waits for an answer.
    const { id } = await other.start();
    await turn;
    expect((await room.run(id)).step).not.toBe('create');
    // Eight at once found out, on a slow machine some of them twice; the others were let be, which is no attempt of theirs.
    const seen = await Promise.all(runs.map((run) => room.run(run.id)));
    expect(seen.map(({ failure, dueAt }) => [failure, Date.parse(dueAt!) > Date.now()])).toEqual(
      seen.map(() => ['target_busy', true]),
    );
    expect(seen.filter(({ attempts }) => attempts === 0)).toHaveLength(4);
    door.mood = 'well';
    // Whoever goes on is another process, which never saw that it was away.
    room.get(TargetTrouble).note(hanging, true, performance.now());
    let after = seen;
    for (; after.every(({ step }) => step === 'create'); await sleep(50)) {
      await room.turn();
      after = await Promise.all(runs.map((run) => room.run(run.id)));
    }
    // Who was let be was woken by the first that was answered, though their places were seconds later.
    expect(after.filter((_, index) => seen[index]!.attempts === 0).map(({ step }) => step)).not.toContain('create');
    await door.close();
    for (const run of [...runs, { id }]) await post(run.id, 'cancellation', 'engineer', { reason: 'It was a test.' });
  });
});

describe('a client that connects for 50 ms once an hour', () => {
  it('blocks the withdrawal for as long as it comes; the old one goes once nobody came for as long as is watched', async () => {
    const endpoint = new FakeEndpoint(() => clock.now());
    try {
      const keys = new Map([[BEFORE, 'a secret of before']]);
      endpoint.accounts.set('worker', keys);
      const visits = (endpoint.visits = [] as NonNullable<typeof endpoint.visits>);
      const visit = (key: string) => visits.push({ key, application: 'hourly', at: clock.now() });
      const { id } = await room.onEndpoint(
        `${await endpoint.start()}?pairing=keys`,
        { observeSeconds: 5_400 },
        'worker',
      );
      await room.until(id, at('watch-old'));
      /** The worker looks every ten minutes. @returns whether the old one works still, at each of them */
      const pass = async (minutes: number) => {
        const works: boolean[] = [];
        for (let left = minutes; left > 0; left -= 10) {
          clock.advance(600);
          await room.turn();
          works.push(keys.has(BEFORE));
        }
        return works;
      };
      for (let hour = 1; hour <= 2; hour += 1) {
        visit(BEFORE);
        expect(await pass(60)).not.toContain(false);
        expect((await room.run(id)).evidence).toMatchObject({
          verdict: 'old_still_used',
          missing: ['hourly at 10.0.0.7'],
        });
      }
      visit(BEFORE);
      clock.advance(1);
      // From now on it has the new one, and comes an hour later as ever.
      visit([...keys.keys()].find((key) => key !== BEFORE)!);
      expect(await pass(80)).not.toContain(false);
      expect((await room.run(id)).evidence).toMatchObject({ verdict: 'old_still_used', missing: [] });
      expect((await pass(20)).at(-1)).toBe(false);
      expect(await room.until(id, over)).toMatchObject({ state: 'finished', evidence: { verdict: 'permitted' } });
    } finally {
      await endpoint.stop();
    }
  });
});

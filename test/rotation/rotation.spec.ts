import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Id } from '../../src/kernel/index.js';
import { RotationRoom, type RunBody } from './room.js';
import { PASSWORD_BEFORE } from './server.js';
import { everyStepOnce } from './steps-done.js';
import { FaultyDoor } from './strain/faulty-door.js';

jest.setTimeout(240_000);

/** A pair of roles on a real PostgreSQL rotates, and nobody who uses it is left behind. */

let room: RotationRoom;
let targetId: Id<'target'>;

beforeAll(async () => {
  room = await RotationRoom.open();
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
    const decide = (as: string) =>
      room.ask('POST', `/v1/approvals/${asked.body.approvalId}/decision`, {
        as,
        body: { verdict: 'approve', reason: 'So it was.' },
      });
    expect((await decide('engineer')).status).toBe(403);
    expect((await room.run(id)).state).toBe('stuck');
    expect((await decide('custodian')).status).toBe(200);
    expect((await post(id, 'override', 'engineer', body)).status).toBe(200);
    expect(await room.until(id, over)).toMatchObject({ state: 'finished' });
    expect(await room.server.opens(rotation.accounts[0], PASSWORD_BEFORE)).toBe(false);
  });

  it('waits no more for who is said to be gone, until they are heard of again', async () => {
    const rotation = await room.pair(targetId, { expectedConsumers: ['gone', 'late'] });
    await rotation.hurry(1, 1);
    const { id } = await rotation.start();
    const isStuck = ({ state }: RunBody) => state === 'stuck';
    expect((await room.until(id, isStuck)).evidence).toMatchObject({ missing: ['gone', 'late'] });
    const forget = (consumer: string, as = 'engineer') =>
      room.ask<{ readonly code: string; readonly forgotten: { readonly reason: string } }>(
        'POST',
        `/v1/rotations/${rotation.id}/forgotten-consumers`,
        { as, body: { consumer, reason: 'It was taken down.' } },
      );
    expect((await forget('gone', 'custodian')).status).toBe(403);
    expect((await forget('nobody')).body.code).toBe('consumer_not_found');
    expect(await forget('gone')).toMatchObject({
      ...{ status: 201, body: { instance: 'gone', forgotten: { reason: 'It was taken down.' } } },
    });
    expect((await forget('gone')).body.code).toBe('consumer_not_found');
    // It looked again, and has no more patience with the other than before.
    expect((await room.until(id, isStuck)).evidence).toMatchObject({ missing: ['late'] });
    const { version } = await rotation.fetch('gone');
    await rotation.acknowledge(version, 'late');
    await forget('late');
    expect((await room.until(id, isStuck)).evidence).toMatchObject({ missing: ['gone'] });
    await forget('gone');
    expect(await room.until(id, over)).toMatchObject({ state: 'finished' });
    expect(await room.server.opens(rotation.accounts[0], PASSWORD_BEFORE)).toBe(false);
    const { rows } = await room.superuser.query(
      `SELECT FROM audit.records WHERE leaf::jsonb ->> 'subject' = $1
         AND leaf::jsonb ->> 'type' = 'rotation.consumer-forgotten'`,
      [rotation.id],
    );
    expect(rows).toHaveLength(3);
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

describe('an identity that is retired meanwhile', () => {
  it('leaves nothing that works, and waits for nobody', async () => {
    const rotation = await room.pair(targetId);
    const { id } = await rotation.start();
    await room.until(id, at('watch-old'));
    const { account, secret } = await rotation.fetch();
    await room.superuser.query(
      `UPDATE muster.identities SET status = 'retired' WHERE id = (SELECT identity_id FROM muster.rotations WHERE id = $1)`,
      [rotation.id],
    );
    await room.superuser.query('UPDATE muster.rotation_runs SET due_at = now() WHERE id = $1', [id]);
    expect(await room.until(id, over)).toMatchObject({ state: 'finished', failure: null });
    expect(await room.server.opens(rotation.accounts[0], PASSWORD_BEFORE)).toBe(false);
    expect(await room.server.opens(account, secret)).toBe(false);
    const { rows } = await room.superuser.query<{ sealed: number }>(
      'SELECT count(secret_sealed)::integer AS sealed FROM muster.rotation_secrets WHERE rotation_id = $1',
      [rotation.id],
    );
    expect(rows).toEqual([{ sealed: 0 }]);
  });
});

describe('a target that does not answer', () => {
  it('keeps no other waiting with its twenty rotations', async () => {
    const door = await FaultyDoor.to(Number(new URL(room.server.superuserUrl).port), Math.random);
    const hanging = await room.target(door.port);
    const runs: RunBody[] = [];
    for (let number = 0; number < 20; number += 1) runs.push(await (await room.pair(hanging)).start());
    const other = await (await room.pair(targetId)).start();
    door.mood = 'hangs';
    const turn = room.turn();
    while ((await room.run(other.id)).step === 'create') await sleep(100);
    // Eight at once found out; the others were let be.
    expect(door.faults).toBeLessThan(16);
    await door.close();
    await turn;
    for (const { id } of [...runs, other]) await post(id, 'cancellation', 'engineer', { reason: 'It was a test.' });
  });
});

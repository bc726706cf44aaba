import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Actor, Id } from '../../src/kernel/index.js';
import { Consumers } from '../../src/rotation/consumers/consumers.service.js';
import { newId } from '../inventory/rows.js';
import { RotationRoom, type RunBody } from './room.js';
import { PASSWORD_BEFORE } from './server.js';

/** A pair of roles on a real PostgreSQL rotates, and nobody who uses it is left behind. */

let room: RotationRoom;
let owner: Id<'person'>;
let backup: Id<'person'>;
let targetId: Id<'target'>;

beforeAll(async () => {
  room = await RotationRoom.open();
  owner = await room.person('boss', 'administrator');
  await room.person('engineer', 'platform-engineer');
  backup = await room.person('other', 'administrator');
  targetId = await room.target('boss', owner);
});
afterAll(() => room?.close());
afterEach(() => expect(room.failures.splice(0)).toEqual([]));

/** An identity with a pair of roles, the first of them in use, and its rotation. */
async function pair(changed: Readonly<Record<string, unknown>> = {}) {
  const identityId = await room.identity({ primary_custodian_id: owner, backup_custodian_id: backup });
  const accounts = await room.server.pair();
  for (const account of accounts)
    await room.expected(201, 'POST', `/v1/targets/${targetId}/accounts`, {
      as: 'boss',
      body: { identityId, account },
    });
  const body = { name: `rotation of ${accounts[0]}`, identityId, targetId, accounts, observeSeconds: 60, ...changed };
  const { id } = await room.expected<{ id: Id<'rotation'> }>(201, 'POST', '/v1/rotations', { as: 'engineer', body });
  const actor: Actor = {
    principal: {
      ...{ kind: 'workload', id: identityId, spiffeId: 'spiffe://muster.test/x' },
      credential: { kind: 'certificate', id: newId('certificate') },
    },
    ...{ requestId: newId('request'), decision: { effect: 'allow', reasons: [], policy: 'test' } },
  };
  const consumers = room.get(Consumers);
  return {
    ...{ id, identityId, accounts },
    fetch: (instance = 'one') => consumers.fetch(actor, id, instance),
    acknowledge: (version: number, instance = 'one') => consumers.acknowledge(actor, id, version, instance),
    /** Makes the time that the old one is watched so short that a test may wait for it. */
    observe: (seconds: number) =>
      room.superuser.query('UPDATE muster.rotations SET observe_seconds = $2 WHERE id = $1', [id, seconds]),
    start: () =>
      room.expected<RunBody>(201, 'POST', `/v1/rotations/${id}/runs`, {
        as: 'engineer',
        body: { reason: 'It is time.' },
      }),
  };
}

/** Lets the worker go on until a run is as it is waited for. */
async function until(id: Id<'rotationRun'>, there: (run: RunBody) => boolean): Promise<RunBody> {
  for (let left = 400; left > 0; left -= 1) {
    await room.turn();
    const run = await room.run(id);
    if (there(run)) return run;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`It does not come to that: ${JSON.stringify(await room.run(id))}`);
}

/** Somebody who keeps asking, and says where it failed. */
function asking(account: string, secret: string) {
  const failures: unknown[] = [];
  let going = true;
  const over = (async () => {
    while (going) {
      const client = await room.server
        .signIn(account, secret, 'asking')
        .catch((error: unknown) => failures.push(error));
      if (typeof client !== 'object') return;
      await client.query('SELECT 1').catch((error: unknown) => failures.push(error));
      await client.end();
    }
  })();
  return {
    failures,
    stop: async () => {
      going = false;
      await over;
    },
  };
}

describe('a pair of roles', () => {
  it('rotates under a client that keeps asking, twice over', async () => {
    const rotation = await pair();
    await rotation.observe(1);
    const started = await rotation.start();
    const waiting = await until(started.id, ({ step }) => step === 'watch-old');
    expect(waiting).toMatchObject({ state: 'running', newVersion: 1, oldVersion: null });
    const first = await rotation.fetch();
    expect(first).toMatchObject({ version: 1, account: rotation.accounts[1], previousVersion: null });
    expect(await room.server.opens(first.account, first.secret)).toBe(true);
    expect(await room.server.opens(rotation.accounts[0], PASSWORD_BEFORE)).toBe(true);
    await rotation.acknowledge(1);
    expect(await until(started.id, ({ state }) => state !== 'running')).toMatchObject({
      state: 'finished',
      failure: null,
    });
    expect(await room.server.opens(rotation.accounts[0], PASSWORD_BEFORE)).toBe(false);
    expect(await room.server.opens(first.account, first.secret)).toBe(true);

    const client = asking(first.account, first.secret);
    const second = await rotation.start();
    const seen = await until(second.id, ({ failure }) => failure === 'old_still_used');
    expect(seen.evidence).toMatchObject({ verdict: 'old_still_used', coverage: 'complete' });
    expect(seen.evidence!.callers.map(({ application }) => application)).toContain('asking');
    const next = await rotation.fetch();
    expect(next).toMatchObject({ version: 2, account: rotation.accounts[0], previousVersion: 1 });
    const moved = asking(next.account, next.secret);
    await rotation.acknowledge(2);
    await client.stop();
    expect(await until(second.id, ({ state }) => state !== 'running')).toMatchObject({ state: 'finished' });
    await moved.stop();
    expect([client.failures, moved.failures]).toEqual([[], []]);
    expect(await room.server.opens(first.account, first.secret)).toBe(false);
    expect(await room.server.opens(next.account, next.secret)).toBe(true);
  });
});

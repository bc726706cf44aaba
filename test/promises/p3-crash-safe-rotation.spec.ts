import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { inconsistencies } from './cases/consistency.js';
import { eventually, Scene } from './cases/index.js';
import { resting } from './cases/rotation.js';
import type { Workload } from './cases/scene.js';
import { everyStepOnce } from '../rotation/steps-done.js';
import { cloneDatabase, type TestDatabase } from '../harness/index.js';
import { type Home, newHome, ServiceProcess } from '../harness/service-process.js';
import { PASSWORD_BEFORE, RotatingServer } from '../rotation/server.js';

// Each kill is a start of the service.
jest.setTimeout(300_000);

/**
 * One rotation of a pair of roles on a real PostgreSQL, whose service is killed (`kill -9`) once before and once after the old one
 * is withdrawn: each time between what was done there and Muster's word of it. A consumer that follows its contract uses it
 * all the while.
 *
 * Every other point, on every kind of target, is tried by `test/rotation/deaths.spec.ts` without a process: all points lie outside
 * of transactions, so what a killed process leaves in the database is what it had committed, and that is what a worker leaves
 * that is ended by an exception and not heard of again. What only a process can show is shown here: that its connections
 * die with it, that nothing that matters was in its memory, and that another one finds its way back to work by itself.
 */

/** The step that the run is at when it is taken up again. */
const POINTS: readonly (readonly [number, string])[] = [
  [3, 'create'],
  [14, 'revoke-old'],
];

interface Held {
  readonly version: number;
  readonly account: string;
  readonly secret: string;
  readonly previousVersion: number | null;
}

let home: Home;
let database: TestDatabase;
let server: RotatingServer;
let service: ServiceProcess;
let scene: Scene;
let workload: Workload;
let accounts: [string, string];
let rotationId: string;
let runId: string;
/** Another one, which never gets anywhere: whoever starts or ends a run of it wakes the worker. */
let bellId: string;
/** What the consumer has, the newest last. */
let held: Pick<Held, 'account' | 'secret'>[];

async function start(): Promise<void> {
  service = await ServiceProcess.start(home, {
    DATABASE_URL: database.appUrl,
    DATABASE_OWNER_URL: database.ownerUrl,
    DATABASE_SIGNER_URL: database.signerUrl,
  });
  await service.ready();
}

beforeAll(async () => {
  [home, database, server] = await Promise.all([newHome(), cloneDatabase(), RotatingServer.start()]);
  await start();
  const administrator = await service.cast.administrator();
  const place = { ports: service.ports, root: service.root };
  scene = await Scene.open({ place, administrator, superuserUrl: database.superuserUrl });
  workload = await scene.workload();
  const target = await scene.target({ url: server.superuserUrl });
  accounts = await server.pair();
  held = [{ account: accounts[0], secret: PASSWORD_BEFORE }];
  const identityId = workload.identity.id;
  for (const account of accounts)
    await scene.engineer.visitor.post(`/v1/targets/${target.id}/accounts`, { identityId, account });
  const body = { name: 'orders', identityId, targetId: target.id, accounts };
  rotationId = (await scene.engineer.visitor.post<{ id: string }>('/v1/rotations', body)).id;
  await scene.superuser.query('UPDATE muster.rotations SET observe_seconds = 1');
  bellId = (await resting(scene)).id;
});
afterAll(async () => {
  await scene?.close();
  await service?.stop();
  await server?.stop();
  await database?.drop();
  await home?.remove();
});

/** As time would: the claim of a worker that died ends, and a turn comes. */
async function relieve(): Promise<void> {
  await scene.superuser.query(
    `UPDATE muster.rotation_runs SET claimed_until = NULL, due_at = now()
     WHERE rotation_id = $1 AND ended_at IS NULL AND due_at IS NOT NULL`,
    [rotationId],
  );
  await ring();
}

/** Whoever rings may be cut off. */
async function ring(): Promise<void> {
  const { visitor } = scene.engineer;
  const { rows } = await scene.superuser.query<{ id: string }>(
    'SELECT id FROM muster.rotation_runs WHERE rotation_id = $1 AND ended_at IS NULL',
    [bellId],
  );
  const [live] = rows;
  const path = live ? `/v1/rotation-runs/${live.id}/cancellation` : `/v1/rotations/${bellId}/runs`;
  await visitor.call('POST', path, { reason: 'It is time.' }).catch(() => undefined);
}

/** Nobody takes it up before the next point is named, however long the service takes to start. */
async function keepClaimed(): Promise<void> {
  await scene.superuser.query(
    `UPDATE muster.rotation_runs SET claimed_until = now() + interval '1 hour' WHERE rotation_id = $1 AND ended_at IS NULL`,
    [rotationId],
  );
}

async function stepOf(id: string): Promise<string> {
  const { rows } = await scene.superuser.query<{ step: string }>(
    'SELECT step FROM muster.rotation_runs WHERE id = $1',
    [id],
  );
  return rows[0]!.step;
}

/** What a consumer does when it comes: takes the newest, keeps the one before, and says so. */
async function consume(): Promise<void> {
  const { visitor } = workload;
  const { status, body } = await visitor.call<Held>('GET', `/v1/rotations/${rotationId}/secret?instance=orders-1`);
  if (status !== 200) return;
  if (held.at(-1)!.secret !== body.secret) held.push(body);
  await visitor.call('POST', `/v1/rotations/${rotationId}/acknowledgements`, {
    ...{ version: body.version, instance: 'orders-1' },
  });
}

/** What the consumer does with it: tries the newest first. */
async function getsIn(): Promise<boolean> {
  for (const { account, secret } of held.toReversed()) if (await server.opens(account, secret)) return true;
  return false;
}

/** The consumer goes on with what it does for as long as that takes. */
async function livingUntil<Result>(end: Promise<Result>): Promise<Result> {
  const over = end.then(() => true);
  while (!(await Promise.race([over, sleep(200, false)]))) {
    await consume().catch(() => undefined);
    expect(await getsIn()).toBe(true);
  }
  return end;
}

async function rotate(): Promise<void> {
  let begun = false;
  for (const [number, step] of POINTS) {
    await service.crashAt(`rotation:${number}`);
    if (begun) await relieve();
    else
      // Who starts it may be cut off: it stands by then.
      await scene.engineer.visitor
        .call('POST', `/v1/rotations/${rotationId}/runs`, { reason: 'It is time.' })
        .catch(() => undefined);
    begun = true;
    expect([number, await livingUntil(service.ended())]).toEqual([number, { code: null, signal: 'SIGKILL' }]);
    const { rows } = await scene.superuser.query<{ id: string }>(
      'SELECT id FROM muster.rotation_runs WHERE rotation_id = $1 ORDER BY id DESC LIMIT 1',
      [rotationId],
    );
    runId = rows[0]!.id;
    expect([number, await stepOf(runId)]).toEqual([number, step]);
    expect([number, await getsIn()]).toEqual([number, true]);
    await keepClaimed();
    await start();
    await consume();
    expect([number, await getsIn()]).toEqual([number, true]);
  }
}

describe('a service killed while it rotates (P3, P5)', () => {
  it('leaves the consumer one that works, and another one finishes it, once', async () => {
    await rotate();
    await relieve();
    const over = `SELECT FROM muster.rotation_runs WHERE id = '${runId}' AND state = 'finished'`;
    await eventually(async () => {
      await consume();
      expect(await getsIn()).toBe(true);
      return (await scene.superuser.query(over)).rowCount === 1;
    }, 'the run to be finished');
    expect(await server.opens(accounts[0], PASSWORD_BEFORE)).toBe(false);
    expect(await server.canSignIn()).toEqual([accounts[1]]);
    expect(await server.opens(held.at(-1)!.account, held.at(-1)!.secret)).toBe(true);
    expect(await everyStepOnce(scene.superuser)).toEqual([]);
    expect(await inconsistencies(scene.superuser)).toEqual([]);
  });
});

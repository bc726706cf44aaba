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
jest.setTimeout(900_000);

/**
 * One rotation of a pair of roles on a real PostgreSQL, whose worker is killed at every point of its way, one after the other. A
 * consumer that follows its contract uses it all the while.
 */

/** In the order in which a run comes by, and the step that it is at when it is taken up again. */
const POINTS: readonly (readonly [number, string])[] = [
  [1, 'create'],
  [2, 'create'],
  [3, 'create'],
  [4, 'create'],
  [5, 'deliver'],
  [6, 'deliver'],
  [7, 'deliver'],
  [8, 'verify-new'],
  [9, 'verify-new'],
  [10, 'watch-old'],
  [11, 'watch-old'],
  [12, 'revoke-old'],
  [13, 'revoke-old'],
  [14, 'revoke-old'],
  [15, 'verify-dead'],
  [16, 'verify-dead'],
  [17, 'verify-dead'],
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

async function stepOf(id = runId): Promise<string> {
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

async function rotate(points: typeof POINTS): Promise<void> {
  let begun = false;
  for (const [number, step] of points) {
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
    expect([number, await stepOf()]).toEqual([number, step]);
    expect([number, await getsIn()]).toEqual([number, true]);
    await keepClaimed();
    await start();
    await consume();
    expect([number, await getsIn()]).toEqual([number, true]);
  }
}

describe('a worker killed while it rotates (P3, P5)', () => {
  it('leaves the consumer one that works, at every point, and another goes on from there', async () => {
    await rotate(POINTS);
    const { rows } = await scene.superuser.query('SELECT state, failure FROM muster.rotation_runs WHERE id = $1', [
      runId,
    ]);
    expect(rows).toEqual([{ state: 'finished', failure: null }]);
    expect(await server.opens(accounts[0], PASSWORD_BEFORE)).toBe(false);
  });

  it('does so as well where the old one is its own, and nothing is doubled, orphaned or inconsistent', async () => {
    // Where something is made, and where something is withdrawn.
    await rotate(POINTS.filter(([number]) => [3, 14].includes(number)));
    await relieve();
    const over = `SELECT FROM muster.rotation_runs WHERE id = '${runId}' AND ended_at IS NULL`;
    await eventually(async () => {
      await consume();
      return (await scene.superuser.query(over)).rowCount === 0;
    }, 'the run to be over');
    expect(await everyStepOnce(scene.superuser)).toEqual([]);
    expect(await inconsistencies(scene.superuser)).toEqual([]);
    expect(await server.canSignIn()).toEqual([accounts[0]]);
    expect(await server.opens(held.at(-1)!.account, held.at(-1)!.secret)).toBe(true);
  });
});

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Muster } from '../harness/muster.js';
import { installFaults } from '../promises/cases/faults.js';
import { Scene } from '../promises/cases/index.js';
import { faultsIn, seeded, walk } from '../promises/cases/random-walk.js';
import { installWitness, recordsByRequest, testimony } from '../promises/cases/witness.js';

/** How many requests, and of which walk. */
const REQUESTS = Number(process.env.SOAK_REQUESTS ?? 100_000);
const SEED = Number(process.env.SOAK_SEED ?? 1);

let muster: Muster;
let scene: Scene;

beforeAll(async () => {
  muster = await Muster.start({
    environment: { RATE_LIMIT_FAILURES_PER_MINUTE: '1000000', RATE_LIMIT_REQUESTS_PER_MINUTE: '10000000' },
  });
  const administrator = await muster.signInAs();
  scene = await Scene.open({ place: muster, administrator, superuserUrl: muster.database.superuserUrl });
  await installFaults(scene.superuser);
  await scene.settle();
});
afterAll(async () => {
  await scene?.close();
  await muster?.stop();
});

it(`records every effect of ${REQUESTS} random requests, and nothing else (P1)`, async () => {
  await installWitness(scene.superuser);
  const steps = await walk(scene, REQUESTS, seeded(SEED));
  expect(faultsIn(steps, await recordsByRequest(scene.superuser))).toEqual([]);
  const { changing, ...wrong } = await testimony(scene.superuser);
  expect(wrong).toEqual({ unrecorded: [], idle: [] });
  console.log(`${steps.length} requests, ${changing} changing transactions, each recorded (seed ${SEED}).`);
});

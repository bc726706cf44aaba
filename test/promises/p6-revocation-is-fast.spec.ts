import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually, Scene } from './cases/index.js';
import { seeded } from './cases/random-walk.js';
import { LIMIT_MILLISECONDS, quantile, RevocationRace } from './cases/revocation-race.js';
import { Muster } from '../harness/muster.js';

jest.setTimeout(300_000);

const POINTS = 2;
const REVOCATIONS = 40;
const AT_ONCE = 4;
/** Of an age at which sensitive actions are refused (P6). */
const STALE_MILLISECONDS = 5_000;

let muster: Muster;
let scene: Scene;
let race: RevocationRace;

beforeAll(async () => {
  muster = await Muster.start({ environment: { RATE_LIMIT_REQUESTS_PER_MINUTE: '10000000' } });
  const administrator = await muster.signInAs();
  scene = await Scene.open({ place: muster, administrator, superuserUrl: muster.database.superuserUrl });
  race = await RevocationRace.open(scene, POINTS, muster.config.publicUrl, muster.config.trustDomain);
});
afterAll(async () => {
  await race?.close();
  await scene?.close();
  await muster?.stop();
});

describe('a revoked certificate (P6)', () => {
  it('is cut and refused at every enforcement point, all of them within five seconds', async () => {
    const random = seeded(6);
    const taken: number[] = [];
    let left = REVOCATIONS;
    const worker = async () => {
      while (left-- > 0) {
        await sleep(random() * 50);
        taken.push(...(await race.revokeOne()));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    expect(taken).toHaveLength(REVOCATIONS * POINTS);
    expect(Math.max(...taken)).toBeLessThan(LIMIT_MILLISECONDS);
    expect(quantile(taken, 0.5)).toBeLessThan(1_000);
  });
});

describe('an enforcement point whose feed is cut (P6)', () => {
  it('refuses what is sensitive once it has heard nothing for five seconds, and accepts it again afterwards', async () => {
    const isAllowed = async () => (await race.answers()).every((answer) => answer === 'allow');
    await eventually(isAllowed, 'the feed to be there');
    race.cutTheFeed();
    await sleep(STALE_MILLISECONDS + 500);
    expect(await race.answers()).toEqual(Array(POINTS).fill('feed_stale'));
    race.mendTheFeed();
    await eventually(isAllowed, 'the feed to come back');
  });
});

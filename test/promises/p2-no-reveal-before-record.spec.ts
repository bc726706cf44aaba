import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { CASES, EXPORTS, expectStatus, isReading, nameOf, RETURNS, ROUTES, Scene, send } from './cases/index.js';
import { BROKEN, during, FAULTS, installFaults } from './cases/faults.js';
import { everybodyIsPresent } from '../harness/always-present.js';
import { everybodyIsBelieved } from '../harness/believed-provider.js';
import { Muster } from '../harness/muster.js';

jest.setTimeout(300_000);

let muster: Muster;
let scene: Scene;

beforeAll(async () => {
  muster = await Muster.start();
  everybodyIsPresent(muster);
  everybodyIsBelieved(muster);
  const administrator = await muster.signInAs();
  scene = await Scene.open({ place: muster, administrator, superuserUrl: muster.database.superuserUrl });
  await installFaults(scene.superuser);
  await scene.settle();
});
afterAll(async () => {
  await scene?.close();
  await muster?.stop();
});

/** Routes that only read, and record that they did: what they answer is not for everyone's eyes. */
const REVEALING = CASES.filter((one) => one.records.length > 0 && (isReading(one) || EXPORTS.includes(one.route))).map(
  (one) => [nameOf(one), one] as const,
);

/** The values of an answer by which it would be known again. */
function tellingValues(text: string): string[] {
  if (!text.startsWith('{')) return text.match(/[\w-]{12,}/g) ?? [];
  const values: string[] = [];
  JSON.parse(text, (_key, value: unknown) => {
    if (typeof value === 'string' && value.length >= 12) values.push(value);
    return value;
  });
  return values;
}

describe('a read that must be recorded (P2)', () => {
  it('is every one that a route names a record for', () => {
    const named = [...ROUTES].filter(
      ([route, operation]) =>
        route.startsWith('GET') && !RETURNS.includes(route) && operation['x-muster-record'] !== 'none',
    );
    expect([...new Set(REVEALING.map(([, { route }]) => route))].sort()).toEqual(
      [...named.map(([route]) => route), ...EXPORTS].sort(),
    );
  });

  it.each(REVEALING)('%s reveals nothing while its record cannot be written', async (_name, one) => {
    const ready = await one.prepare(scene);
    const refusals: Buffer[] = [];
    for (const fault of FAULTS) {
      const reply = await during(fault, scene.superuser, () => send(one, ready));
      const { code } = reply.body as { code: string };
      expect({ fault: fault.name, told: [reply.status, code] }).toEqual({
        fault: fault.name,
        told: fault.refusal ?? BROKEN,
      });
      refusals.push(reply.bytes);
    }
    const shown = await send(one, ready);
    expectStatus(shown, one.status);
    const telling = tellingValues(shown.bytes.toString('utf8'));
    expect(telling.length).toBeGreaterThan(0);
    for (const refusal of refusals) {
      expect(telling.filter((value) => refusal.includes(value))).toEqual([]);
      expect(scene.secrets.in(refusal)).toEqual([]);
    }
  });

  it.each(REVEALING)('%s says nothing before its record is committed', async (_name, one) => {
    const ready = await one.prepare(scene);
    await scene.superuser.query('BEGIN');
    await scene.superuser.query('LOCK TABLE audit.records IN SHARE MODE');
    let answered = false;
    const asking = send(one, ready).finally(() => (answered = true));
    await sleep(300);
    const early = answered;
    await scene.superuser.query('COMMIT');
    const reply = await asking;
    expect(early).toBe(false);
    expectStatus(reply, one.status);
    expect(await scene.recordsOf(reply.headers['x-request-id'] as string)).toEqual([...one.records]);
  });
});

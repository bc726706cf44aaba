import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  CASES,
  EXPORTS,
  expectStatus,
  isReading,
  nameOf,
  operationOf,
  ROUTES,
  Scene,
  send,
  takesForm,
} from './cases/index.js';
import type { Case, Ready } from './cases/index.js';
import { BROKEN, during, FAULT_WORDS, FAULTS, installFaults, raising, TOO_LONG } from './cases/faults.js';
import { faultsIn, seeded, walk } from './cases/random-walk.js';
import { stateOf } from './cases/state.js';
import { installWitness, recordsByRequest, testimony } from './cases/witness.js';
import { everybodyIsPresent } from '../harness/always-present.js';
import { everybodyIsBelieved } from '../harness/believed-provider.js';
import { Muster } from '../harness/muster.js';
import type { Reply } from '../harness/visitor.js';

jest.setTimeout(300_000);

const UNTIRING = {
  RATE_LIMIT_FAILURES_PER_MINUTE: '1000000',
  RATE_LIMIT_REQUESTS_PER_MINUTE: '10000000',
  DATABASE_STATEMENT_TIMEOUT_SECONDS: '2',
};

/** So many requests hang at a time. */
const AT_ONCE = 40;

let muster: Muster;
let scene: Scene;

beforeAll(async () => {
  muster = await Muster.start({ environment: UNTIRING });
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

/** A refusal with a stable code in the form that the route speaks, and nothing that was not the caller's to see. */
function expectRefusal(one: Case, reply: Reply, [status, code] = BROKEN): void {
  const body = reply.body as Record<string, unknown>;
  if (takesForm(one)) expect([reply.status, body.error]).toEqual([503, 'server_error']);
  else {
    expect(reply.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect({ route: one.route, status: reply.status }).toEqual({ route: one.route, status });
    expect(body).toMatchObject({ code, status, requestId: reply.headers['x-request-id'] });
    // What passes may be sent again, and when.
    expect(/^[1-9]\d*$/.test(reply.headers['retry-after'] ?? '')).toBe(status === 503);
  }
  const text = reply.bytes.toString('latin1');
  expect(text).not.toContain(FAULT_WORDS);
  expect(text).not.toMatch(/\b(mst|msi|msu|mjt)_|eyJ|BEGIN/);
  expect(scene.secrets.in(reply.bytes)).toEqual([]);
}

describe('the matrix of cases', () => {
  it('has a case for every route of the OpenAPI document, and none for any other', () => {
    expect([...new Set(CASES.map(({ route }) => route))].sort()).toEqual([...ROUTES.keys()].sort());
  });

  it('sees every kind of record that a route says it appends, and no other', () => {
    for (const [route, operation] of ROUTES) {
      const seen = CASES.filter((one) => one.route === route).flatMap(({ records }) => records);
      const named = operation['x-muster-record'];
      expect({ route, records: [...new Set(seen)].sort() }).toEqual({
        route,
        records: named === 'none' ? [] : [...named].sort(),
      });
    }
  });

  it('sends what changes with another method than GET, so that no link and no cache sends it', () => {
    const changing = CASES.filter((one) => isReading(one) && operationOf(one)['x-muster-record'] !== 'none');
    const reads = [
      ...[
        'GET /v1/certificates/{id}/receipt',
        'GET /v1/identities/{id}/reach',
        'GET /v1/ledger',
        'GET /v1/people/{id}',
      ],
      // Whoever asks is seen to be back, where somebody said that they are gone.
      ...['GET /v1/rotations/{id}/secret', 'GET /v1/rotations/{id}/version'],
    ];
    expect([...new Set(changing.map(({ route }) => route))].sort()).toEqual(reads);
  });
});

describe('a change whose record cannot be written (P1)', () => {
  // One fault for each route, in turns: what a route can do wrong is to change something outside of its record's transaction.
  const changing = CASES.filter(({ records }) => records.length > 0);
  it.each(changing.map((one, at) => [nameOf(one), FAULTS[at % FAULTS.length]!, one] as const))(
    '%s does not happen; and it happens with its records, each once, when they can',
    async (_name, fault, one) => {
      const ready = await one.prepare(scene);
      const before = await stateOf(scene.superuser);
      const refused = await during(fault, scene.superuser, () => send(one, ready));
      expectRefusal(one, refused, fault.refusal);
      expect({ fault: fault.name, ...(await stateOf(scene.superuser)) }).toEqual({ fault: fault.name, ...before });
      expect(await scene.recordsOf(refused.headers['x-request-id'] as string)).toEqual([]);
      const reply = await send(one, ready);
      expectStatus(reply, one.status);
      const records = await scene.recordsOf(reply.headers['x-request-id'] as string);
      expect(records.sort()).toEqual([...one.records].sort());
      if (!isReading(one) && !EXPORTS.includes(one.route)) expect(await stateOf(scene.superuser)).not.toEqual(before);
    },
  );

  it.each(CASES.filter(({ records }) => records.length === 0).map((one) => [nameOf(one), one] as const))(
    '%s changes nothing that would need a record',
    async (_name, one) => {
      const ready = await one.prepare(scene);
      const before = await stateOf(scene.superuser);
      const reply = await send(one, ready);
      expectStatus(reply, one.status);
      expect(await stateOf(scene.superuser)).toEqual(before);
      expect(await scene.recordsOf(reply.headers['x-request-id'] as string)).toEqual([]);
    },
  );

  it('does not happen either where the database hangs at the record, for any route', async () => {
    const cases = changing.filter((one, at) => changing.findIndex(({ route }) => route === one.route) === at);
    // Some at a time: challenges and codes that are prepared do not last, and a slow machine takes long over them all.
    for (let from = 0; from < cases.length; from += AT_ONCE) await hangs(cases.slice(from, from + AT_ONCE));
  });

  async function hangs(cases: readonly Case[]): Promise<void> {
    const ready: [Case, Ready][] = [];
    for (const one of cases) ready.push([one, await one.prepare(scene)]);
    const before = await stateOf(scene.superuser);
    await scene.superuser.query('BEGIN');
    await scene.superuser.query('LOCK TABLE audit.records IN ACCESS EXCLUSIVE MODE');
    const sent = ready.map(async ([one, call]) => [one, await send(one, call)] as const);
    await Promise.allSettled(sent);
    await scene.superuser.query('ROLLBACK');
    const replies = await Promise.all(sent);
    for (const [one, reply] of replies) expectRefusal(one, reply, TOO_LONG);
    expect(await stateOf(scene.superuser)).toEqual(before);
  }

  it('is given up after a few attempts where the database keeps asking for another (40001)', async () => {
    const endless = { name: 'a conflict that never ends', ...raising('40001') };
    const before = await stateOf(scene.superuser);
    const reply = await during(endless, scene.superuser, () =>
      scene.engineer.visitor.call('POST', '/v1/teams', { name: 'never' }),
    );
    expect([reply.status, (reply.body as { code: string }).code]).toEqual([500, 'internal']);
    expect(await stateOf(scene.superuser)).toEqual(before);
  });

  it('leaves a refusal of a proved caller a refusal, and says nothing more, when it cannot be recorded', async () => {
    for (const fault of FAULTS) {
      const reply = await during(fault, scene.superuser, () => scene.analyst.visitor.call('POST', '/v1/people', {}));
      expect([reply.status, (reply.body as { code: string }).code]).toEqual(fault.refusal ?? BROKEN);
    }
    const reply = await scene.analyst.visitor.call('POST', '/v1/people', {});
    expect(reply.status).toBe(403);
    expect(await scene.recordsOf(reply.headers['x-request-id'] as string)).toEqual(['access.denied']);
  });
});

describe('a walk of random requests, repeated, at the same time, and with the log failing at times (P1)', () => {
  it('leaves exactly as many recorded transactions as changing ones, and every answer with its records', async () => {
    await installWitness(scene.superuser);
    const steps = await walk(scene, 150, seeded(20260302));
    const records = await recordsByRequest(scene.superuser);
    expect(faultsIn(steps, records)).toEqual([]);
    const { changing, ...wrong } = await testimony(scene.superuser);
    expect(wrong).toEqual({ unrecorded: [], idle: [] });
    expect(changing).toBeGreaterThan(150);
    const kinds = new Set(steps.map(({ status }) => Math.floor(status / 100)));
    expect([...kinds]).toEqual(expect.arrayContaining([2, 4, 5]));
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { inconsistencies } from '../promises/cases/consistency.js';
import { eventually, Scene } from '../promises/cases/index.js';
import { seeded } from '../promises/cases/random-walk.js';
import type { Identity } from '../promises/cases/scene.js';
import { embeddedSuperuserUrl } from '../harness/embedded-database.js';
import { type Home, newHome, ServiceProcess } from '../harness/service-process.js';
import { csrFor, newKey } from '../issuance/caller.js';
import { KilledRotation } from '../promises/cases/killed-rotation.js';
import { POINTS } from '../rotation/dying-worker.js';
import { tell } from './figures.js';

/** How often the service is killed, by which chance, and how many clients work meanwhile. */
const KILLS = Number(process.env.SOAK_KILLS ?? 50);
const SEED = Number(process.env.SOAK_SEED ?? 1);
const CLIENTS = Number(process.env.SOAK_CLIENTS ?? 6);
/** A life under load between two kills, milliseconds. */
const SHORTEST_LIFE = 300;
const LONGEST_LIFE = 5_000;

const UNTIRING = {
  RATE_LIMIT_FAILURES_PER_MINUTE: '1000000',
  RATE_LIMIT_REQUESTS_PER_MINUTE: '10000000',
  RATE_LIMIT_ADDRESS_PER_MINUTE: '10000000',
};

let home: Home;
let service: ServiceProcess;
let scene: Scene;
/** What was answered, which must be there for ever after. */
const answered = { identities: new Set<string>(), certificates: new Set<string>(), revoked: new Set<string>() };
let cutOff = 0;
/** What no crash explains. */
const oddities: string[] = [];

async function start(): Promise<void> {
  service = await ServiceProcess.start(home, UNTIRING);
  await service.ready();
}

beforeAll(async () => {
  home = await newHome();
  await start();
  const administrator = await service.cast.administrator();
  const place = { ports: service.ports, root: service.root };
  scene = await Scene.open({ place, administrator, superuserUrl: await embeddedSuperuserUrl(home) });
});
afterAll(async () => {
  await scene?.close();
  await service?.stop();
  await home?.remove();
});

/** Registers, issues and revokes until told to stop. Whatever is cut off may have happened or not; what is answered has. */
async function work(random: () => number, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    try {
      const identity = await scene.identity();
      answered.identities.add(identity.id);
      for (let left = 1 + Math.floor(random() * 3); left > 0 && !isOver(); left -= 1) await live(identity, random);
    } catch (error) {
      cutOff += 1;
      if (isAnswer(error)) oddities.push(error.message);
      await sleep(20);
    }
  }
}

async function live(identity: Identity, random: () => number): Promise<void> {
  const body = {
    attestation: { kind: 'join-token', token: await scene.joinToken(identity.id) },
    csr: csrFor(newKey()),
  };
  const ask = () => scene.stranger().post<{ id: string }>('/v1/certificates', body);
  const { id } = await ask();
  answered.certificates.add(id);
  if (random() < 0.2 && (await ask()).id !== id) oddities.push(`${id} was not given again for its token and key`);
  if (random() < 0.5) {
    await scene.analyst.visitor.post(`/v1/certificates/${id}/revocation`, { reason: 'key-compromise' });
    answered.revoked.add(id);
  }
}

/** A status that was not the hoped-for one. A service that is being killed cuts connections off, it refuses nothing. */
function isAnswer(error: unknown): error is Error {
  return error instanceof Error && /^(GET|POST) /.test(error.message);
}

/** What was answered and is not there. */
async function lost(): Promise<string[]> {
  const missing = async (ids: Set<string>, found: string) => {
    const { rows } = await scene.superuser.query<{ id: string }>(
      `SELECT id FROM unnest($1::text[]) AS answered (id) WHERE NOT EXISTS (${found})`,
      [[...ids]],
    );
    return rows.map(({ id }) => id);
  };
  return [
    ...(await missing(answered.identities, 'SELECT FROM muster.identities i WHERE i.id = answered.id')),
    ...(await missing(answered.certificates, 'SELECT FROM muster.credentials c WHERE c.id = answered.id')),
    ...(await missing(
      answered.revoked,
      'SELECT FROM muster.credentials c WHERE c.id = answered.id AND c.revoked_at IS NOT NULL',
    )),
  ];
}

async function isBusy(): Promise<boolean> {
  const { rows } = await scene.superuser.query<{ busy: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'muster_app' AND xact_start IS NOT NULL) AS busy`,
  );
  return rows[0]!.busy;
}

/** Whether every committed record has come into the tree. */
async function isSequenced(): Promise<boolean> {
  const { rows } = await scene.superuser.query<{ done: boolean }>(
    'SELECT (SELECT count(*) FROM audit.records) = (SELECT count(*) FROM audit.leaves) AS done',
  );
  return rows[0]!.done;
}

it(`loses, doubles and half does nothing when it is killed ${KILLS} times at random under load (P3)`, async () => {
  const random = seeded(SEED);
  for (let kill = 1; kill <= KILLS; kill += 1) {
    let over = false;
    const clients = Array.from({ length: CLIENTS }, () => work(random, () => over));
    await sleep(SHORTEST_LIFE + random() * (LONGEST_LIFE - SHORTEST_LIFE));
    await service.kill();
    over = true;
    await Promise.all(clients);
    await eventually(async () => !(await isBusy()), 'the database to notice');
    expect({ kill, found: [...(await inconsistencies(scene.superuser)), ...(await lost()), ...oddities] }).toEqual({
      kill,
      found: [],
    });
    await start();
  }
  await eventually(isSequenced, 'the log to take in every record');
  expect(await inconsistencies(scene.superuser)).toEqual([]);
  tell('p3', `seed ${SEED}, ${CLIENTS} clients`, [
    ['kills', KILLS, '1'],
    ['requests_cut_off', cutOff, '1'],
    ['identities_answered', answered.identities.size, '1'],
    ['certificates_answered', answered.certificates.size, '1'],
    ['revocations_answered', answered.revoked.size, '1'],
    ['findings', 0, '1'],
  ]);
});

it('strands no consumer when it is killed at each of the 17 points of a rotation (P3, P5)', async () => {
  const rotation = await KilledRotation.open();
  try {
    await rotation.dieAt(POINTS);
  } finally {
    await rotation.close();
  }
});

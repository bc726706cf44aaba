import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CustodiansModule } from '../../src/custodians/index.js';
import { keepCertificate, type KeptCertificate } from '../../src/consumer/index.js';
import { createEnforcement, type Enforcement } from '../../src/enforcement/index.js';
import { CertificateRotation, RevocationLists } from '../../src/issuance/index.js';
import type { Id } from '../../src/kernel/index.js';
import { RotatingCertificates, RotationModule } from '../../src/rotation/index.js';
import { OwnCertificates } from '../../src/rotation/certificates/own-certificates.js';
import { RunsJobs } from '../../src/rotation/runs/runs.jobs.js';
import { GuardedServer } from '../enforcement/guarded-server.js';
import type { Answer, Held } from '../issuance/caller.js';
import { type House, type MadeIdentity, openHouse, type Replica, TRUST_DOMAIN } from '../issuance/house.js';
import { DyingWorker } from './dying-worker.js';
import type { RunBody } from './room.js';

jest.setTimeout(240_000);

/** Muster's own certificates rotate: their holders come over by themselves, and only then do the old ones go. */

const PATIENCE_MILLISECONDS = 150_000;

let house: House;
let replica: Replica;

beforeAll(async () => {
  house = await openHouse();
  replica = await house.replica({
    sequencer: true,
    rooms: [CustodiansModule, RotationModule],
    ports: [{ provide: CertificateRotation, useExisting: RotatingCertificates }],
  });
});
afterAll(() => house?.close());
afterEach(() => expect(house.failures.splice(0)).toEqual([]));

const ask = async <Body>(method: string, path: string, body?: unknown): Promise<Answer & { readonly body: Body }> =>
  (await replica.call.ask(method, path, { as: 'platform-engineer', body })) as never;
const over = ({ state }: RunBody) => state === 'finished' || state === 'cancelled';

/** Has an identity's certificates rotate, in times that a test may wait for. */
async function rotation({ id, spiffeId }: MadeIdentity, observeSeconds = 4): Promise<Id<'rotation'>> {
  const wanted = { name: `certificates of ${id}`, identityId: id, targetId: null, accounts: [spiffeId] };
  const { status, body } = await ask<{ readonly id: Id<'rotation'> }>('POST', '/v1/rotations', wanted);
  expect({ status, body }).toMatchObject({ status: 201 });
  await house.superuser.query('UPDATE muster.rotations SET observe_seconds = $2 WHERE id = $1', [
    body.id,
    observeSeconds,
  ]);
  return body.id;
}

async function start(id: Id<'rotation'>): Promise<RunBody> {
  const { status, body } = await ask<RunBody>('POST', `/v1/rotations/${id}/runs`, { reason: 'It is time.' });
  expect({ status, body }).toMatchObject({ status: 201 });
  return body;
}

/** Lets the worker go on until a run is as it is waited for. */
async function until(id: string, there: (run: RunBody) => boolean): Promise<RunBody> {
  const giveUpAt = Date.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    await replica.get(RunsJobs).carryOn();
    await replica.get(RevocationLists).publishDue();
    const { body } = await ask<RunBody>('GET', `/v1/rotation-runs/${id}`);
    if (there(body)) return body;
    if (Date.now() > giveUpAt) throw new Error(`It does not come to that: ${JSON.stringify(body)}`);
    await sleep(250);
  }
}

const revocationOf = async (id: string) =>
  (
    await house.superuser.query<{ reason: string | null }>(
      'SELECT revocation_reason AS reason FROM muster.credentials WHERE id = $1',
      [id],
    )
  ).rows[0]!.reason;
const renew = (held: Held) => keeping(held).start();

const kept: KeptCertificate[] = [];
function keeping(held: Held): KeptCertificate {
  const service = { mutualUrl: `https://localhost:${replica.call.ports.mutual}`, root: replica.call.root };
  const one = keepCertificate({ service, held: { key: held.key, chain: held.chain } });
  kept.push(one);
  return one;
}
afterEach(async () => void (await Promise.all(kept.splice(0).map((one) => one.close()))));

describe('what is set up', () => {
  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['another name than the identity’s', { accounts: ['spiffe://elsewhere/x'] }],
    ['two of them', { accounts: ['a', 'b'] }],
    ['consumers by name', { expectedConsumers: ['one'] }],
  ])('is refused with %s', async (_why, changed) => {
    const { id, spiffeId } = await house.identity();
    const wanted = { name: `unfit ${id}`, identityId: id, targetId: null, accounts: [spiffeId], ...changed };
    const { status, body } = await ask<RunBody>('POST', '/v1/rotations', wanted);
    expect([status, body.code]).toEqual([400, 'accounts_unfit']);
  });

  it('has no secret that could be delivered or fetched', async () => {
    const identity = await house.identity();
    const id = await rotation(identity);
    const sink = { kind: 'file', settings: { path: '/nowhere/secret', format: 'raw' }, access: null };
    expect((await ask<RunBody>('POST', `/v1/rotations/${id}/sinks`, sink)).status).toBeGreaterThanOrEqual(400);
    const held = await replica.call.enrol(identity.id);
    const fetched = await replica.call.ask('GET', `/v1/rotations/${id}/secret?instance=one`, { with: held });
    expect([fetched.status, fetched.body.code]).toEqual([409, 'no_secret']);
  });
});

describe('where no enforcement point reports', () => {
  it('waits until the old ones end by themselves, and says so', async () => {
    const identity = await house.identity();
    const id = await rotation(identity, 1);
    const held = await replica.call.enrol(identity.id, { ttlSeconds: 40 });
    const run = await start(id);
    const blind = await until(run.id, ({ evidence }) => evidence?.coverage === 'none');
    expect(blind.evidence).toMatchObject({ missing: [held.id] });
    keeping(held)
      .start()
      .catch(() => undefined);
    await until(run.id, ({ failure }) => failure === 'waiting_for_its_life');
    expect(await revocationOf(held.id)).toBeNull();
    expect(await until(run.id, over)).toMatchObject({ state: 'finished' });
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(held.answer.expiresAt));
  });

  it('is left alone when it is cancelled: old and new go on', async () => {
    const identity = await house.identity();
    const id = await rotation(identity);
    const held = await replica.call.enrol(identity.id);
    const run = await start(id);
    await until(run.id, ({ step }) => step === 'watch-old');
    const stopped = await ask<RunBody>('POST', `/v1/rotation-runs/${run.id}/cancellation`, { reason: 'Too soon.' });
    expect(stopped.body).toMatchObject({ state: 'cancelled' });
    expect(await revocationOf(held.id)).toBeNull();
    await renew(held);
  });
});

describe('a worker that rotates certificates and dies at every point of its way (P3, P5)', () => {
  it('always leaves one that works, and in the end the old ones alone are revoked, with each step done once', async () => {
    const identity = await house.identity();
    const rotationId = await rotation(identity);
    const old = await replica.call.enrol(identity.id);
    let fresh: Held | undefined;
    const stage = {
      ...{ get: replica.get, superuser: house.superuser, rotationId },
      rotator: () => replica.get(OwnCertificates).rotator({ id: rotationId, identityId: identity.id }),
      meanwhile: () => replica.get(RevocationLists).publishDue(),
    };
    const isAnnounced = async () =>
      (await ask<{ currentVersion: number }>('GET', `/v1/rotations/${rotationId}`)).body.currentVersion > 0;
    await new DyingWorker(stage).rotate(async (mayBeGone) => {
      if (!mayBeGone) expect(await revocationOf(old.id)).toBeNull();
      if (!fresh && (await isAnnounced())) fresh = await replica.call.enrol(identity.id);
      if (fresh) expect(await revocationOf(fresh.id)).toBeNull();
    });
    expect(await revocationOf(old.id)).toBe('superseded');
    expect(fresh).toBeDefined();
  });
});

describe('where an enforcement point reports', () => {
  let point: Enforcement;
  let server: GuardedServer;
  const lost: unknown[] = [];
  const stops: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    const identity = await house.identity();
    await house.grant(identity.id, 'muster', 'enforcement');
    const { open, mutual } = replica.call.ports;
    const own = await replica.call.enrol(identity.id);
    const shown = await replica.call.enrol(
      (await house.identity()).id,
      { profile: 'server' },
      { dnsNames: ['localhost'] },
    );
    point = createEnforcement({
      point: 'orders-1',
      service: { url: `https://localhost:${open}`, mutualUrl: `https://localhost:${mutual}` },
      ...{ root: replica.call.root, trustDomain: TRUST_DOMAIN, reportEverySeconds: 1 },
      credentials: () => ({ certificate: own.chain, key: own.key }),
      onEvent: (event) => void (event.kind === 'usage.lost' && lost.push(event)),
    });
    point.start();
    await point.ready(60_000);
    const served = { certificate: shown.chain, key: shown.key };
    server = await GuardedServer.start(point, served, replica.call.root, () => ({ sensitive: false }));
  });
  afterAll(async () => {
    await Promise.all(stops.splice(0).map((stop) => stop()));
    await server?.stop();
    await point?.close();
    expect(lost).toEqual([]);
  });

  /** Calls the server again and again with what is current, and remembers every refusal. */
  function calling(current: () => { readonly key: string; readonly chain: string }) {
    const refusals: unknown[] = [];
    let going = true;
    const done = (async () => {
      while (going) {
        const { key, chain } = current();
        const verdict = await server.call({ certificate: chain, key });
        if (verdict === 'cut' || verdict.effect !== 'allow') refusals.push(verdict);
        await sleep(150);
      }
    })();
    const stop = () => {
      going = false;
      return done;
    };
    stops.push(stop);
    return { refusals, stop };
  }

  it('waits for the slow one, revokes the old ones when everybody is over, and refuses nobody who came over', async () => {
    const identity = await house.identity();
    const helds = await Promise.all([1, 2, 3].map(() => replica.call.enrol(identity.id)));
    const slow = helds[2]!;
    const id = await rotation(identity);
    const quick = helds.slice(0, 2).map(keeping);
    await Promise.all(quick.map((one) => one.start()));
    const callers = quick.map((one) => calling(() => one.current));
    let current = (): { readonly key: string; readonly chain: string } => slow;
    callers.push(calling(() => current()));

    const run = await start(id);
    const left = ({ evidence }: RunBody) => evidence?.missing.length === 1 && evidence.missing[0] === slow.id;
    const waiting = await until(run.id, left);
    expect(waiting.evidence!.callers).toContainEqual(
      expect.objectContaining({ application: slow.id, address: '127.0.0.1' }),
    );
    expect(await revocationOf(slow.id)).toBeNull();

    const coming = keeping(slow);
    await coming.start();
    current = () => coming.current;
    const done = await until(run.id, over);
    expect(done).toMatchObject({ state: 'finished', evidence: { coverage: 'complete', missing: [] } });
    await Promise.all(callers.map((one) => one.stop()));
    expect(callers.map(({ refusals }) => refusals)).toEqual([[], [], []]);
    expect(await revocationOf(slow.id)).toBe('superseded');
    for (const one of [...quick, coming]) {
      await one.refresh();
      const { key, chain } = one.current;
      expect(await server.call({ certificate: chain, key })).toMatchObject({ effect: 'allow' });
    }
    const refused = await replica.call.ask('POST', '/v1/certificates/renewal', { with: slow, body: { csr: 'x' } });
    expect(refused.body.code).toBe('certificate_revoked');
    while ((await server.call({ certificate: slow.chain, key: slow.key })) !== 'cut') await sleep(100);
  });

  it('leaves nothing to be believed once every point has ended', async () => {
    const identity = await house.identity();
    await replica.call.enrol(identity.id);
    const id = await rotation(identity);
    await point.close();
    const run = await start(id);
    const blind = await until(run.id, ({ evidence }) => evidence !== null);
    expect(blind.evidence).toMatchObject({ coverage: 'sampled' });
  });
});

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { STEP_UP_HEADER, stepUpAskedIn } from '../../src/client/index.js';
import { type Case, CASES, eventually, type Ready, Scene, send, uniqueWord } from './cases/index.js';
import { inconsistencies } from './cases/consistency.js';
import { stateLeft, stateOf } from './cases/state.js';
import { REPOSITORY } from '../harness/build.js';
import { cloneDatabase, type TestDatabase } from '../harness/index.js';
import { type Home, newHome, ServiceProcess } from '../harness/service-process.js';
import type { Reply } from '../harness/visitor.js';

jest.setTimeout(300_000);

/** What was done when the process was killed there, and how the same request is answered afterwards. */
interface Crash {
  readonly point: string;
  /** Whether it had taken effect: everything of it, or nothing. */
  readonly took: boolean;
  readonly route: string;
  readonly when?: string;
  /** Whether it needs a proof for exactly this request. */
  readonly proved?: true;
  /** Status and code of the request sent once more, without its idempotency key. */
  readonly again: readonly [status: number, code?: string];
}

const ISSUE = { route: 'POST /v1/certificates' } as const;
const RENEW = { route: 'POST /v1/certificates/renewal' } as const;
const TOKEN = { route: 'POST /v1/token' } as const;
const CONSENTED = { route: 'POST /v1/token', when: 'for one named thing that its human agreed to' } as const;
const REVOKE = { route: 'POST /v1/certificates/{id}/revocation', proved: true } as const;
const RETIRE = { route: 'POST /v1/identities/{id}/retirement', proved: true } as const;
const BREAK = { route: 'POST /v1/break-glass', proved: true } as const;
const REGISTER = { route: 'POST /v1/identities' } as const;
const SUBMIT = { route: 'POST /v1/review-campaigns/{id}/submissions', proved: true } as const;
const APPROVE = { route: 'POST /v1/approvals/{id}/decision', proved: true } as const;

/**
 * Each list is one kill: of requests that stand at their points at the same time. All in a list took effect, or none did;
 * none passes another's point on the way to its own.
 */
const KILLS: readonly (readonly Crash[])[] = [
  [
    { point: 'register:1', ...REGISTER, took: false, again: [201] },
    { point: 'issue:1', ...ISSUE, took: false, again: [201] },
    { point: 'revoke:1', ...REVOKE, took: false, again: [200] },
    { point: 'token:1', ...TOKEN, took: false, again: [200] },
    { point: 'approve:1', ...APPROVE, took: false, again: [200] },
  ],
  [
    { point: 'register:2', ...REGISTER, took: false, again: [201] },
    { point: 'issue:2', ...ISSUE, took: false, again: [201] },
    { point: 'revoke:2', ...REVOKE, took: false, again: [200] },
    { point: 'consent:1', ...CONSENTED, took: false, again: [200] },
    { point: 'review:1', ...SUBMIT, took: false, again: [201] },
  ],
  [
    { point: 'renew:1', ...RENEW, took: false, again: [201] },
    { point: 'spend:1', ...RETIRE, took: false, again: [200] },
  ],
  [
    { point: 'register:3', ...REGISTER, took: true, again: [409, 'name_taken'] },
    { point: 'issue:3', ...ISSUE, took: true, again: [201] },
    { point: 'revoke:3', ...REVOKE, took: true, again: [200] },
    { point: 'renew:2', ...RENEW, took: true, again: [201] },
    { point: 'token:2', ...CONSENTED, took: true, again: [400, 'invalid_grant'] },
    { point: 'glass:1', ...BREAK, took: true, again: [409, 'already_open'] },
    { point: 'approve:2', ...APPROVE, took: true, again: [409, 'approval_closed'] },
    { point: 'review:2', ...SUBMIT, took: true, again: [409, 'nothing_staged'] },
  ],
  [{ point: 'issue:4', ...ISSUE, took: true, again: [201] }],
];

/** What no request does: it has a suite of its own, p3-crash-safe-effects and -rotation.spec.ts, or stands at the end of this one. */
const ELSEWHERE = ['effect', 'freeze', 'rotation'];

let home: Home;
let database: TestDatabase;
let service: ServiceProcess;
let scene: Scene;

async function start(): Promise<void> {
  service = await ServiceProcess.start(home, {
    DATABASE_URL: database.appUrl,
    DATABASE_OWNER_URL: database.ownerUrl,
    DATABASE_SIGNER_URL: database.signerUrl,
  });
  await service.ready();
}

beforeAll(async () => {
  home = await newHome();
  database = await cloneDatabase();
  await start();
  const administrator = await service.cast.administrator();
  const place = { ports: service.ports, root: service.root };
  scene = await Scene.open({ place, administrator, superuserUrl: database.superuserUrl });
});
afterAll(async () => {
  await scene?.close();
  await service?.stop();
  await database?.drop();
  await home?.remove();
});

function caseOf({ route, when }: Crash): Case {
  return CASES.find((one) => one.route === route && one.when === when)!;
}

async function recordCount(): Promise<number> {
  const { rows } = await scene.superuser.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM audit.records WHERE leaf::jsonb ->> 'actor' NOT LIKE 'system:%'`,
  );
  return rows[0]!.count;
}

/** A request with the proof that was made for it before anything is counted; its person proves nothing by themselves. */
interface Shown extends Ready {
  readonly headers: Readonly<Record<string, string>>;
}

interface Try {
  readonly crash: Crash;
  readonly one: Case;
  /** As whoever proves what they are asked to. */
  readonly free: Ready;
  readonly ready: Shown;
}

/** Makes ready what a crash is tried with; has the person prove that they want exactly this, where the request needs that. */
async function tryOf(crash: Crash): Promise<Try> {
  const one = caseOf(crash);
  const free = await one.prepare(scene);
  if (!crash.proved) return { crash, one, free, ready: { ...free, headers: {} } };
  const by = free.by.plain();
  const asked = stepUpAskedIn((await send(one, free, { by })).body)!;
  expect([asked.bound, await free.by.prove(asked)]).toEqual([true, true]);
  return { crash, one, free, ready: { ...free, by, headers: { [STEP_UP_HEADER]: asked.stepUpId } } };
}

function sendWith(one: Case, ready: Shown, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
  return send(one, ready, { headers: { ...ready.headers, ...headers } });
}

/** Nobody waits any longer for whoever claimed the key to answer. */
function abandon(key: string): Promise<unknown> {
  return scene.superuser.query(
    `UPDATE muster.idempotency_keys SET created_at = created_at - interval '2 minutes' WHERE key = $1`,
    [key],
  );
}

/** Sends the request to a process that is about to be killed, and says what came of it. */
function crashWith({ crash, one, ready }: Try): Promise<string> {
  return sendWith(one, ready, { 'idempotency-key': crash.point }).then(
    ({ status }) => `answered ${status}`,
    () => 'cut off',
  );
}

describe('a service killed at a numbered point (P3, P4)', () => {
  it('is killed at every one that there is', async () => {
    const sources = await readdir(path.join(REPOSITORY, 'src'), { recursive: true });
    const points: string[] = [];
    for (const source of sources.filter((name) => name.endsWith('.ts'))) {
      const text = await readFile(path.join(REPOSITORY, 'src', source), 'utf8');
      for (const [, useCase, number] of text.matchAll(/crashPoint\('(\w+)', (\d+)\)/g))
        if (!ELSEWHERE.includes(useCase!)) points.push(`${useCase}:${number}`);
    }
    expect(
      KILLS.flat()
        .map(({ point }) => point)
        .sort(),
    ).toEqual(points.sort());
  });

  it.each(KILLS.map((kill) => [kill.map(({ point }) => point).join(', '), kill] as const))(
    '%s: has done all of it or nothing, and goes on when it is started again',
    async (_points, kill) => {
      const tries: Try[] = [];
      for (const crash of kill) tries.push(await tryOf(crash));
      const [before, records] = [await stateOf(scene.superuser), await recordCount()];
      await service.crashAt(...kill.map(({ point }) => point));
      expect(await Promise.all(tries.map(crashWith))).toEqual(kill.map(() => 'cut off'));
      expect(await service.ended()).toEqual({ code: null, signal: 'SIGKILL' });
      await eventually(async () => !(await isBusy()), 'the database to notice');
      const due = tries.flatMap(({ crash, one }) => (crash.took ? one.records : []));
      expect((await recordCount()) - records).toBe(due.length);
      if (due.length > 0) expect(await stateLeft(scene.superuser)).not.toEqual(before);
      else expect(await stateLeft(scene.superuser)).toEqual(before);
      expect(await inconsistencies(scene.superuser)).toEqual([]);

      await start();
      for (const { crash, one, free, ready } of tries) {
        const { point, took, proved } = crash;
        const repeated = () => sendWith(one, ready, { 'idempotency-key': point });
        expect([point, ...seen(await repeated())]).toEqual([point, expect.any(Number), 'idempotency_in_progress']);
        if (took) {
          await abandon(point);
          expect([point, ...seen(await repeated())]).toEqual([point, expect.any(Number), 'already_delivered']);
        }
        // The proof is as good as before where nothing took effect, and spent where it did.
        const again = await sendWith(one, ready);
        const spent = took && proved;
        expect([point, ...seen(again)]).toEqual([point, ...(spent ? [401, 'step_up_spent'] : againOf(crash))]);
        if (spent) expect([point, ...seen(await send(one, free))]).toEqual([point, ...againOf(crash)]);
      }
      expect(await inconsistencies(scene.superuser)).toEqual([]);
    },
  );

  it('has signed nothing that is not recorded, and the log goes on without a gap', async () => {
    const { size } = await latestCheckpoint();
    await scene.identity();
    await eventually(async () => (await latestCheckpoint()).size > size, 'the log to grow');
    expect(await inconsistencies(scene.superuser)).toEqual([]);
  });
});

function againOf({ again: [status, code] }: Crash): [status: number, code: unknown] {
  return [status, code];
}

/** Status and code, which OAuth calls the error. */
function seen({ status, body }: Reply): [status: number, code: unknown] {
  const { code, error } = (body ?? {}) as { code?: unknown; error?: unknown };
  return [status, code ?? error];
}

/** Whether the killed process's transactions are still open. */
async function isBusy(): Promise<boolean> {
  const { rows } = await scene.superuser.query<{ busy: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_stat_activity
       WHERE datname = current_database() AND usename = 'muster_app' AND xact_start IS NOT NULL) AS busy`,
  );
  return rows[0]!.busy;
}

async function latestCheckpoint(): Promise<{ readonly size: number }> {
  const { bytes } = await scene.stranger().call('GET', '/v1/audit/checkpoint');
  return { size: Number(bytes.toString('utf8').split('\n')[1]) };
}

describe('a worker killed while it freezes a review (P3)', () => {
  it('has frozen nothing, and freezes all of it once it is started again', async () => {
    const environment = uniqueWord();
    for (let made = 0; made < 3; made += 1) await scene.identity({ environment });
    await service.crashAt('freeze:1');
    const body = await caseOf({ route: 'POST /v1/review-campaigns' } as Crash).prepare(scene);
    const name = uniqueWord();
    // Who begins it may be cut off: it stands by then.
    const begun = { ...body.body, name, scope: { environment } };
    await scene.analyst.visitor.call('POST', '/v1/review-campaigns', begun).catch(() => undefined);
    expect(await service.ended()).toEqual({ code: null, signal: 'SIGKILL' });
    const standing = async () => {
      const { rows } = await scene.superuser.query<{ state: string; items: number; owed: number; started: number }>(
        `SELECT c.state, (SELECT count(*)::integer FROM muster.review_items i WHERE i.campaign_id = c.id) AS items,
           (SELECT count(*)::integer FROM muster.obligations o WHERE o.source_id = c.id) AS owed,
           (SELECT count(*)::integer FROM audit.records r WHERE r.leaf::jsonb ->> 'subject' = c.id
              AND r.leaf::jsonb ->> 'type' = 'campaign.started') AS started
         FROM muster.review_campaigns c WHERE c.name = $1`,
        [name],
      );
      return rows[0]!;
    };
    expect(await standing()).toEqual({ state: 'staging', items: 0, owed: 0, started: 0 });
    await start();
    await eventually(async () => (await standing()).state === 'open', 'the review to be frozen');
    expect(await standing()).toEqual({ state: 'open', items: 3, owed: 3, started: 1 });
  });
});

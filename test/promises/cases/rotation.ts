import type { Case, Ready } from './case.js';
import { eventually, type Scene } from './scene.js';
import { uniqueWord } from './secrets.js';

interface Made {
  readonly id: string;
}
interface Versioned extends Made {
  readonly version: number;
}

/** A pair of roles of an identity, on a target whose agent may see to them. */
async function pair(scene: Scene, identity?: Versioned) {
  const password = scene.secrets.word('the password of a target');
  const agent = await scene.databaseRole(`LOGIN CREATEROLE PASSWORD '${password}'`);
  const target = await scene.target(await scene.targetAs(agent, password));
  const { id: identityId } = identity ?? (await scene.identity());
  const accounts = [await scene.databaseRole('LOGIN'), await scene.databaseRole()];
  for (const account of accounts) {
    await scene.superuser.query(`GRANT ${account} TO ${agent} WITH ADMIN OPTION, INHERIT FALSE, SET FALSE`);
    await scene.connectable(account);
    await scene.engineer.visitor.post(`/v1/targets/${target.id}/accounts`, { identityId, account });
  }
  return { target, body: { name: uniqueWord(), identityId, targetId: target.id, accounts, pair: uniqueWord() } };
}

async function rotation(scene: Scene, identity?: Versioned) {
  const { target, body } = await pair(scene, identity);
  return { target, ...(await scene.engineer.visitor.post<Versioned>('/v1/rotations', body)) };
}

/** One whose target is disabled, so that a run of it begins nothing while other cases are looked at. */
export async function resting(scene: Scene): Promise<Versioned> {
  const { target, ...made } = await rotation(scene);
  await scene.administrator.visitor.call(
    'PATCH',
    `/v1/targets/${target.id}`,
    { status: 'disabled' },
    { 'if-match': `"v${target.version}"` },
  );
  return made;
}

const reason = 'Its key was seen on a desk.';

async function run(scene: Scene): Promise<Made> {
  const { id } = await resting(scene);
  return scene.engineer.visitor.post<Made>(`/v1/rotations/${id}/runs`, { reason });
}

/** As it stands where a target could not be reached for so long that it was given up. */
async function stuckRun(scene: Scene, changed = ''): Promise<Made> {
  const made = await run(scene);
  await scene.superuser.query(
    `UPDATE muster.rotation_runs SET state = 'stuck', failure = 'target_unreachable', due_at = NULL, claim = claim + 1,
       version = version + 1${changed} WHERE id = $1`,
    [made.id],
  );
  return made;
}

interface Consuming {
  readonly id: string;
  readonly workload: Awaited<ReturnType<Scene['workload']>>;
}

const consuming = new WeakMap<Scene, Promise<Consuming>>();

/** A workload for which something was rotated, up to where it waits for that: one for all who ask of a scene. */
function consumer(scene: Scene): Promise<Consuming> {
  const known = consuming.get(scene) ?? newConsumer(scene);
  consuming.set(scene, known);
  return known;
}

async function newConsumer(scene: Scene): Promise<Consuming> {
  const workload = await scene.workload();
  const { id } = await rotation(scene, workload.identity);
  const { id: runId } = await scene.engineer.visitor.post<Made>(`/v1/rotations/${id}/runs`, { reason });
  const made = `SELECT FROM muster.rotation_runs WHERE id = '${runId}' AND step = 'watch-old'`;
  await eventually(async () => (await scene.superuser.query(made)).rowCount === 1, 'a secret to be made');
  const { secret } = await workload.visitor.get<{ secret: string }>(`/v1/rotations/${id}/secret?instance=payments-0`);
  scene.secrets.keep('a rotated secret', secret);
  return { id, workload };
}

/** Another instance, of which two people said that it is gone. */
async function forgotten(scene: Scene, rotationId: string): Promise<string> {
  const instance = uniqueWord();
  await scene.superuser.query(
    `INSERT INTO muster.rotation_consumers (id, rotation_id, instance, forgotten_at, forgotten_by, forgotten_reason)
     VALUES ('rcn_' || replace(gen_random_uuid()::text, '-', ''), $1, $2, now(), 'per_0', 'It was taken down.')`,
    [rotationId, instance],
  );
  return instance;
}

/** What consumers ask, each also once that it was said to be gone. */
const CONSUMING: readonly (Pick<Case, 'route' | 'status' | 'records'> & {
  readonly ask: (instance: string) => Pick<Ready, 'query' | 'body'>;
})[] = [
  {
    ...{ route: 'GET /v1/rotations/{id}/secret', status: 200, records: ['rotation.secret-read'] },
    ask: (instance) => ({ query: { instance } }),
  },
  {
    ...{ route: 'GET /v1/rotations/{id}/version', status: 200, records: [] },
    ask: (instance) => ({ query: { instance } }),
  },
  {
    ...{ route: 'POST /v1/rotations/{id}/acknowledgements', status: 204, records: [] },
    ask: (instance) => ({ body: { version: 1, instance } }),
  },
];

/** Somebody says of one whom a rotation expects that they are gone. */
async function forgetting(scene: Scene) {
  const { visitor } = scene.engineer;
  const expected = { ...(await pair(scene)).body, expectedConsumers: ['payments-9'] };
  const { id } = await visitor.post<Made>('/v1/rotations', expected);
  return { by: visitor, path: { id }, body: { consumer: 'payments-9', reason: 'It was taken down for good.' } };
}

/** What rotates, its runs, and who uses what they make. */
export const ROTATION: readonly Case[] = [
  {
    route: 'GET /v1/rotations',
    status: 200,
    records: [],
    prepare: async (scene) => {
      await rotation(scene);
      return { by: scene.auditor.visitor, query: { limit: '5' } };
    },
  },
  {
    route: 'POST /v1/rotations',
    status: 201,
    records: ['rotation.created'],
    prepare: async (scene) => ({ by: scene.engineer.visitor, body: (await pair(scene)).body }),
  },
  {
    route: 'GET /v1/rotations/{id}',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: (await rotation(scene)).id } }),
  },
  {
    route: 'PATCH /v1/rotations/{id}',
    status: 200,
    records: ['rotation.changed'],
    prepare: async (scene) => {
      const { id, version } = await rotation(scene);
      const body = { observeSeconds: 3600, expectedConsumers: ['payments-1'], status: 'paused' };
      return { by: scene.engineer.visitor, path: { id }, version, body };
    },
  },
  {
    route: 'DELETE /v1/rotations/{id}',
    status: 204,
    records: ['rotation.removed'],
    prepare: async (scene) => ({ by: scene.engineer.visitor, path: { id: (await rotation(scene)).id } }),
  },
  {
    route: 'POST /v1/rotations/{id}/runs',
    status: 201,
    records: ['rotation.started'],
    prepare: async (scene) => ({
      by: scene.engineer.visitor,
      path: { id: (await resting(scene)).id },
      body: { cause: 'suspicion', reason },
    }),
  },
  {
    route: 'GET /v1/rotation-runs',
    status: 200,
    records: [],
    prepare: async (scene) => {
      await run(scene);
      return { by: scene.auditor.visitor, query: { limit: '5' } };
    },
  },
  {
    route: 'GET /v1/rotation-runs/{id}',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: (await run(scene)).id } }),
  },
  {
    route: 'POST /v1/rotation-runs/{id}/retry',
    status: 200,
    records: ['rotation.taken-up'],
    prepare: async (scene) => ({ by: scene.engineer.visitor, path: { id: (await stuckRun(scene)).id } }),
  },
  {
    route: 'POST /v1/rotation-runs/{id}/cancellation',
    status: 200,
    records: ['rotation.cancelled'],
    prepare: async (scene) => ({
      by: scene.engineer.visitor,
      path: { id: (await run(scene)).id },
      body: { reason: 'It was the wrong one.' },
    }),
  },
  {
    route: 'POST /v1/rotation-runs/{id}/override',
    when: 'which waits for somebody else',
    status: 403,
    records: ['approval.requested'],
    prepare: async (scene) => ({
      by: scene.engineer.visitor,
      path: { id: (await stuckRun(scene, `, step = 'watch-old'`)).id },
      body: { reason: 'Whoever is left was shut down.' },
    }),
  },
  {
    route: 'POST /v1/rotation-runs/{id}/override',
    when: 'that somebody else agreed to',
    status: 200,
    records: ['rotation.overridden'],
    prepare: async (scene) => {
      const { visitor } = scene.engineer;
      const { id } = await stuckRun(scene, `, step = 'watch-old'`);
      const body = { reason: 'Whoever is left was shut down.' };
      const waiting = await visitor.call<{ approvalId: string }>('POST', `/v1/rotation-runs/${id}/override`, body);
      await scene.custodian.visitor.post(`/v1/approvals/${waiting.body.approvalId}/decision`, {
        ...{ verdict: 'approve', reason: 'I know of it.' },
      });
      return { by: visitor, path: { id }, body };
    },
  },
  {
    route: 'POST /v1/rotations/{id}/forgotten-consumers',
    when: 'which waits for somebody else',
    status: 403,
    records: ['approval.requested'],
    prepare: forgetting,
  },
  {
    route: 'POST /v1/rotations/{id}/forgotten-consumers',
    when: 'that somebody else agreed to',
    status: 201,
    records: ['rotation.consumer-forgotten'],
    prepare: async (scene) => {
      const asked = await forgetting(scene);
      const { by, path, body } = asked;
      const route = `/v1/rotations/${path.id}/forgotten-consumers`;
      const waiting = await by.call<{ approvalId: string }>('POST', route, body);
      await scene.custodian.visitor.post(`/v1/approvals/${waiting.body.approvalId}/decision`, {
        ...{ verdict: 'approve', reason: 'I know of it.' },
      });
      return asked;
    },
  },
  ...CONSUMING.flatMap(({ route, status, records, ask }): Case[] => [
    {
      ...{ route, status, records },
      prepare: async (scene) => {
        const { id, workload } = await consumer(scene);
        return { by: workload.visitor, path: { id }, ...ask('payments-1') };
      },
    },
    {
      ...{
        route,
        status,
        when: 'by one that was said to be gone',
        records: ['rotation.consumer-returned', ...records],
      },
      prepare: async (scene) => {
        const { id, workload } = await consumer(scene);
        return { by: workload.visitor, path: { id }, ...ask(await forgotten(scene, id)) };
      },
    },
  ]),
];

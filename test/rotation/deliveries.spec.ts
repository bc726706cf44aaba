import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Id } from '../../src/kernel/index.js';
import { SinkDeliveries } from '../../src/rotation/sinks/sink-deliveries.js';
import { FakeKubernetes } from './places/kubernetes.js';
import { FakeGithub } from './places/github.js';
import { RotationRoom, type RunBody } from './room.js';
import { deliveryOf } from './sink-contract.js';

interface SinkBody {
  readonly id: Id<'rotationSink'>;
  readonly code: string;
  readonly version: number;
  readonly place: string;
  readonly deliveredVersion: number | null;
  readonly failure: { readonly code: string } | string | null;
  readonly occupied: boolean | null;
  readonly ours: boolean | null;
  readonly items: readonly SinkBody[];
}

const privateNetwork = { reason: 'It runs in this test.' };

let room: RotationRoom;
let owner: Id<'person'>;
let backup: Id<'person'>;
let targetId: Id<'target'>;
let cluster: FakeKubernetes;
let github: FakeGithub;
let urls: { readonly cluster: string; readonly github: string };
let rotationId: Id<'rotation'>;

beforeAll(async () => {
  room = await RotationRoom.open();
  owner = await room.person('boss', 'administrator');
  await room.person('engineer', 'platform-engineer');
  await room.person('looker', 'auditor');
  backup = await room.person('other', 'administrator');
  targetId = await room.target();
});
afterAll(() => room?.close());

beforeEach(async () => {
  [cluster, github] = [new FakeKubernetes(), new FakeGithub()];
  urls = { cluster: await cluster.api.start(), github: await github.api.start() };
  const identityId = await room.identity({ primary_custodian_id: owner, backup_custodian_id: backup });
  const accounts = await room.server.pair();
  for (const account of accounts)
    await room.expected(201, 'POST', `/v1/targets/${targetId}/accounts`, { as: 'boss', body: { identityId, account } });
  const body = { name: `rotation of ${accounts[0]}`, identityId, targetId, accounts, observeSeconds: 60 };
  rotationId = (await room.expected<{ id: Id<'rotation'> }>(201, 'POST', '/v1/rotations', { as: 'engineer', body })).id;
});
afterEach(async () => {
  await Promise.all([cluster.api.stop(), github.api.stop()]);
  expect(room.failures.splice(0)).toEqual([]);
});

const secretOfCluster = (changed: object = {}) => ({
  ...{ kind: 'kubernetes-secret', access: { token: 'good' }, privateNetwork },
  settings: { url: urls.cluster, namespace: 'orders', name: 'database' },
  ...changed,
});
const secretOfGithub = (changed: object = {}) => ({
  ...{ kind: 'github-actions', access: { token: 'good' }, privateNetwork },
  settings: { url: urls.github, repository: 'acme/orders', name: 'DATABASE_PASSWORD' },
  ...changed,
});

const ask = (method: string, url: string, more: { body?: unknown; version?: number; as?: string } = {}) =>
  room.ask<SinkBody>(method, url, { as: 'engineer', ...more });
const add = async (body: object) => (await ask('POST', `/v1/rotations/${rotationId}/sinks`, { body })).body;
const shown = async (id: string) => (await ask('GET', `/v1/rotation-sinks/${id}`)).body;
const deliver = (version: number) => room.get(SinkDeliveries).deliver(rotationId, deliveryOf(version));
const missing = (version: number) => room.get(SinkDeliveries).missing(rotationId, version);
const inCluster = () => Buffer.from(cluster.secret?.data['secret'] ?? '', 'base64').toString();

describe('a place that is delivered to', () => {
  it('is added, shown without what opens it, and looked at', async () => {
    const made = await add(secretOfCluster());
    expect(made).toMatchObject({ kind: 'kubernetes-secret', deliveredVersion: null, failure: null });
    const listed = await ask('GET', `/v1/rotations/${rotationId}/sinks`, { as: 'looker' });
    expect(listed.body.items.map(({ id }) => id)).toEqual([made.id]);
    expect(listed.text).not.toContain('good');
    const { body } = await ask('POST', `/v1/rotation-sinks/${made.id}/check`);
    expect(body).toMatchObject({ occupied: false, ours: false, failure: null });
    await deliver(1);
    expect((await ask('POST', `/v1/rotation-sinks/${made.id}/check`)).body).toMatchObject({
      occupied: true,
      ours: true,
    });
  });

  it('keeps what opens it sealed to its own row (P10)', async () => {
    const made = await add(secretOfCluster({ access: { token: 'canary-token' } }));
    const { rows } = await room.superuser.query<{ row: string }>(
      'SELECT s::text AS row FROM muster.rotation_sinks s WHERE id = $1',
      [made.id],
    );
    expect(rows[0]!.row).not.toContain('canary-token');
    const hex = Buffer.from('canary-token').toString('hex');
    expect(rows[0]!.row).not.toContain(hex);
  });

  it.each([
    ['no consent to plain HTTP', { privateNetwork: null }, 400, 'consent_required'],
    ['an access of another kind', { access: { roleId: 'a', secretId: 'b' } }, 400, 'request_invalid'],
    ['no access', { access: undefined }, 400, 'access_invalid'],
    [
      'a name that is none',
      { settings: { url: 'https://a.example', namespace: 'A', name: 'b' } },
      400,
      'request_invalid',
    ],
    [
      'a user in the URL',
      { settings: { url: 'https://a:b@a.example', namespace: 'a', name: 'b' } },
      400,
      'request_invalid',
    ],
    ['another kind', { kind: 'post-it' }, 400, 'request_invalid'],
  ])('is refused with %s', async (_what, changed, status, code) => {
    const { status: answered, body } = await ask('POST', `/v1/rotations/${rotationId}/sinks`, {
      body: secretOfCluster(changed),
    });
    expect([answered, body.code]).toEqual([status, code]);
  });

  it('is added once', async () => {
    await add(secretOfCluster());
    expect((await add(secretOfCluster())).code).toBe('sink_exists');
  });

  it('is opened otherwise from when somebody says so, and forgotten with its way in', async () => {
    const { id, version } = await add(secretOfCluster({ access: { token: 'bad' } }));
    await expect(deliver(1)).rejects.toMatchObject({ code: 'access_refused' });
    expect((await shown(id)).failure).toBe('access_refused');
    const body = { access: { token: 'good' } };
    expect((await ask('PATCH', `/v1/rotation-sinks/${id}`, { version: version + 1, body })).body.code).toBe(
      'version_conflict',
    );
    expect((await ask('PATCH', `/v1/rotation-sinks/${id}`, { version, body })).status).toBe(200);
    await deliver(1);
    expect(await shown(id)).toMatchObject({ deliveredVersion: 1, failure: null });
    expect((await ask('DELETE', `/v1/rotation-sinks/${id}`)).status).toBe(204);
    expect((await shown(id)).code).toBe('sink_not_found');
    const { rows } = await room.superuser.query('SELECT access_sealed FROM muster.rotation_sinks WHERE id = $1', [id]);
    expect(rows).toEqual([{ access_sealed: null }]);
    expect(inCluster()).toBe(deliveryOf(1).secret);
  });

  it('is nobody’s to change who does not run rotations', async () => {
    const { id } = await add(secretOfCluster());
    for (const [method, url, body] of [
      ['POST', `/v1/rotations/${rotationId}/sinks`, secretOfGithub()],
      ['POST', `/v1/rotation-sinks/${id}/check`, undefined],
      ['DELETE', `/v1/rotation-sinks/${id}`, undefined],
    ] as const)
      expect((await ask(method, url, { as: 'looker', body })).status).toBe(403);
  });
});

describe('a delivery', () => {
  it('reaches every place, also where another refuses', async () => {
    await add(secretOfCluster({ access: { token: 'bad' } }));
    await add(secretOfGithub());
    await expect(deliver(1)).rejects.toMatchObject({ code: 'access_refused' });
    expect(github.secret?.value).toBe(deliveryOf(1).secret);
  });

  it('writes nothing twice, and is seen where it stands', async () => {
    const { id } = await add(secretOfGithub());
    await deliver(1);
    await deliver(1);
    expect(github.api.heard.filter(({ method }) => method === 'PUT')).toHaveLength(1);
    expect(await missing(1)).toEqual([]);
    expect(await missing(2)).toEqual([id]);
  });

  it('writes over nothing that was there before, unless somebody said that it may go', async () => {
    github.put('theirs');
    const { id, version } = await add(secretOfGithub());
    await expect(deliver(1)).rejects.toMatchObject({ code: 'place_occupied' });
    expect(github.secret?.value).toBe('theirs');
    await ask('PATCH', `/v1/rotation-sinks/${id}`, { version, body: { takesOver: true } });
    await deliver(1);
    expect(github.secret?.value).toBe(deliveryOf(1).secret);
  });

  it('writes over nothing that somebody changed since', async () => {
    const { id } = await add(secretOfCluster({ takesOver: true }));
    await deliver(1);
    cluster.put({ ...cluster.secret!, data: { ...cluster.secret!.data, secret: 'dGhlaXJz' } });
    expect(await missing(1)).toEqual([id]);
    await expect(deliver(2)).rejects.toMatchObject({ code: 'changed_elsewhere' });
    expect(inCluster()).toBe('theirs');
    expect((await shown(id)).failure).toBe('changed_elsewhere');
  });

  it.each(['kubernetes', 'github'])('goes on where it broke off between writing and noting: %s', async (where) => {
    const { id } = await add(where === 'github' ? secretOfGithub() : secretOfCluster());
    for (const version of [1, 2]) await deliver(version);
    await room.superuser.query('UPDATE muster.rotation_sinks SET revision = NULL WHERE id = $1', [id]);
    await deliver(2);
    expect(await shown(id)).toMatchObject({ deliveredVersion: 2, failure: null });
    await deliver(3);
    expect(await missing(3)).toEqual([]);
  });
});

describe('a run with places to deliver to', () => {
  async function until(id: Id<'rotationRun'>, there: (run: RunBody) => boolean): Promise<RunBody> {
    for (;;) {
      await room.turn();
      const run = await room.run(id);
      if (there(run)) return run;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  it('leaves there what opens the target, and no record or table shows it', async () => {
    const { id } = await add(secretOfCluster());
    const body = { reason: 'It is time.' };
    const made = await room.expected<RunBody>(201, 'POST', `/v1/rotations/${rotationId}/runs`, {
      as: 'engineer',
      body,
    });
    await until(made.id, ({ step }) => step === 'watch-old');
    const secret = inCluster();
    const account = Buffer.from(cluster.secret!.data['account']!, 'base64').toString();
    await (await room.server.signIn(account, secret, 'from the cluster')).end();
    expect(await shown(id)).toMatchObject({ deliveredVersion: made.newVersion, failure: null });
    for (const table of [
      'audit.records',
      'audit.images',
      'muster.rotation_steps',
      'muster.rotation_runs',
      'bullmq.job',
    ]) {
      const found = await room.superuser.query(`SELECT FROM ${table} t WHERE t::text LIKE '%' || $1 || '%'`, [secret]);
      expect({ table, found: found.rowCount }).toEqual({ table, found: 0 });
    }
  });
});

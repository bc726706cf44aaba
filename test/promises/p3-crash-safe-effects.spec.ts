import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { inconsistencies } from './cases/consistency.js';
import { Scene } from './cases/index.js';
import { cloneDatabase, type TestDatabase } from '../harness/index.js';
import { type Home, newHome, ServiceProcess } from '../harness/service-process.js';
import { TargetServer } from '../targets/server.js';

jest.setTimeout(300_000);

/** One effect of a review on a real PostgreSQL, whose worker is killed at every point of its way, one after the other. */

const PASSWORD = 'of-the-account';

interface Stage {
  readonly point: string;
  readonly after: {
    readonly state: string;
    /** Whether the account still has on the target what it is to lose. */
    readonly held: boolean;
    readonly applied: number;
    readonly verified: number;
  };
}

const STAGES: readonly Stage[] = [
  { point: 'effect:1', after: { state: 'pending', held: true, applied: 0, verified: 0 } },
  { point: 'effect:2', after: { state: 'pending', held: false, applied: 0, verified: 0 } },
  { point: 'effect:3', after: { state: 'applied', held: false, applied: 1, verified: 0 } },
  { point: 'effect:4', after: { state: 'verified', held: false, applied: 1, verified: 1 } },
];

let home: Home;
let database: TestDatabase;
let server: TargetServer;
let service: ServiceProcess;
let scene: Scene;
let account: string;
let target: { readonly id: string };
let review: Awaited<ReturnType<Scene['review']>>;

async function start(): Promise<void> {
  service = await ServiceProcess.start(home, {
    DATABASE_URL: database.appUrl,
    DATABASE_OWNER_URL: database.ownerUrl,
    DATABASE_SIGNER_URL: database.signerUrl,
  });
  await service.ready();
}

beforeAll(async () => {
  [home, database, server] = await Promise.all([newHome(), cloneDatabase(), TargetServer.start()]);
  await start();
  const administrator = await service.cast.administrator();
  const place = { ports: service.ports, root: service.root };
  scene = await Scene.open({ place, administrator, superuserUrl: database.superuserUrl });
  const agent = await server.role('agent', `LOGIN SUPERUSER PASSWORD '${PASSWORD}'`);
  account = await server.role('account', `LOGIN PASSWORD '${PASSWORD}'`);
  await server.superuser.query(`CREATE TABLE orders (id int); GRANT SELECT, INSERT ON orders TO ${account}`);
  target = await scene.target({ name: 'orders', url: server.url(agent, PASSWORD) });
});
afterAll(async () => {
  await scene?.close();
  await service?.stop();
  await server?.stop();
  await database?.drop();
  await home?.remove();
});

/** Notes and signs what the custodian decides; whatever is due is carried out soon after. */
async function submit(
  { campaignId, itemId }: typeof review,
  decision: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { visitor } = scene.custodian;
  await visitor.call('PUT', `/v1/review-items/${itemId}/decision`, decision);
  const at = `/v1/review-campaigns/${campaignId}`;
  const { digest, count } = await visitor.get<{ digest: string; count: number }>(`${at}/submission`);
  // Who signs may be cut off: it stands by then.
  await visitor.call('POST', `${at}/submissions`, { digest, count }).catch(() => undefined);
}

/** As time would: the claim of a worker that died ends. */
async function relieve(): Promise<void> {
  await scene.superuser.query(
    `UPDATE muster.review_effects SET due_at = now() - interval '1 s' WHERE state IN ('pending', 'applied')`,
  );
}

async function countOf(type: string): Promise<number> {
  const { rows } = await scene.superuser.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM audit.records WHERE leaf::jsonb ->> 'type' = $1`,
    [type],
  );
  return rows[0]!.count;
}

async function standing(): Promise<Stage['after']> {
  const { rows } = await scene.superuser.query<{ state: string }>(
    'SELECT state FROM muster.review_effects WHERE item_id = $1',
    [review.itemId],
  );
  const held = await server.superuser.query<{ held: boolean }>(
    `SELECT has_table_privilege($1, 'orders', 'SELECT') AS held`,
    [account],
  );
  return {
    ...{ state: rows[0]!.state, held: held.rows[0]!.held },
    ...{ applied: await countOf('target.applied'), verified: await countOf('review.effect-verified') },
  };
}

describe('a worker killed while it carries out what a review decided (P3)', () => {
  beforeAll(async () => {
    review = await scene.review();
    const { visitor } = scene.engineer;
    await visitor.post(`/v1/targets/${target.id}/accounts`, { identityId: review.identity.id, account });
    // Frozen as it is, and only now a scope that the target understands.
    await scene.superuser.query(
      `UPDATE muster.grants SET target = 'orders', scope = 'SELECT ON orders' WHERE id = $1`,
      [review.grantId],
    );
  });

  it.each(STAGES.map((stage) => [stage.point, stage] as const))(
    'at %s leaves what is done recorded, and another goes on from there',
    async (point, { after }) => {
      const next = point === STAGES[0]!.point ? review : await scene.review();
      await service.crashAt(point);
      await relieve();
      const decision = next === review ? { decision: 'reduce', grants: [review.grantId] } : { decision: 'keep' };
      await submit(next, decision);
      expect(await service.ended()).toEqual({ code: null, signal: 'SIGKILL' });
      expect(await standing()).toEqual(after);
      await start();
    },
  );

  it('ends verified, each change recorded once, and nothing but that gone', async () => {
    expect(await standing()).toEqual(STAGES.at(-1)!.after);
    expect(await countOf('grant.removed')).toBe(1);
    expect(await inconsistencies(scene.superuser)).toEqual([]);
    const client = await server.signIn(account, PASSWORD);
    await client.query('INSERT INTO orders VALUES (1)');
    await expect(client.query('SELECT FROM orders')).rejects.toMatchObject({ code: '42501' });
    await client.end();
  });
});

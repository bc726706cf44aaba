import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { cloneDatabase, type TestDatabase } from '../../harness/index.js';
import { type Home, newHome, ServiceProcess } from '../../harness/service-process.js';
import { PASSWORD_BEFORE, RotatingServer } from '../../rotation/server.js';
import { everyStepOnce } from '../../rotation/steps-done.js';
import { inconsistencies } from './consistency.js';
import { resting } from './rotation.js';
import { eventually, Scene, type Workload } from './scene.js';

/** A crash point, and the step at which the run is taken up again. */
export interface KillPoint {
  readonly number: number;
  readonly step: string;
}

interface Held {
  readonly version: number;
  readonly account: string;
  readonly secret: string;
  readonly previousVersion: number | null;
}

/**
 * One rotation of a pair of roles on a real PostgreSQL, whose service is killed (`kill -9`) at points of its way: each time between
 * what was done there and Muster's word of it. A consumer that follows its contract uses it all the while.
 */
export class KilledRotation {
  private service!: ServiceProcess;
  private scene!: Scene;
  private workload!: Workload;
  private accounts!: [string, string];
  private rotationId = '';
  private runId = '';
  /** Another one, which never gets anywhere: whoever starts or ends a run of it wakes the worker. */
  private bellId = '';
  /** What the consumer has, the newest last. */
  private held: Pick<Held, 'account' | 'secret'>[] = [];

  private constructor(
    private readonly home: Home,
    private readonly database: TestDatabase,
    private readonly server: RotatingServer,
  ) {}

  static async open(): Promise<KilledRotation> {
    const made = new KilledRotation(...(await Promise.all([newHome(), cloneDatabase(), RotatingServer.start()])));
    await made.furnish();
    return made;
  }

  /** Dies at each point in turn, and is finished by the next service in the end. */
  async dieAt(points: readonly KillPoint[]): Promise<void> {
    for (const [index, point] of points.entries()) await this.die(point, index === 0);
    await this.relieve();
    const over = `SELECT FROM muster.rotation_runs WHERE id = '${this.runId}' AND state = 'finished'`;
    await eventually(async () => {
      await this.consume();
      expect(await this.getsIn()).toBe(true);
      return (await this.scene.superuser.query(over)).rowCount === 1;
    }, 'the run to be finished');
    expect(await this.server.opens(this.accounts[0], PASSWORD_BEFORE)).toBe(false);
    expect(await this.server.canSignIn()).toEqual([this.accounts[1]]);
    expect(await this.server.opens(this.held.at(-1)!.account, this.held.at(-1)!.secret)).toBe(true);
    expect(await everyStepOnce(this.scene.superuser)).toEqual([]);
    expect(await inconsistencies(this.scene.superuser)).toEqual([]);
  }

  async close(): Promise<void> {
    await this.scene?.close();
    await this.service?.stop();
    await this.server.stop();
    await this.database.drop();
    await this.home.remove();
  }

  private async furnish(): Promise<void> {
    await this.start();
    const { service, database, server } = this;
    const administrator = await service.cast.administrator();
    const place = { ports: service.ports, root: service.root };
    this.scene = await Scene.open({ place, administrator, superuserUrl: database.superuserUrl });
    const { scene } = this;
    this.workload = await scene.workload();
    const target = await scene.target({ url: server.superuserUrl });
    this.accounts = await server.pair();
    this.held = [{ account: this.accounts[0], secret: PASSWORD_BEFORE }];
    const identityId = this.workload.identity.id;
    for (const account of this.accounts)
      await scene.engineer.visitor.post(`/v1/targets/${target.id}/accounts`, { identityId, account });
    const body = { name: 'orders', identityId, targetId: target.id, accounts: this.accounts };
    this.rotationId = (await scene.engineer.visitor.post<{ id: string }>('/v1/rotations', body)).id;
    await scene.superuser.query('UPDATE muster.rotations SET observe_seconds = 1');
    this.bellId = (await resting(scene)).id;
  }

  private async start(): Promise<void> {
    const { ownerUrl, appUrl, signerUrl } = this.database;
    this.service = await ServiceProcess.start(this.home, {
      ...{ DATABASE_URL: appUrl, DATABASE_OWNER_URL: ownerUrl, DATABASE_SIGNER_URL: signerUrl },
    });
    await this.service.ready();
  }

  private async die({ number, step }: KillPoint, isFirst: boolean): Promise<void> {
    await this.service.crashAt(`rotation:${number}`);
    if (isFirst)
      // Who starts it may be cut off: it stands by then.
      await this.scene.engineer.visitor
        .call('POST', `/v1/rotations/${this.rotationId}/runs`, { reason: 'It is time.' })
        .catch(() => undefined);
    else await this.relieve();
    expect([number, await this.livingUntil(this.service.ended())]).toEqual([number, { code: null, signal: 'SIGKILL' }]);
    const { rows } = await this.scene.superuser.query<{ id: string; step: string }>(
      'SELECT id, step FROM muster.rotation_runs WHERE rotation_id = $1 ORDER BY id DESC LIMIT 1',
      [this.rotationId],
    );
    this.runId = rows[0]!.id;
    expect([number, rows[0]!.step]).toEqual([number, step]);
    expect([number, await this.getsIn()]).toEqual([number, true]);
    await this.keepClaimed();
    await this.start();
    await this.consume();
    expect([number, await this.getsIn()]).toEqual([number, true]);
  }

  /** As time would: the claim of a worker that died ends, and a turn comes. */
  private async relieve(): Promise<void> {
    await this.scene.superuser.query(
      `UPDATE muster.rotation_runs SET claimed_until = NULL, due_at = now() - interval '1 s'
       WHERE rotation_id = $1 AND ended_at IS NULL AND due_at IS NOT NULL`,
      [this.rotationId],
    );
    await this.ring();
  }

  /** Whoever rings may be cut off. */
  private async ring(): Promise<void> {
    const { visitor } = this.scene.engineer;
    const { rows } = await this.scene.superuser.query<{ id: string }>(
      'SELECT id FROM muster.rotation_runs WHERE rotation_id = $1 AND ended_at IS NULL',
      [this.bellId],
    );
    const [live] = rows;
    const path = live ? `/v1/rotation-runs/${live.id}/cancellation` : `/v1/rotations/${this.bellId}/runs`;
    await visitor.call('POST', path, { reason: 'It is time.' }).catch(() => undefined);
  }

  /** Nobody takes it up before the next point is named, however long the service takes to start. */
  private async keepClaimed(): Promise<void> {
    await this.scene.superuser.query(
      `UPDATE muster.rotation_runs SET claimed_until = now() + interval '1 hour' WHERE rotation_id = $1 AND ended_at IS NULL`,
      [this.rotationId],
    );
  }

  /** What a consumer does when it comes: takes the newest, keeps the one before, and says so. */
  private async consume(): Promise<void> {
    const { visitor } = this.workload;
    const at = `/v1/rotations/${this.rotationId}`;
    const { status, body } = await visitor.call<Held>('GET', `${at}/secret?instance=orders-1`);
    if (status !== 200) return;
    if (this.held.at(-1)!.secret !== body.secret) this.held.push(body);
    await visitor.call('POST', `${at}/acknowledgements`, { version: body.version, instance: 'orders-1' });
  }

  /** What the consumer does with it: tries the newest first. */
  private async getsIn(): Promise<boolean> {
    for (const { account, secret } of this.held.toReversed()) if (await this.server.opens(account, secret)) return true;
    return false;
  }

  /** The consumer goes on with what it does for as long as that takes. */
  private async livingUntil<Result>(end: Promise<Result>): Promise<Result> {
    const over = end.then(() => true);
    while (!(await Promise.race([over, sleep(200, false)]))) {
      await this.consume().catch(() => undefined);
      expect(await this.getsIn()).toBe(true);
    }
    return end;
  }
}

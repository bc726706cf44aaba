import { setTimeout as sleep } from 'node:timers/promises';
import { ApprovalConsents, ApprovalsModule, GuardConsents } from '../../src/approvals/index.js';
import { AuditModule } from '../../src/audit/index.js';
import { CustodiansModule, Succession } from '../../src/custodians/index.js';
import { ActivationConsent, InventoryModule, InventorySuccession } from '../../src/inventory/index.js';
import type { Actor, Id, Role } from '../../src/kernel/index.js';
import { ApprovalDesk, DatabaseAccess, Signer, SystemClock, UnitOfWork } from '../../src/platform/index.js';
import { RotationModule } from '../../src/rotation/index.js';
import { newRotation } from '../../src/rotation/domain/rotation.js';
import { Consumers, type HandedSecret } from '../../src/rotation/consumers/consumers.service.js';
import { RotationsRepository } from '../../src/rotation/rotations/rotations.repository.js';
import { RunsJobs } from '../../src/rotation/runs/runs.jobs.js';
import { NamedPeople } from '../harness/named-people.js';
import { type Answer, Ground, Room as Opened } from '../harness/room.js';
import { identityRow, insertPerson, insertRow, insertTeam, newId } from '../inventory/rows.js';
import { RotatingServer } from './server.js';

export interface RunBody {
  readonly id: Id<'rotationRun'>;
  readonly rotationId: Id<'rotation'>;
  readonly code: string;
  readonly state: string;
  readonly direction: string;
  readonly step: string;
  readonly newVersion: number;
  readonly oldVersion: number | null;
  readonly failure: string | null;
  readonly attempts: number;
  readonly dueAt: string | null;
  readonly runbook: { readonly words: string; readonly command: string | null } | null;
  readonly evidence: {
    readonly verdict: string;
    readonly coverage: string;
    readonly callers: readonly { readonly address: string; readonly application: string | null }[];
    readonly missing: readonly string[];
  } | null;
  readonly steps: readonly { readonly direction: string; readonly step: string; readonly doneAt: string | null }[];
  readonly consumers: readonly { readonly instance: string; readonly forgotten: object | null }[];
  readonly approvalId: string;
}

const PATIENCE_MILLISECONDS = 180_000;

/** A pair of roles that rotates, and the workload that uses it. */
export class RotatingPair {
  private readonly actor: Actor;

  constructor(
    private readonly room: RotationRoom,
    readonly id: Id<'rotation'>,
    identityId: Id<'identity'>,
    readonly accounts: readonly [string, string],
  ) {
    this.actor = {
      principal: {
        ...{ kind: 'workload', id: identityId, spiffeId: 'spiffe://muster.test/x' },
        credential: { kind: 'certificate', id: newId('certificate') },
      },
      ...{ requestId: newId('request'), decision: { effect: 'allow', reasons: [], policy: 'test' } },
    };
  }

  fetch(instance = 'one'): Promise<HandedSecret> {
    return this.room.get(Consumers).fetch(this.actor, this.id, instance);
  }

  acknowledge(version: number, instance = 'one'): Promise<void> {
    return this.room.get(Consumers).acknowledge(this.actor, this.id, version, instance);
  }

  /** Makes the times so short that a test may wait for them. */
  async hurry(observeSeconds: number, consumerDeadlineSeconds = 3600): Promise<void> {
    await this.room.superuser.query(
      'UPDATE muster.rotations SET observe_seconds = $2, consumer_deadline_seconds = $3 WHERE id = $1',
      [this.id, observeSeconds, consumerDeadlineSeconds],
    );
  }

  start(): Promise<RunBody> {
    const body = { reason: 'It is time.' };
    return this.room.expected<RunBody>(201, 'POST', `/v1/rotations/${this.id}/runs`, { as: 'engineer', body });
  }
}

/** Rotation, and the rooms that it stands on, over a database of their own and a real PostgreSQL as target. */
export class RotationRoom {
  private made = 0;
  private custodians: readonly Id<'person'>[] = [];

  private constructor(
    private readonly ground: Ground,
    readonly opened: Opened,
    readonly server: RotatingServer,
    private readonly people: NamedPeople,
    private readonly teamId: Id<'team'>,
  ) {}

  static async open(clock = new SystemClock()): Promise<RotationRoom> {
    const [ground, server] = await Promise.all([Ground.take(), RotatingServer.start()]);
    const people = new NamedPeople(clock);
    const opened = await Opened.open(ground, {
      modules: [AuditModule, CustodiansModule, InventoryModule, ApprovalsModule, RotationModule],
      clock,
      authenticators: [people],
      platform: [
        { provide: DatabaseAccess, useValue: new DatabaseAccess(ground.database.appUrl) },
        // Nothing of this room is signed.
        { provide: Signer, useValue: {} },
      ],
      ports: [
        { provide: Succession, useExisting: InventorySuccession },
        { provide: ActivationConsent, useExisting: ApprovalConsents },
        { provide: ApprovalDesk, useExisting: GuardConsents },
      ],
    });
    const room = new RotationRoom(ground, opened, server, people, await insertTeam(ground.superuser));
    room.custodians = [await room.person('boss', 'administrator'), await room.person('custodian', 'custodian')];
    await room.person('engineer', 'platform-engineer');
    return room;
  }

  /** Past every right. */
  get superuser() {
    return this.ground.superuser;
  }

  get failures(): unknown[] {
    return this.opened.failures;
  }

  get<Thing>(type: abstract new (...parameters: never[]) => Thing): Thing {
    return this.opened.get(type);
  }

  ask<Body = RunBody>(
    method: string,
    url: string,
    { as, ...ask }: { readonly as: string; readonly body?: unknown; readonly version?: number },
  ): Promise<Answer<Body>> {
    return this.opened.ask<Body>(method, url, { bearer: as, ...ask });
  }

  async person(name: string, ...roles: Role[]): Promise<Id<'person'>> {
    const id = await insertPerson(this.superuser, roles);
    this.people.known.set(name, { id, roles });
    return id;
  }

  async identity(changed: Readonly<Record<string, unknown>> = {}): Promise<Id<'identity'>> {
    const row = identityRow(this.teamId, changed);
    await insertRow(this.superuser, 'muster.identities', row);
    return row.id;
  }

  /**
   * The suite's PostgreSQL as a target that Muster may do everything on.
   *
   * @param port of something on the way there
   */
  async target(port?: number): Promise<Id<'target'>> {
    const url = new URL(this.server.superuserUrl);
    if (port !== undefined) url.port = String(port);
    const body = {
      ...{ name: `db-${++this.made}`, kind: 'postgresql', ownerId: this.custodians[0] },
      ...{ url: url.href, privateNetwork: { reason: 'It runs in this test.' } },
    };
    return (await this.expected(201, 'POST', '/v1/targets', { as: 'boss', body })).id as Id<'target'>;
  }

  /** Asks for what must succeed. */
  async expected<Body = { readonly id: string }>(
    status: number,
    method: string,
    url: string,
    ask: { readonly as: string; readonly body?: unknown; readonly version?: number },
  ): Promise<Body> {
    const answer = await this.ask<Body>(method, url, ask);
    if (answer.status !== status) throw new Error(`${method} ${url}: ${answer.status} ${answer.text}`);
    return answer.body;
  }

  /** One turn of the worker: everything that is due. */
  async turn(): Promise<void> {
    await this.get(RunsJobs).carryOn();
  }

  async run(id: Id<'rotationRun'>): Promise<RunBody> {
    return this.expected<RunBody>(200, 'GET', `/v1/rotation-runs/${id}`, { as: 'engineer' });
  }

  /** An identity with a pair of roles, the first of them in use, and its rotation. */
  async pair(targetId: Id<'target'>, changed: Readonly<Record<string, unknown>> = {}): Promise<RotatingPair> {
    const [primary, backup] = this.custodians;
    const identityId = await this.identity({ primary_custodian_id: primary, backup_custodian_id: backup });
    const accounts = await this.server.pair();
    for (const account of accounts)
      await this.expected(201, 'POST', `/v1/targets/${targetId}/accounts`, {
        as: 'boss',
        body: { identityId, account },
      });
    const name = `rotation of ${accounts[0]}`;
    const body = { name, identityId, targetId, accounts, observeSeconds: 60, ...changed };
    const { id } = await this.expected<{ id: Id<'rotation'> }>(201, 'POST', '/v1/rotations', { as: 'engineer', body });
    return new RotatingPair(this, id, identityId, accounts);
  }

  /** The account of somebody's own endpoint, and its run. */
  async onEndpoint(url: string, changed: Readonly<Record<string, unknown>>, account: string): Promise<RunBody> {
    const [primary, backup] = this.custodians;
    const identityId = await this.identity({ primary_custodian_id: primary, backup_custodian_id: backup });
    const place = { name: `endpoint-${++this.made}`, kind: 'webhook', ownerId: primary, url };
    const consent = { privateNetwork: { reason: 'It runs in this test.' } };
    const target = await this.expected(201, 'POST', '/v1/targets', { as: 'boss', body: { ...place, ...consent } });
    const owned = { as: 'boss', body: { identityId, account } };
    await this.expected(201, 'POST', `/v1/targets/${target.id}/accounts`, owned);
    const wanted = { name: `key of ${account}`, identityId, targetId: target.id, accounts: [account], ...changed };
    const { id } = await this.expected(201, 'POST', '/v1/rotations', { as: 'engineer', body: wanted });
    const body = { reason: 'It is time.' };
    return this.expected<RunBody>(201, 'POST', `/v1/rotations/${id}/runs`, { as: 'engineer', body });
  }

  /** What rotates accounts that the room's own target is not asked about. */
  async duty(accounts: readonly string[]): Promise<Id<'rotation'>> {
    const [primary, backup] = this.custodians;
    const identityId = await this.identity({ primary_custodian_id: primary, backup_custodian_id: backup });
    const rotation = newRotation({
      ...{ id: newId('rotation'), name: `duty ${++this.made}`, identityId, targetId: await this.target(), accounts },
      ...{ schedule: null, pair: null, calendarIds: [], observeSeconds: 60, consumerDeadlineSeconds: 3600 },
      ...{ expectedConsumers: [], nextDueAt: null, createdBy: 'system:test', createdAt: new Date() },
    });
    await this.get(UnitOfWork).run((tx) => this.get(RotationsRepository).insert(tx, rotation));
    return rotation.id;
  }

  /** Lets the worker go on until a run is as it is waited for. */
  async until(id: Id<'rotationRun'>, there: (run: RunBody) => boolean): Promise<RunBody> {
    for (const giveUpAt = Date.now() + PATIENCE_MILLISECONDS; Date.now() < giveUpAt; await sleep(100)) {
      await this.turn();
      const run = await this.run(id);
      if (there(run)) return run;
    }
    throw new Error(`It does not come to that: ${JSON.stringify(await this.run(id))}`);
  }

  async close(): Promise<void> {
    await this.opened.close();
    await this.server.stop();
    await this.ground.leave();
  }
}

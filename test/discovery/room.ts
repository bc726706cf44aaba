import { createHash } from 'node:crypto';
import { ApprovalConsents, ApprovalsModule, GuardConsents } from '../../src/approvals/index.js';
import { AuditModule } from '../../src/audit/index.js';
import { CustodiansModule, Succession } from '../../src/custodians/index.js';
import type { Observation } from '../../src/discovery/domain/observation.js';
import { DiscoveryModule, LeakRotation } from '../../src/discovery/index.js';
import { Ghosts } from '../../src/discovery/intake/ghosts.js';
import { Intake, type Observed } from '../../src/discovery/intake/intake.js';
import { Resolver } from '../../src/discovery/intake/resolver.js';
import { ActivationConsent, InventoryModule, InventorySuccession } from '../../src/inventory/index.js';
import type { Id, Role } from '../../src/kernel/index.js';
import { ApprovalDesk, DatabaseAccess, Signer, SystemClock, UnitOfWork } from '../../src/platform/index.js';
import { NamedPeople } from '../harness/named-people.js';
import { type Ask as Asked, Ground, Room as Opened } from '../harness/room.js';
import { insertIdentity, insertPerson, insertRow, insertStaff, insertTeam, newId } from '../inventory/rows.js';

/** A clock that a test moves. */
export class MovedClock extends SystemClock {
  private by = 0;

  override now(): Date {
    return new Date(super.now().getTime() + this.by);
  }

  forward(days: number): void {
    this.by += days * 86_400_000;
  }
}

/** Whoever rotates, who says what they were asked for. */
export class NotedRotation extends LeakRotation {
  readonly rotated: Id<'rotation'>[] = [];

  override async rotate(_actor: unknown, rotationId: Id<'rotation'>): Promise<void> {
    this.rotated.push(rotationId);
  }
}

/** Discovery, and the rooms that it stands on, over a database of its own. */
export class DiscoveryRoom {
  private constructor(
    private readonly ground: Ground,
    private readonly opened: Opened,
    readonly clock: MovedClock,
    private readonly staff: ReadonlyMap<Role, Id<'person'>>,
    readonly teamId: Id<'team'>,
  ) {}

  static async open(): Promise<DiscoveryRoom> {
    const ground = await Ground.take();
    const clock = new MovedClock();
    const staff = await insertStaff(ground.superuser);
    const opened = await Opened.open(ground, {
      modules: [AuditModule, CustodiansModule, InventoryModule, ApprovalsModule, DiscoveryModule],
      clock,
      authenticators: [NamedPeople.byRole(staff, clock)],
      platform: [
        { provide: DatabaseAccess, useValue: new DatabaseAccess(ground.database.appUrl) },
        // Nothing of this room is signed.
        { provide: Signer, useValue: {} },
      ],
      ports: [
        { provide: Succession, useExisting: InventorySuccession },
        { provide: ActivationConsent, useExisting: ApprovalConsents },
        { provide: ApprovalDesk, useExisting: GuardConsents },
        { provide: LeakRotation, useClass: NotedRotation },
      ],
    });
    return new DiscoveryRoom(ground, opened, clock, staff, await insertTeam(ground.superuser));
  }

  get failures(): unknown[] {
    return this.opened.failures;
  }

  /** Past every right. */
  get superuser() {
    return this.ground.superuser;
  }

  personOf(role: Role): Id<'person'> {
    return this.staff.get(role)!;
  }

  get<Thing>(type: abstract new (...parameters: never[]) => Thing): Thing {
    return this.opened.get(type);
  }

  /** @throws Error with the whole answer, where it is another */
  async expected<Body>(
    status: number,
    method: string,
    url: string,
    { as, ...ask }: Asked & { readonly as: Role },
  ): Promise<Body> {
    const answer = await this.opened.ask<Body>(method, url, { ...ask, bearer: as });
    if (answer.status !== status) throw new Error(`${method} ${url}: ${answer.status} ${answer.text}`);
    return answer.body;
  }

  identity(changed: Readonly<Record<string, unknown>> = {}) {
    return insertIdentity(this.superuser, { teamId: this.teamId, staff: this.staff }, changed);
  }

  person(...roles: Role[]): Promise<Id<'person'>> {
    return insertPerson(this.superuser, roles);
  }

  /** A source, and a run of it that goes on as long as the test. */
  async source(changed: Readonly<Record<string, unknown>> = {}): Promise<Observed> {
    const sourceId = newId('source');
    await insertRow(this.superuser, 'muster.discovery_sources', {
      ...{ id: sourceId, name: sourceId, kind: 'files', place: '/srv', settings: '{}', keeps_secrets: false },
      ...{ status: 'active', version: 1, created_by: 'system:test', created_at: new Date(), changed_at: new Date() },
      ...changed,
    });
    return { sourceId, runId: newId('sourceRun'), keepsSecrets: changed['keeps_secrets'] === true };
  }

  /** A target by where it is, as people are shown it, and whose accounts are there. */
  async target(kind: string, place: string, accounts: Readonly<Record<string, Id<'identity'>>>): Promise<Id<'target'>> {
    const [id, at] = [newId('target'), new Date()];
    await insertRow(this.superuser, 'muster.targets', {
      ...{ id, name: id, kind, place, access_sealed: Buffer.of(1), owner_id: this.personOf('administrator') },
      ...{ status: 'active', version: 1, created_by: 'system:test', created_at: at, changed_at: at },
    });
    for (const [account, identity_id] of Object.entries(accounts))
      await insertRow(this.superuser, 'muster.target_accounts', {
        ...{ id: newId('targetAccount'), target_id: id, identity_id, account, added_by: 'system:test', added_at: at },
      });
    return id;
  }

  take(observed: Observed, ...observations: Observation[]): Promise<void> {
    return this.get(Intake).take(observed, observations);
  }

  /** As a run ends that saw everything. @param before the systems whose lists the source gave before */
  async completed(observed: Observed, before: readonly string[] = []): Promise<Observed> {
    await this.get(UnitOfWork).run(async (tx) => {
      await this.get(Intake).forgetUnseen(tx, observed);
      await this.get(Ghosts).compare(tx, observed, before);
    });
    return { ...observed, runId: newId('sourceRun') };
  }

  /** What the reader of the log does, once it reads of them. */
  async touched(...identityIds: string[]): Promise<void> {
    await this.get(Resolver).touch(identityIds);
    await this.get(Ghosts).lapse(identityIds);
  }

  /** How many records of a type the log has of something. */
  async records(subject: string, type: string): Promise<number> {
    const { rows } = await this.superuser.query(
      `SELECT count(*)::integer AS count FROM audit.records WHERE leaf::jsonb ->> 'subject' = $1 AND leaf::jsonb ->> 'type' = $2`,
      [subject, type],
    );
    return (rows[0] as { count: number }).count;
  }

  async close(): Promise<void> {
    await this.opened.close();
    await this.ground.leave();
  }
}

export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

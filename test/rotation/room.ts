import { ApprovalConsents, ApprovalsModule, GuardConsents } from '../../src/approvals/index.js';
import { Audit } from '../../src/audit/index.js';
import { CustodiansModule, Succession } from '../../src/custodians/index.js';
import { ActivationConsent, InventoryModule, InventorySuccession } from '../../src/inventory/index.js';
import type { Id, Principal, Role } from '../../src/kernel/index.js';
import { ApprovalDesk, type Authenticator, type ShownCredentials, SystemClock } from '../../src/platform/index.js';
import { RotationModule } from '../../src/rotation/index.js';
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
  readonly runbook: { readonly words: string; readonly command: string | null } | null;
  readonly evidence: {
    readonly verdict: string;
    readonly coverage: string;
    readonly callers: readonly { readonly address: string; readonly application: string | null }[];
    readonly missing: readonly string[];
  } | null;
  readonly steps: readonly { readonly direction: string; readonly step: string; readonly doneAt: string | null }[];
  readonly approvalId: string;
}

export interface SecretBody {
  readonly code: string;
  readonly version: number;
  readonly account: string;
  readonly secret: string;
  readonly previousVersion: number | null;
  readonly renewAfterSeconds: number;
}

/** Whoever shows `workload:<id>` is that identity: there is no TLS here. */
class NamedWorkloads implements Authenticator {
  async authenticate({ bearer }: ShownCredentials): Promise<Principal | undefined> {
    if (!bearer?.startsWith('workload:')) return undefined;
    const id = bearer.slice('workload:'.length) as Id<'identity'>;
    const credential = { kind: 'certificate', id: newId('certificate') } as const;
    return { kind: 'workload', id, spiffeId: `spiffe://muster.test/${id}`, credential };
  }
}

/** Rotation, and the rooms that it stands on, over a database of their own and a real PostgreSQL as target. */
export class RotationRoom {
  private made = 0;

  private constructor(
    private readonly ground: Ground,
    readonly opened: Opened,
    readonly server: RotatingServer,
    private readonly people: NamedPeople,
    private readonly teamId: Id<'team'>,
  ) {}

  static async open(): Promise<RotationRoom> {
    const [ground, server] = await Promise.all([Ground.take(), RotatingServer.start()]);
    const clock = new SystemClock();
    const people = new NamedPeople(clock);
    const opened = await Opened.open(ground, {
      modules: [CustodiansModule, InventoryModule, ApprovalsModule, RotationModule],
      clock,
      authenticators: [new NamedWorkloads(), people],
      platform: [Audit],
      ports: [
        { provide: Succession, useExisting: InventorySuccession },
        { provide: ActivationConsent, useExisting: ApprovalConsents },
        { provide: ApprovalDesk, useExisting: GuardConsents },
      ],
    });
    return new RotationRoom(ground, opened, server, people, await insertTeam(ground.superuser));
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

  /** The suite's PostgreSQL as a target that Muster may do everything on. */
  async target(as: string, ownerId: Id<'person'>): Promise<Id<'target'>> {
    const body = {
      ...{ name: `db-${++this.made}`, kind: 'postgresql', ownerId },
      ...{ url: this.server.superuserUrl, privateNetwork: { reason: 'It runs in this test.' } },
    };
    return (await this.expected(201, 'POST', '/v1/targets', { as, body })).id as Id<'target'>;
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

  async close(): Promise<void> {
    await this.opened.close();
    await this.server.stop();
    await this.ground.leave();
  }
}

import { randomBytes } from 'node:crypto';
import { Global, Module } from '@nestjs/common';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { ApprovalConsents, ApprovalsModule, GuardConsents } from '../../src/approvals/index.js';
import { ApprovalsJobs } from '../../src/approvals/approvals.jobs.js';
import { Audit } from '../../src/audit/index.js';
import { CustodiansModule, Succession } from '../../src/custodians/index.js';
import { ActivationConsent, Inventory, InventoryModule, InventorySuccession } from '../../src/inventory/index.js';
import type { Id, Principal, Role } from '../../src/kernel/index.js';
import {
  ApprovalDesk,
  type Authenticator,
  Authenticators,
  Config,
  ControlSocket,
  createHttpServer,
  DecisionPoint,
  FailureLog,
  HttpModule,
  Ids,
  Installation,
  Jobs,
  Keystore,
  RateLimitSettings,
  RefusalLog,
  type ShownCredentials,
  StepUpDesk,
  Subjects,
  SystemClock,
  UnitOfWork,
} from '../../src/platform/index.js';
import { PolicyDecisions, PolicyModule } from '../../src/policy/index.js';
import { cloneDatabase, openDataSource, type TestDatabase } from '../harness/index.js';
import { insertTeam, newId } from './rows.js';

/** A clock that stands where a test puts it. */
export class MovableClock extends SystemClock {
  private at = new Date('2026-03-02T09:00:00.000Z');

  override now(): Date {
    return new Date(this.at);
  }

  advance(seconds: number): void {
    this.at = new Date(this.at.getTime() + seconds * 1000);
  }
}

interface Known {
  readonly id: Id<'person'>;
  readonly roles: readonly Role[];
}

/** Whoever says a known person's name is that person. */
class NamedPeople implements Authenticator {
  readonly known = new Map<string, Known>();

  constructor(private readonly clock: SystemClock) {}

  async authenticate({ bearer }: ShownCredentials): Promise<Principal | undefined> {
    const person = this.known.get(bearer ?? '');
    if (!person) return undefined;
    return {
      kind: 'person',
      id: person.id,
      sessionId: 'ses_0192f0c1a2b37c4d8e5f60718293a4b5',
      roles: person.roles,
      acr: 'loa1',
      amr: [],
      proofs: {},
      authenticatedAt: this.clock.now(),
    };
  }
}

/** No job runs by itself. */
class QuietJobs {
  every(): void {}
  define(): void {}
}

/** What answers hold, as far as tests reach into them. A member that an answer lacks is undefined, whatever this says. */
export interface AnswerBody {
  readonly id: string;
  readonly identityId: Id<'identity'>;
  readonly approvalId: Id<'approval'>;
  readonly name: string;
  readonly spiffeId: string;
  readonly purpose: string;
  readonly status: string;
  readonly version: number;
  readonly primaryCustodianId: Id<'person'> | null;
  readonly handoverDueAt: string | null;
  readonly standing: { readonly reason: string | null };
  readonly state: string;
  readonly summary: string;
  readonly expiresAt: string;
  readonly decidedBy: string | null;
  readonly spentAt: string | null;
  readonly payload: string;
  readonly payloadDigest: string;
  readonly involved: readonly string[];
  readonly eligibleApproverIds: readonly string[];
  readonly canDecide: boolean;
  readonly accountIds: readonly string[];
  readonly until: string;
  readonly code: string;
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly nextCursor: string | null;
  readonly proposal: { readonly keep: readonly string[]; readonly remove: readonly string[] };
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly body: AnswerBody;
}

export interface Ask {
  /** A name that `person` was called with. */
  readonly as: string;
  readonly body?: unknown;
  readonly version?: number;
}

/** Inventory and approvals over a database of their own: asked over HTTP, or by their services as issuance does. */
export interface Room {
  readonly clock: MovableClock;
  readonly inventory: Inventory;
  readonly approvalsJobs: ApprovalsJobs;
  readonly unitOfWork: UnitOfWork;
  readonly database: TestDatabase;
  /** Past every right. */
  readonly superuser: Client;
  /** What nobody foresaw. */
  readonly failures: unknown[];
  readonly teamId: Id<'team'>;
  readonly ask: (method: string, url: string, ask: Ask) => Promise<Answer>;
  /** Somebody active, known by a name from now on. */
  readonly person: (name: string, ...roles: Role[]) => Promise<Id<'person'>>;
  readonly close: () => Promise<void>;
}

export async function openRoom(): Promise<Room> {
  const database = await cloneDatabase();
  const dataSource = await openDataSource(database.appUrl);
  const superuser = new Client({ connectionString: database.superuserUrl });
  await superuser.connect();
  const clock = new MovableClock();
  const people = new NamedPeople(clock);
  const failures: unknown[] = [];
  const keystore = new Keystore();
  keystore.unlock(Buffer.alloc(32, 7));
  const platform = [
    { provide: DataSource, useValue: dataSource },
    { provide: SystemClock, useValue: clock },
    { provide: Keystore, useValue: keystore },
    { provide: Config, useValue: { dataDirectory: database.name, publicUrl: 'https://muster.test' } },
    { provide: Installation, useValue: { trustDomain: 'muster.test' } },
    { provide: Jobs, useClass: QuietJobs },
    ...[UnitOfWork, Ids, ControlSocket, Audit],
  ];

  @Global()
  @Module({ providers: platform, exports: platform.map((one) => (typeof one === 'function' ? one : one.provide)) })
  class TestPlatform {}

  @Global()
  @Module({
    imports: [InventoryModule, ApprovalsModule, PolicyModule],
    providers: [
      { provide: DecisionPoint, useExisting: PolicyDecisions },
      { provide: Authenticators, useValue: { all: [people] } },
      { provide: RefusalLog, useValue: { refused: () => Promise.resolve() } },
      {
        provide: FailureLog,
        useValue: {
          failed: (_id: string, code: string, cause: unknown) => code === 'internal' && failures.push(cause),
        },
      },
      { provide: Succession, useExisting: InventorySuccession },
      { provide: ActivationConsent, useExisting: ApprovalConsents },
      { provide: ApprovalDesk, useExisting: GuardConsents },
      { provide: StepUpDesk, useValue: {} },
      { provide: Subjects, useValue: { nameOf: () => Promise.resolve(undefined) } },
      {
        provide: RateLimitSettings,
        useValue: { failuresPerMinute: 10_000, requestsPerMinute: 100_000, addressPerMinute: 100_000 },
      },
    ],
    exports: [
      DecisionPoint,
      Authenticators,
      RefusalLog,
      FailureLog,
      Succession,
      ActivationConsent,
      ApprovalDesk,
      StepUpDesk,
      Subjects,
      RateLimitSettings,
    ],
  })
  class TestPorts {}

  @Module({
    imports: [TestPlatform, TestPorts, HttpModule, CustodiansModule, InventoryModule, ApprovalsModule],
  })
  class TestApp {}

  const { app } = await createHttpServer(TestApp, { bodyLimitBytes: 65_536, logger: false });
  return {
    ...{ clock, database, superuser, failures },
    inventory: app.get(Inventory, { strict: false }),
    approvalsJobs: app.get(ApprovalsJobs, { strict: false }),
    unitOfWork: app.get(UnitOfWork, { strict: false }),
    teamId: await insertTeam(superuser),
    ask: async (method, url, { as, body, version }) => {
      const response = await app.inject({
        method: method as 'GET',
        url,
        headers: { authorization: `Bearer ${as}`, ...(version !== undefined && { 'if-match': `"v${version}"` }) },
        ...(body !== undefined && { payload: body as object }),
      });
      const text = response.payload;
      return {
        status: response.statusCode,
        headers: response.headers,
        text,
        body: (text === '' ? undefined : JSON.parse(text)) as AnswerBody,
      };
    },
    person: async (name, ...roles) => {
      const id = newId('person');
      const key = keystore.newPersonKey(id);
      await superuser.query(
        `WITH person AS (
           INSERT INTO muster.people (id, key_id, email_index, status, name_sealed, email_sealed, roles, version,
             invited_at, activated_at)
           VALUES ($1, $1, $2, 'active', $3, $4, $5, 1, now(), now()))
         INSERT INTO muster.person_keys (person_id, key_sealed) VALUES ($1, $6)`,
        [
          id,
          randomBytes(32),
          keystore.sealPersonal(key, id, 'name', name),
          keystore.sealPersonal(key, id, 'email', `${name}@example.com`),
          roles,
          key,
        ],
      );
      people.known.set(name, { id, roles });
      return id;
    },
    close: async () => {
      await app.close();
      await dataSource.destroy();
      await superuser.end();
      await database.drop();
    },
  };
}

export interface LoggedRecord {
  readonly type: string;
  readonly actor: string;
  readonly subject: string;
  /** Before and after. */
  readonly images: readonly unknown[];
}

/** The records that a piece of work appends, with the images behind them. */
export async function recordsBy({ superuser }: Room, work: () => Promise<unknown>): Promise<LoggedRecord[]> {
  const last = await superuser.query<{ n: string }>('SELECT coalesce(max(n), 0) AS n FROM audit.records');
  await work();
  const { rows } = await superuser.query<{ leaf: string; images: string }>(
    'SELECT r.leaf, i.images FROM audit.records r JOIN audit.images i USING (n) WHERE r.n > $1 ORDER BY r.n',
    [last.rows[0]!.n],
  );
  return rows.map(({ leaf, images }) => {
    const { type, actor, subject } = JSON.parse(leaf) as LoggedRecord;
    return { type, actor, subject, images: JSON.parse(images) as unknown[] };
  });
}

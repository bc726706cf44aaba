import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module, type Type } from '@nestjs/common';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { AttestationModule } from '../../src/attestation/index.js';
import { AuditModule, Refusals } from '../../src/audit/index.js';
import { Sequencer } from '../../src/audit/sequencer.js';
import { Succession } from '../../src/custodians/index.js';
import { ActivationConsent, InventoryModule, InventorySuccession } from '../../src/inventory/index.js';
import {
  CertificateAuthenticator,
  Founding,
  IssuanceModule,
  ServiceCertificate,
  type ServiceIdentity,
  TokenAuthenticator,
} from '../../src/issuance/index.js';
import { type Id, type Principal, type Role, ROLES } from '../../src/kernel/index.js';
import {
  ApprovalDesk,
  type Authenticator,
  Authenticators,
  Config,
  ControlSocket,
  createHttpServer,
  DatabaseAccess,
  DecisionPoint,
  EgressClient,
  EgressSettings,
  FailureLog,
  HttpModule,
  Ids,
  Installation,
  Jobs,
  Keystore,
  RateLimitSettings,
  RefusalLog,
  Resolver,
  type ShownCredentials,
  Signer,
  StepUpDesk,
  Subjects,
  SystemClock,
  UnitOfWork,
} from '../../src/platform/index.js';
import { foundInstallation } from '../../src/platform/database/index.js';
import { PolicyDecisions, PolicyModule } from '../../src/policy/index.js';
import { cloneDatabase, openDataSource, type TestDatabase } from '../harness/index.js';
import { identityRow, insertPerson, insertRow, insertTeam, newId } from '../inventory/rows.js';
import { Caller } from './caller.js';
import { InProcessSigner } from './in-process-signer.js';

export const TRUST_DOMAIN = 'muster.test';
export const PUBLIC_URL = 'https://localhost:8443';
const INSTALLATION = 'ins_0192f0c1a2b37c4d8e5f60718293a4b5';

/** A clock that starts at the present, for TLS has a clock of its own, and can be moved. */
export class MovableClock extends SystemClock {
  private offset = 0;

  override now(): Date {
    return new Date(Date.now() + this.offset);
  }

  advance(seconds: number): void {
    this.offset += seconds * 1000;
  }
}

/** Whoever says a role's name has it. */
class NamedRoles implements Authenticator {
  constructor(private readonly people: ReadonlyMap<string, Id<'person'>>) {}

  async authenticate({ bearer }: ShownCredentials): Promise<Principal | undefined> {
    const role = ROLES.find((name) => name === bearer);
    if (!role) return undefined;
    return {
      kind: 'person',
      id: this.people.get(role)!,
      sessionId: 'ses_0192f0c1a2b37c4d8e5f60718293a4b5',
      roles: [role],
      acr: 'loa1',
      amr: [],
      proofs: {},
      authenticatedAt: new Date(),
    };
  }
}

/** No job runs by itself. */
class QuietJobs {
  readonly enqueued: string[] = [];

  every(): void {}
  define(): void {}

  async enqueue(name: string): Promise<void> {
    this.enqueued.push(name);
  }
}

/** One process of the service, on two real listeners. */
export interface Replica {
  readonly call: Caller;
  readonly get: <Service>(type: abstract new (...parameters: never[]) => Service) => Service;
  /** What its listeners show. */
  readonly service: ServiceIdentity;
  readonly jobs: { readonly enqueued: readonly string[] };
  readonly close: () => Promise<void>;
}

export interface MadeIdentity {
  readonly id: Id<'identity'>;
  readonly spiffeId: string;
}

/** A database, a signer, and any number of replicas over them. */
export interface House {
  readonly clock: MovableClock;
  readonly database: TestDatabase;
  /** Past every right. */
  readonly superuser: Client;
  readonly signer: InProcessSigner;
  readonly people: ReadonlyMap<Role, Id<'person'>>;
  /** What nobody foresaw. */
  readonly failures: unknown[];
  readonly replica: (options?: { readonly sequencer?: boolean }) => Promise<Replica>;
  readonly identity: (changed?: Readonly<Record<string, unknown>>) => Promise<MadeIdentity>;
  readonly grant: (
    identityId: Id<'identity'>,
    target: string,
    scope: string,
    verified?: boolean,
  ) => Promise<Id<'grant'>>;
  /** Types and images of the records about a subject, in order. */
  readonly records: (subject: string) => Promise<readonly LoggedRecord[]>;
  readonly close: () => Promise<void>;
}

export interface LoggedRecord {
  readonly type: string;
  readonly actor: string;
  readonly before: unknown;
  readonly after: Readonly<Record<string, unknown>> | null;
}

export async function openHouse(): Promise<House> {
  const database = await cloneDatabase();
  await foundInstallation(database.ownerUrl, { id: INSTALLATION, publicUrl: PUBLIC_URL, trustDomain: TRUST_DOMAIN });
  const superuser = new Client({ connectionString: database.superuserUrl });
  await superuser.connect();
  const people = new Map<Role, Id<'person'>>();
  for (const role of ROLES) people.set(role, await insertPerson(superuser, [role]));
  const teamId = await insertTeam(superuser);
  const clock = new MovableClock();
  const signer = new InProcessSigner(database.signerUrl, clock);
  const dataDirectory = await mkdtemp(join(tmpdir(), 'muster-house-'));
  const failures: unknown[] = [];
  const replicas: Replica[] = [];
  const shared = { database, clock, signer, people, failures, dataDirectory };
  return {
    ...{ clock, database, superuser, signer, people, failures },
    replica: async (options = {}) => {
      const replica = await openReplica(shared, options.sequencer ?? false);
      replicas.push(replica);
      return replica;
    },
    identity: async (changed) => {
      const custodians = {
        primary_custodian_id: people.get('custodian'),
        backup_custodian_id: people.get('analyst'),
      };
      const row = identityRow(teamId, { ...custodians, ...changed });
      await insertRow(superuser, 'muster.identities', row);
      return { id: row.id, spiffeId: row.spiffe_id };
    },
    grant: async (identityId, target, scope, verified = true) => {
      const id = newId('grant');
      await insertRow(superuser, 'muster.grants', {
        ...{ id, identity_id: identityId, target, scope, purpose: 'A test.', added_by: 'system:test' },
        added_at: new Date(),
        ...(verified && { verifier_id: people.get('custodian'), verified_at: new Date() }),
      });
      return id;
    },
    records: async (subject) => {
      const { rows } = await superuser.query<{ leaf: string; images: string }>(
        `SELECT r.leaf, i.images FROM audit.records r JOIN audit.images i USING (n)
         WHERE r.leaf::jsonb ->> 'subject' = $1 ORDER BY n`,
        [subject],
      );
      return rows.map(({ leaf, images }) => {
        const [before, after] = JSON.parse(images) as [unknown, LoggedRecord['after']];
        const { type, actor } = JSON.parse(leaf) as { type: string; actor: string };
        return { type, actor, before, after };
      });
    },
    close: async () => {
      if (failures.length > 0)
        console.error('Failures that nobody foresaw:', ...failures.map((f) => (f as Error).stack));
      for (const replica of replicas) await replica.close();
      await signer.close();
      await superuser.end();
      await database.drop();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

interface Shared {
  readonly database: TestDatabase;
  readonly clock: MovableClock;
  readonly signer: InProcessSigner;
  readonly people: ReadonlyMap<Role, Id<'person'>>;
  readonly failures: unknown[];
  readonly dataDirectory: string;
}

async function openReplica(shared: Shared, sequencer: boolean): Promise<Replica> {
  const dataSource = await openDataSource(shared.database.appUrl);
  const jobs = new QuietJobs();
  const { app, listeners } = await createHttpServer(moduleOver(shared, dataSource, jobs, sequencer), {
    bodyLimitBytes: 262_144,
    logger: false,
  });
  const get = <Service>(type: abstract new (...parameters: never[]) => Service) =>
    app.get<Service>(type, { strict: false });
  await get(Founding).ensure();
  const identity = await get(ServiceCertificate).start();
  listeners.use(identity);
  const ports = await listeners.listen('127.0.0.1', 0, 0);
  return {
    call: await Caller.to(ports, shared.dataDirectory),
    get,
    service: identity,
    jobs,
    close: async () => {
      await listeners.close(0);
      await app.close();
      await dataSource.destroy();
    },
  };
}

function moduleOver(shared: Shared, dataSource: DataSource, jobs: QuietJobs, sequencer: boolean): Type {
  const keystore = new Keystore();
  keystore.unlock(Buffer.alloc(32, 7));
  const config = {
    dataDirectory: shared.dataDirectory,
    trustDomain: TRUST_DOMAIN,
    publicUrl: PUBLIC_URL,
    mutualUrl: 'https://localhost:8444',
  };
  const platform = [
    { provide: DataSource, useValue: dataSource },
    { provide: DatabaseAccess, useValue: new DatabaseAccess(shared.database.appUrl) },
    { provide: SystemClock, useValue: shared.clock },
    { provide: Keystore, useValue: keystore },
    { provide: Config, useValue: config },
    { provide: Installation, useValue: new Installation(INSTALLATION, PUBLIC_URL, TRUST_DOMAIN, new Date()) },
    { provide: Jobs, useValue: jobs },
    { provide: Signer, useValue: shared.signer },
    { provide: EgressSettings, useValue: { allowedNetworks: [], plainHttp: [] } },
    ...[Resolver, EgressClient, UnitOfWork, Ids, ControlSocket],
  ];

  @Global()
  @Module({ providers: platform, exports: platform.map((one) => (typeof one === 'function' ? one : one.provide)) })
  class TestPlatform {}

  const ports = [
    { provide: DecisionPoint, useExisting: PolicyDecisions },
    {
      provide: Authenticators,
      useFactory: (...own: Authenticator[]) => ({ all: [new NamedRoles(shared.people), ...own] }),
      inject: [TokenAuthenticator, CertificateAuthenticator],
    },
    { provide: RefusalLog, useExisting: Refusals },
    {
      provide: FailureLog,
      useValue: {
        failed: (_id: string, code: string, cause: unknown) => code === 'internal' && shared.failures.push(cause),
      },
    },
    { provide: Succession, useExisting: InventorySuccession },
    { provide: ActivationConsent, useValue: {} },
    { provide: ApprovalDesk, useValue: {} },
    { provide: StepUpDesk, useValue: {} },
    { provide: Subjects, useValue: { nameOf: () => Promise.resolve(undefined) } },
    {
      provide: RateLimitSettings,
      useValue: { failuresPerMinute: 10_000, requestsPerMinute: 100_000, addressPerMinute: 100_000 },
    },
  ];

  @Global()
  @Module({
    imports: [AuditModule, InventoryModule, PolicyModule, IssuanceModule],
    providers: ports,
    exports: ports.map(({ provide }) => provide),
  })
  class TestPorts {}

  @Module({
    imports: [TestPlatform, TestPorts, HttpModule, AuditModule, AttestationModule, IssuanceModule],
    providers: sequencer ? [Sequencer] : [],
  })
  class TestApp {}
  return TestApp;
}

/** A name nobody else has. */
export function unique(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}

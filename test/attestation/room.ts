import { randomBytes } from 'node:crypto';
import { Global, Module } from '@nestjs/common';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { Attestation, AttestationModule, type Evidence, type Shown } from '../../src/attestation/index.js';
import { AttestationJobs } from '../../src/attestation/attestation.jobs.js';
import { Refusals } from '../../src/attestation/refusals.js';
import { Succession } from '../../src/custodians/index.js';
import { ActivationConsent, InventoryModule, InventorySuccession } from '../../src/inventory/index.js';
import { type Id, MusterError, type Principal, type Role, ROLES } from '../../src/kernel/index.js';
import {
  type Authenticator,
  Authenticators,
  Config,
  ControlSocket,
  createHttpServer,
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
  SystemClock,
  UnitOfWork,
} from '../../src/platform/index.js';
import { AuditModule } from '../../src/audit/index.js';
import { PolicyDecisions, PolicyModule } from '../../src/policy/index.js';
import { cloneDatabase, openDataSource, type TestDatabase } from '../harness/index.js';
import { AUDIENCE, type CiIssuer, PAYMENTS_JOB } from '../harness/oidc-issuer.js';
import { identityRow, insertPerson, insertRow, insertTeam } from '../inventory/rows.js';

/** A clock that stands where a test puts it; it starts at the present, for TLS has a clock of its own. */
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

/** The jobs a room defines; none of them runs by itself. */
class QuietJobs {
  readonly names: string[] = [];

  every(name: string): void {
    this.names.push(name);
  }

  define(name: string): void {
    this.names.push(name);
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: AnswerBody;
}

/** Every field that tests look at; an answer has some of them. */
export interface AnswerBody {
  readonly [field: string]: unknown;
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly issuer: string;
  readonly version: number;
  readonly token: string;
  readonly privateNetwork: unknown;
  readonly nextCursor: string;
  readonly items: readonly AnswerBody[];
}

export interface Ask {
  readonly as?: Role;
  readonly body?: unknown;
  readonly version?: number;
}

/** The attestation room over a database of its own: asked over HTTP, or by its services as issuance does. */
export interface Room {
  readonly clock: MovableClock;
  readonly attestation: Attestation;
  readonly jobs: AttestationJobs;
  readonly refusals: Refusals;
  readonly unitOfWork: UnitOfWork;
  readonly database: TestDatabase;
  /** Past every right. */
  readonly superuser: Client;
  readonly failures: unknown[];
  readonly ask: (method: string, url: string, ask?: Ask) => Promise<Answer>;
  readonly identity: (changed?: Readonly<Record<string, unknown>>) => Promise<{ id: Id<'identity'>; spiffeId: string }>;
  /** The reasons written down since the last time this was asked. */
  readonly reasons: () => Promise<string[]>;
  readonly close: () => Promise<void>;
}

export async function openRoom(): Promise<Room> {
  const database = await cloneDatabase();
  const dataSource = await openDataSource(database.appUrl);
  const superuser = new Client({ connectionString: database.superuserUrl });
  await superuser.connect();
  const people = new Map<string, Id<'person'>>();
  for (const role of ROLES) people.set(role, await insertPerson(superuser, [role]));
  const teamId = await insertTeam(superuser);
  const clock = new MovableClock();
  const failures: unknown[] = [];
  const keystore = new Keystore();
  keystore.unlock(Buffer.alloc(32, 7));

  const platform = [
    { provide: DataSource, useValue: dataSource },
    { provide: SystemClock, useValue: clock },
    { provide: Keystore, useValue: keystore },
    {
      provide: Config,
      useValue: { dataDirectory: database.name, publicUrl: 'https://muster.test', trustDomain: 'muster.test' },
    },
    { provide: Installation, useValue: { id: 'ins_0192f0c1a2b37c4d8e5f60718293a4b5', trustDomain: 'muster.test' } },
    { provide: Jobs, useClass: QuietJobs },
    { provide: Signer, useValue: {} },
    { provide: EgressSettings, useValue: { allowedNetworks: [], plainHttp: [] } },
    ...[Resolver, EgressClient, UnitOfWork, Ids, ControlSocket],
  ];

  @Global()
  @Module({ providers: platform, exports: platform.map((one) => (typeof one === 'function' ? one : one.provide)) })
  class TestPlatform {}

  @Global()
  @Module({
    imports: [InventoryModule, PolicyModule],
    providers: [
      { provide: DecisionPoint, useExisting: PolicyDecisions },
      { provide: Authenticators, useValue: { all: [new NamedRoles(people)] } },
      { provide: RefusalLog, useValue: { refused: () => Promise.resolve() } },
      {
        provide: FailureLog,
        useValue: { failed: (_id: string, _code: string, cause: unknown) => failures.push(cause) },
      },
      { provide: Succession, useExisting: InventorySuccession },
      { provide: ActivationConsent, useValue: {} },
      {
        provide: RateLimitSettings,
        useValue: { failuresPerMinute: 10_000, requestsPerMinute: 100_000, addressPerMinute: 100_000 },
      },
    ],
    exports: [DecisionPoint, Authenticators, RefusalLog, FailureLog, Succession, ActivationConsent, RateLimitSettings],
  })
  class TestPorts {}

  @Module({ imports: [TestPlatform, TestPorts, HttpModule, AuditModule, AttestationModule] })
  class TestApp {}

  const { app } = await createHttpServer(TestApp, { bodyLimitBytes: 65_536, logger: false });
  const refusals = app.get(Refusals, { strict: false });
  let seen = '0';
  return {
    ...{ clock, refusals, database, superuser, failures },
    attestation: app.get(Attestation, { strict: false }),
    jobs: app.get(AttestationJobs, { strict: false }),
    unitOfWork: app.get(UnitOfWork, { strict: false }),
    ask: async (method, url, { as = 'administrator', body, version } = {}) => {
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
        body: JSON.parse(text || '{}') as AnswerBody,
      };
    },
    identity: async (changed) => {
      const custodians = { primary_custodian_id: people.get('custodian'), backup_custodian_id: people.get('analyst') };
      const row = identityRow(teamId, { ...custodians, ...changed });
      await insertRow(superuser, 'muster.identities', row);
      return { id: row.id, spiffeId: row.spiffe_id };
    },
    reasons: async () => {
      await refusals.written();
      const { rows } = await superuser.query<{ id: string; reason: string }>(
        'SELECT id, reason FROM muster.attestation_refusals WHERE id > $1 ORDER BY id',
        [seen],
      );
      seen = rows.at(-1)?.id ?? seen;
      return rows.map(({ reason }) => reason);
    },
    close: async () => {
      await app.close();
      await dataSource.destroy();
      await superuser.end();
      await database.drop();
    },
  };
}

/** The name of a new public key. */
export function newKeyName(): { readonly spkiSha256: Buffer } {
  return { spkiSha256: randomBytes(32) };
}

/** An issuer with its provider, an identity, and the trust between them, all made over HTTP as people make them. */
export interface Federation {
  readonly identityId: Id<'identity'>;
  readonly spiffeId: string;
  readonly providerId: Id<'provider'>;
  readonly trustId: Id<'trust'>;
}

const SUBJECT = 'repo:acme/payments:ref:refs/heads/main';

/** The body of a trust for the payments job. */
export function trustBody(identityId: string, providerId: string, change: Readonly<Record<string, unknown>> = {}) {
  return {
    ...{ identityId, providerId, audience: AUDIENCE, subject: SUBJECT },
    pins: { repository_id: PAYMENTS_JOB.repositoryId, repository_owner_id: PAYMENTS_JOB.repositoryOwnerId },
    ...change,
  };
}

/** The body of a provider for an issuer on loopback, with the consent that it needs. */
export function providerBody(issuer: CiIssuer, change: Readonly<Record<string, unknown>> = {}) {
  return {
    ...{ name: `CI at ${issuer.url}`, kind: 'github-actions', issuer: issuer.url, caCertificates: issuer.caPem },
    privateNetwork: { reason: 'A test’s own issuer.' },
    ...change,
  };
}

/** Makes provider, identity and trust. */
export async function federate(
  room: Room,
  issuer: CiIssuer,
  change: {
    readonly provider?: Readonly<Record<string, unknown>>;
    readonly trust?: Readonly<Record<string, unknown>>;
  } = {},
): Promise<Federation> {
  const provider = await room.ask('POST', '/v1/providers', { body: providerBody(issuer, change.provider) });
  if (provider.status !== 201) throw new Error(JSON.stringify(provider.body));
  const { id: identityId, spiffeId } = await room.identity();
  const body = trustBody(identityId, provider.body.id, change.trust);
  const trust = await room.ask('POST', '/v1/trusts', { as: 'platform-engineer', body });
  if (trust.status !== 201) throw new Error(JSON.stringify(trust.body));
  const [providerId, trustId] = [provider.body.id as Id<'provider'>, trust.body.id as Id<'trust'>];
  return { identityId, spiffeId, providerId, trustId };
}

/** How a proof ended: the identity proved, or the code that a stranger is told. */
export async function outcomeOf(room: Room, evidence: Evidence, shown: Shown = SHOWN): Promise<string> {
  try {
    return (await room.attestation.prove(evidence, shown)).identityId;
  } catch (error) {
    return error instanceof MusterError ? error.code : String(error);
  }
}

/** Where a caller is whose place does not matter. */
export const SHOWN = { address: '192.0.2.7', requestId: 'req_0192f0c1a2b37c4d8e5f60718293a4b5' } as const;

let places = 0;

/** Another place each time: refusals of one place are written down only so often. */
export function elsewhere(): Shown {
  places += 1;
  return { ...SHOWN, address: `198.51.100.${places}` };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Global, Module, type Provider, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { CertificateRotation } from '../../src/issuance/index.js';
import {
  ApprovalDesk,
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
  type Listeners,
  Mailer,
  RateLimitSettings,
  RefusalLog,
  Resolver,
  StepUpDesk,
  Subjects,
  SystemClock,
  UnitOfWork,
} from '../../src/platform/index.js';
import { PolicyDecisions, PolicyModule } from '../../src/policy/index.js';
import { AlwaysPresent } from './always-present.js';
import { cloneDatabase, type TestDatabase } from './cluster.js';
import { openDataSource } from './data-source.js';

export const INSTALLATION = 'ins_0192f0c1a2b37c4d8e5f60718293a4b5';
export const TRUST_DOMAIN = 'muster.test';
export const PUBLIC_URL = 'https://localhost:8443';

/** What rooms stand on: a database and a directory of their own, both gone when it is left. */
export class Ground {
  readonly keystore = new Keystore();

  private constructor(
    readonly database: TestDatabase,
    /** Past every right. */
    readonly superuser: Client,
    readonly dataDirectory: string,
  ) {
    this.keystore.unlock(Buffer.alloc(32, 7));
  }

  static async take(): Promise<Ground> {
    const database = await cloneDatabase();
    const superuser = new Client({ connectionString: database.superuserUrl });
    await superuser.connect();
    return new Ground(database, superuser, await mkdtemp(path.join(tmpdir(), 'muster-room-')));
  }

  async leave(): Promise<void> {
    await this.superuser.end();
    await this.database.drop();
    await rm(this.dataDirectory, { recursive: true, force: true });
  }
}

/** A provider by what it is asked for as. */
export type Provided = Exclude<Provider, Type> | Type;

export interface RoomPlan {
  /** The modules that are asked. */
  readonly modules: readonly Type[];
  readonly clock: SystemClock;
  /** Whom it lets in; a class is one of the modules' own. */
  readonly authenticators: readonly (Authenticator | Type<Authenticator>)[];
  /** What a platform has beyond the least, or in its place. */
  readonly platform?: readonly Provided[];
  /** How ports are bound beyond the least, or in its place. */
  readonly ports?: readonly Provided[];
  /** What runs there and nobody asks for. */
  readonly providers?: readonly Type[];
  /** Where it puts what nobody foresaw, when several rooms are to share that. */
  readonly failures?: unknown[];
  readonly bodyLimitBytes?: number;
}

/** The jobs that a room defines or asks for; none of them runs by itself. */
export class QuietJobs {
  readonly names: string[] = [];
  readonly enqueued: string[] = [];

  every(name: string): void {
    this.names.push(name);
  }

  define(name: string): void {
    this.names.push(name);
  }

  async enqueue(name: string): Promise<void> {
    this.enqueued.push(name);
  }
}

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** Undefined when the answer had none. */
  readonly body: Body;
}

export interface Ask {
  /** The bearer token shown. */
  readonly bearer?: string;
  readonly body?: unknown;
  /** The version that a change is based on. */
  readonly version?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Some of the service's modules in this process, over a real database, with the ports that they need bound. */
export class Room {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly listeners: Listeners,
    readonly jobs: QuietJobs,
    /** What nobody foresaw. */
    readonly failures: unknown[],
    private readonly dataSource: DataSource,
  ) {}

  static async open(ground: Ground, plan: RoomPlan): Promise<Room> {
    const dataSource = await openDataSource(ground.database.appUrl);
    const jobs = new QuietJobs();
    const { failures = [], bodyLimitBytes = 65_536 } = plan;
    const leastPlatform = [
      { provide: DataSource, useValue: dataSource },
      { provide: SystemClock, useValue: plan.clock },
      { provide: Keystore, useValue: ground.keystore },
      { provide: Config, useValue: configOf(ground) },
      { provide: Installation, useValue: new Installation(INSTALLATION, PUBLIC_URL, TRUST_DOMAIN, new Date()) },
      { provide: Jobs, useValue: jobs },
      { provide: Mailer, useValue: { isOn: false } },
      { provide: EgressSettings, useValue: { allowedNetworks: [], plainHttp: [] } },
      ...[UnitOfWork, Ids, ControlSocket, EgressClient, Resolver],
    ];
    const platform = eachOnce([...leastPlatform, ...(plan.platform ?? [])]);
    const ports = eachOnce([...leastPorts(plan.authenticators, failures), ...(plan.ports ?? [])]);

    @Global()
    @Module({ providers: platform, exports: platform.map(tokenOf) })
    class TestPlatform {}

    @Global()
    @Module({ imports: [...plan.modules, PolicyModule], providers: ports, exports: ports.map(tokenOf) })
    class TestPorts {}

    @Module({ imports: [TestPlatform, TestPorts, HttpModule, ...plan.modules], providers: [...(plan.providers ?? [])] })
    class TestApp {}

    const { app, listeners } = await createHttpServer(TestApp, { bodyLimitBytes, logger: false });
    return new Room(app, listeners, jobs, failures, dataSource);
  }

  /** One of its own objects. */
  get<Thing>(type: abstract new (...parameters: never[]) => Thing): Thing {
    return this.app.get<Thing>(type, { strict: false });
  }

  /** One request as a client would send it, without a network in between. */
  async ask<Body>(method: string, url: string, ask: Ask = {}): Promise<Answer<Body>> {
    const { bearer, body, version, headers } = ask;
    const response = await this.app.inject({
      method: method as 'GET',
      url,
      headers: {
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        ...(version !== undefined && { 'if-match': `"v${version}"` }),
        ...headers,
      },
      ...(body !== undefined && { payload: body as object }),
    });
    const text = response.payload;
    return {
      status: response.statusCode,
      headers: response.headers,
      text,
      body: (text === '' ? undefined : JSON.parse(text)) as Body,
    };
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.dataSource.destroy();
  }
}

function configOf({ dataDirectory }: Ground) {
  return { dataDirectory, publicUrl: PUBLIC_URL, mutualUrl: 'https://localhost:8444', trustDomain: TRUST_DOMAIN };
}

const NOTHING_ROTATES: CertificateRotation = {
  renewAfterSeconds: ({ naturalSeconds }) => Promise.resolve(naturalSeconds),
  used: () => Promise.resolve(),
};

/** Ports that let a room work alone: it decides by the real policy, and keeps in mind what nobody foresaw. */
function leastPorts(authenticators: RoomPlan['authenticators'], failures: unknown[]): Provided[] {
  const classes = authenticators.filter((one) => typeof one === 'function');
  const failed = (_id: string, code: string, cause: unknown) => void (code === 'internal' && failures.push(cause));
  return [
    { provide: DecisionPoint, useExisting: PolicyDecisions },
    {
      provide: Authenticators,
      useFactory: (...own: Authenticator[]) => ({
        all: authenticators.map((one) => (typeof one === 'function' ? own[classes.indexOf(one)] : one)),
      }),
      inject: classes,
    },
    { provide: RefusalLog, useValue: { refused: () => Promise.resolve() } },
    { provide: FailureLog, useValue: { failed } },
    { provide: ApprovalDesk, useValue: {} },
    { provide: StepUpDesk, useClass: AlwaysPresent },
    { provide: CertificateRotation, useValue: NOTHING_ROTATES },
    { provide: Subjects, useValue: { nameOf: () => Promise.resolve(undefined) } },
    {
      provide: RateLimitSettings,
      useValue: { failuresPerMinute: 10_000, requestsPerMinute: 100_000, addressPerMinute: 100_000 },
    },
  ];
}

/** Of several providers of one thing, the last. */
function eachOnce(providers: readonly Provided[]): Provided[] {
  return [...new Map(providers.map((one) => [tokenOf(one), one])).values()];
}

function tokenOf(provider: Provided) {
  return typeof provider === 'function' ? provider : provider.provide;
}

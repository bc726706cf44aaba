import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Global, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { Audit } from '../../src/audit/index.js';
import { CustodiansModule, People, SessionAuthenticator, Setup, Succession } from '../../src/custodians/index.js';
import type { Actor, Id } from '../../src/kernel/index.js';
import {
  Authenticators,
  Config,
  ControlSocket,
  createHttpServer,
  DecisionPoint,
  FailureLog,
  HttpModule,
  Ids,
  Keystore,
  RateLimitSettings,
  RefusalLog,
  SystemClock,
  type Tx,
  UnitOfWork,
} from '../../src/platform/index.js';
import { PolicyDecisions, PolicyModule } from '../../src/policy/index.js';
import { cloneDatabase, openDataSource, type TestDatabase } from '../harness/index.js';

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

/** Succession as a test wants it: it remembers who left, or refuses. */
export class FakeSuccession extends Succession {
  readonly handedOver: Id<'person'>[] = [];
  refusing: Error | undefined;

  async handOver(tx: Tx, _actor: Actor, departing: Id<'person'>): Promise<void> {
    const [row] = await tx.query<{ status: string }>('SELECT status FROM muster.people WHERE id = $1', [departing]);
    if (row?.status !== 'departed') throw new Error('Succession must see the person as departed.');
    if (this.refusing) throw this.refusing;
    this.handedOver.push(departing);
  }
}

/** What was logged as failed: an unforeseen error fails the test that caused it. */
export class FailureList extends FailureLog {
  readonly causes: unknown[] = [];

  failed(_requestId: string, _code: string, cause: unknown): void {
    this.causes.push(cause);
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly body: AnswerBody;
}

/** Every field that an answer of this room can have, of which a test reads those that its route gives. */
export interface AnswerBody {
  readonly code: string;
  readonly id: Id<'person'>;
  readonly name: string;
  readonly email: string;
  readonly status: string;
  readonly roles: readonly string[];
  readonly managerId: string | null;
  readonly version: number;
  readonly person: { readonly id: Id<'person'>; readonly status: string; readonly roles: readonly string[] };
  readonly session: { readonly id: string; readonly token: string };
  readonly signInToken: string;
  readonly items: readonly { readonly id: string }[];
  readonly nextCursor: string | null;
  readonly notices: readonly unknown[];
}

export interface Ask {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A running room: the module over a database of its own, spoken to as a client would. */
export interface Room {
  readonly clock: MovableClock;
  readonly succession: FakeSuccession;
  readonly failures: FailureList;
  readonly people: People;
  readonly setup: Setup;
  readonly unitOfWork: UnitOfWork;
  readonly controlSocket: ControlSocket;
  readonly database: TestDatabase;
  readonly dataDirectory: string;
  /** Past every right. */
  readonly superuser: Client;
  readonly ask: (method: string, url: string, ask?: Ask) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

export async function openRoom(): Promise<Room> {
  const database = await cloneDatabase();
  const dataSource = await openDataSource(database.appUrl);
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'muster-custodians-'));
  const superuser = new Client({ connectionString: database.superuserUrl });
  await superuser.connect();
  const clock = new MovableClock();
  const succession = new FakeSuccession();
  const failures = new FailureList();
  const keystore = new Keystore();
  keystore.unlock(Buffer.alloc(32, 7));
  const platform = [
    { provide: DataSource, useValue: dataSource },
    { provide: SystemClock, useValue: clock },
    { provide: Keystore, useValue: keystore },
    { provide: Config, useValue: { dataDirectory, publicUrl: 'https://muster.test' } },
    { provide: Succession, useValue: succession },
    UnitOfWork,
    Ids,
    Audit,
    ControlSocket,
  ];
  const tokens = platform.map((provider) => (typeof provider === 'function' ? provider : provider.provide));

  @Global()
  @Module({ providers: platform, exports: tokens })
  class TestPlatform {}

  @Global()
  @Module({
    imports: [CustodiansModule, PolicyModule],
    providers: [
      { provide: DecisionPoint, useExisting: PolicyDecisions },
      {
        provide: Authenticators,
        useFactory: (sessions: SessionAuthenticator) => ({ all: [sessions] }),
        inject: [SessionAuthenticator],
      },
      { provide: RefusalLog, useValue: { refused: () => Promise.resolve() } },
      { provide: FailureLog, useValue: failures },
      {
        provide: RateLimitSettings,
        useValue: { failuresPerMinute: 10_000, requestsPerMinute: 100_000, addressPerMinute: 100_000 },
      },
    ],
    exports: [DecisionPoint, Authenticators, RefusalLog, FailureLog, RateLimitSettings],
  })
  class TestPorts {}

  @Module({ imports: [TestPlatform, TestPorts, HttpModule, CustodiansModule] })
  class TestApp {}

  const { app } = await createHttpServer(TestApp, { bodyLimitBytes: 65_536, logger: false });
  await app.get(Setup).prepare();
  return {
    clock,
    succession,
    failures,
    people: app.get(People),
    setup: app.get(Setup),
    unitOfWork: app.get(UnitOfWork),
    controlSocket: app.get(ControlSocket),
    database,
    dataDirectory,
    superuser,
    ask: (method, url, ask = {}) => inject(app, method, url, ask),
    close: async () => {
      await app.get(ControlSocket).close();
      await app.close();
      await dataSource.destroy();
      await superuser.end();
      await database.drop();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

async function inject(app: NestFastifyApplication, method: string, url: string, ask: Ask): Promise<Answer> {
  const response = await app.inject({
    method: method as 'GET',
    url,
    headers: { ...(ask.token !== undefined && { authorization: `Bearer ${ask.token}` }), ...ask.headers },
    ...(ask.body !== undefined && { payload: ask.body as object }),
  });
  const text = response.payload;
  return {
    status: response.statusCode,
    headers: response.headers,
    text,
    body: (text === '' ? undefined : JSON.parse(text)) as AnswerBody,
  };
}

/** Everything the database holds, as one text: for searching what must not be there. */
export async function wholeDatabase(superuser: Client): Promise<string> {
  const tables = await superuser.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('muster', 'audit', 'bullmq')`,
  );
  const texts: string[] = [];
  for (const { name } of tables.rows) {
    const rows = await superuser.query<{ text: string }>(`SELECT t::text AS text FROM ${name} t`);
    texts.push(...rows.rows.map(({ text }) => text));
  }
  return texts.join('\n');
}

interface Image {
  readonly person?: { readonly status: string };
}

export interface LoggedRecord {
  readonly type: string;
  readonly actor: string;
  readonly subject: string;
  readonly images: readonly [Image | null, Image | null];
}

/** The log's records in order, with the images behind them. */
export async function recordsOf({ superuser }: Room): Promise<LoggedRecord[]> {
  const { rows } = await superuser.query<{ leaf: string; images: string }>(
    'SELECT r.leaf, i.images FROM audit.records r JOIN audit.images i USING (n) ORDER BY r.n',
  );
  return rows.map(({ leaf, images }) => {
    const { type, actor, subject } = JSON.parse(leaf) as LoggedRecord;
    return { type, actor, subject, images: JSON.parse(images) as LoggedRecord['images'] };
  });
}

/** The records that a piece of work appends. */
export async function recordsBy(room: Room, work: () => Promise<unknown>): Promise<LoggedRecord[]> {
  const before = (await recordsOf(room)).length;
  await work();
  return (await recordsOf(room)).slice(before);
}

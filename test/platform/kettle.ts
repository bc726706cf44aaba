import { randomBytes } from 'node:crypto';
import { Body, Controller, Get, Global, Module, Param, Patch, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { type Actor, type Id, idFrom, type Principal } from '../../src/kernel/index.js';
import {
  ApprovalDesk,
  type Authenticator,
  Authenticators,
  By,
  Config,
  createHttpServer,
  DecisionPoint,
  FailureLog,
  HttpModule,
  IdempotencyKeys,
  IfMatch,
  line,
  RateLimitSettings,
  RefusalLog,
  RequestError,
  Route,
  type ShownCredentials,
  StepUpDesk,
  Subjects,
  UnitOfWork,
} from '../../src/platform/index.js';
import { withClient } from '../../src/platform/database/connection.js';
import { cloneDatabase, openDataSource } from '../harness/index.js';

const potBody = z.strictObject({ tea: line(50), note: z.string().max(100_000).optional() });
const potSchema = z.strictObject({ id: z.string(), tea: z.string(), version: z.int() });
const answers = { 201: potSchema };
const boxed = { 201: z.strictObject({ pot: potSchema, lid: z.string() }) };

/** What happens around an effect, as a test wants it. */
export class Around {
  before: () => Promise<void> = async () => undefined;
  after: () => Promise<void> = async () => undefined;
}

/** A room with one use case: it pours tea, and every pot poured is a row. */
@Controller('v1/pots')
class PotsController {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly around: Around,
  ) {}

  @Post()
  @Route({ summary: 'Pours.', action: 'pot.pour', answers, records: 'none' })
  pour(@By() _actor: Actor, @Body({ schema: potBody }) { tea }: z.output<typeof potBody>) {
    return this.poured(tea);
  }

  @Post('secret')
  @Route({ summary: 'Pours in secret.', action: 'pot.pour', answers, records: 'none', secret: true })
  pourSecretly(@Body({ schema: potBody }) { tea }: z.output<typeof potBody>) {
    return this.poured(tea);
  }

  @Post('boxed')
  @Route({ summary: 'Pours in a box.', action: 'pot.pour', answers: boxed, records: 'none', secret: true })
  async pourBoxed(@By() _actor: Actor, @Body({ schema: potBody }) { tea }: z.output<typeof potBody>) {
    return { pot: await this.poured(tea), lid: 'shut' };
  }

  @Post('public')
  @Route({ summary: 'Pours for everyone.', action: 'public', answers, records: 'none' })
  pourPublicly(@Body({ schema: potBody }) { tea }: z.output<typeof potBody>) {
    return this.poured(tea);
  }

  @Get(':id')
  @Route({ summary: 'Shows a pot.', action: 'pot.pour', answers: { 200: potSchema }, records: 'none' })
  read(@Param('id') id: string) {
    return { id, tea: 'Assam', version: 3 };
  }

  @Patch(':id')
  @Route({ summary: 'Changes a pot.', action: 'pot.pour', answers: { 200: potSchema }, records: 'none' })
  change(
    @Param('id') id: string,
    @IfMatch() version: number,
    @Body({ schema: potBody }) body: z.output<typeof potBody>,
  ) {
    if (version !== 3) throw new RequestError('version_conflict', 'Read it again.');
    return { id, tea: body.tea, version: 4 };
  }

  private async poured(tea: string) {
    await this.around.before();
    const id = await this.unitOfWork.run(async (tx) => {
      const [row] = await tx.query<{ id: string }>('INSERT INTO kettle.pots (tea) VALUES ($1) RETURNING id', [tea]);
      return row!.id;
    });
    await this.around.after();
    return { id: `pot_${id}`, tea, version: 1 };
  }
}

/** Whoever says a name has it; nobody is called "nobody". */
class NamedCallers implements Authenticator {
  private readonly ids = new Map<string, Id<'person'>>();

  async authenticate({ bearer }: ShownCredentials): Promise<Principal | undefined> {
    if (bearer === undefined || bearer === 'nobody') return undefined;
    if (!this.ids.has(bearer)) this.ids.set(bearer, idFrom('person', Date.now(), randomBytes(10)));
    return {
      ...{ kind: 'person', id: this.ids.get(bearer)!, sessionId: idFrom('session', 0, Buffer.alloc(10)) },
      ...{ roles: ['administrator'], acr: 'loa1', amr: [], proofs: {}, authenticatedAt: new Date(0) },
    };
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The request path over one small room and a real database. */
export interface Kettle {
  readonly around: Around;
  readonly keys: IdempotencyKeys;
  readonly failures: unknown[];
  readonly app: NestFastifyApplication;
  readonly superuserUrl: string;
  readonly ask: (method: string, url: string, ask?: Ask) => Promise<Answer>;
  /** How many pots were poured. */
  readonly pots: (tea?: string) => Promise<number>;
  readonly close: () => Promise<void>;
}

export interface Ask {
  readonly as?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const GENEROUS = { failuresPerMinute: 1_000_000, requestsPerMinute: 1_000_000, addressPerMinute: 1_000_000 };

export async function openKettle(limits: Partial<RateLimitSettings> = {}): Promise<Kettle> {
  const database = await cloneDatabase();
  await withClient(database.superuserUrl, (client) =>
    client.query(`CREATE SCHEMA kettle; CREATE TABLE kettle.pots (id serial, tea text);
      GRANT USAGE ON SCHEMA kettle TO muster_app; GRANT ALL ON ALL TABLES IN SCHEMA kettle TO muster_app;
      GRANT ALL ON ALL SEQUENCES IN SCHEMA kettle TO muster_app`),
  );
  const dataSource = await openDataSource(database.appUrl);
  const around = new Around();
  const failures: unknown[] = [];
  const providers = [
    { provide: DataSource, useValue: dataSource },
    { provide: Around, useValue: around },
    { provide: Authenticators, useValue: { all: [new NamedCallers()] } },
    {
      provide: DecisionPoint,
      useValue: {
        knows: () => true,
        decide: async () => ({ effect: 'allow', reasons: ['role:test'], policy: 'test@1' }),
      },
    },
    { provide: RefusalLog, useValue: { refused: async () => undefined } },
    {
      provide: FailureLog,
      useValue: { failed: (_id: string, _code: string, cause: unknown) => void failures.push(cause) },
    },
    { provide: Config, useValue: { publicUrl: 'https://localhost:8443' } },
    { provide: StepUpDesk, useValue: {} },
    { provide: ApprovalDesk, useValue: {} },
    { provide: Subjects, useValue: { nameOf: async () => undefined } },
    { provide: RateLimitSettings, useValue: { ...GENEROUS, ...limits } },
    UnitOfWork,
  ];
  const tokens = providers.map((one) => (typeof one === 'function' ? one : one.provide));

  @Global()
  @Module({ providers, exports: tokens })
  class TestPlatform {}

  @Module({ imports: [TestPlatform, HttpModule], controllers: [PotsController] })
  class TestApp {}

  const { app } = await createHttpServer(TestApp, { bodyLimitBytes: 65_536, logger: false });
  return {
    ...{ around, failures, app, keys: app.get(IdempotencyKeys, { strict: false }) },
    superuserUrl: database.superuserUrl,
    ask: (method, url, ask) => inject(app, method, url, ask),
    pots: async (tea) => {
      const [row] = await dataSource.query<{ count: string }[]>(
        'SELECT count(*) FROM kettle.pots WHERE $1::text IS NULL OR tea = $1',
        [tea ?? null],
      );
      return Number(row!.count);
    },
    close: async () => {
      await app.close();
      await dataSource.destroy();
      await database.drop();
    },
  };
}

async function inject(app: NestFastifyApplication, method: string, url: string, ask: Ask = {}): Promise<Answer> {
  const response = await app.inject({
    ...{ method: method as 'GET', url },
    headers: {
      ...(ask.body !== undefined && { 'content-type': 'application/json' }),
      authorization: `Bearer ${ask.as ?? 'ada'}`,
      ...ask.headers,
    },
    ...(ask.body !== undefined && {
      payload: typeof ask.body === 'string' || Buffer.isBuffer(ask.body) ? ask.body : JSON.stringify(ask.body),
    }),
  });
  const text = response.payload;
  const body = /^[[{]/.test(text) ? (JSON.parse(text) as Answer['body']) : {};
  return { status: response.statusCode, headers: response.headers, text, body };
}

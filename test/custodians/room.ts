import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Client } from 'pg';
import { Audit } from '../../src/audit/index.js';
import { CustodiansModule, People, SessionAuthenticator, Setup, Succession } from '../../src/custodians/index.js';
import type { Actor, Decision, Id } from '../../src/kernel/index.js';
import {
  ControlSocket,
  DecisionPoint,
  FailureLog,
  type Question,
  type Tx,
  UnitOfWork,
} from '../../src/platform/index.js';
import { PolicyDecisions } from '../../src/policy/index.js';
import { StandingClock } from '../harness/clocks.js';
import type { TestDatabase } from '../harness/index.js';
import { type Answer as AnswerOf, Ground, Room as Opened } from '../harness/room.js';

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

/** The policy's roles alone: what it wants proved first is tried in rooms of its own. */
@Injectable()
class RolesAlone extends DecisionPoint {
  constructor(private readonly policy: PolicyDecisions) {
    super();
  }

  knows(action: string): boolean {
    return this.policy.knows(action);
  }

  async decide(question: Question): Promise<Decision> {
    const { effect, reasons, policy } = await this.policy.decide(question);
    return { effect: effect === 'step-up' ? 'allow' : effect, reasons, policy };
  }
}

/** What was logged as failed: an unforeseen error fails the test that caused it. */
export class FailureList extends FailureLog {
  readonly causes: unknown[] = [];

  failed(_requestId: string, _code: string, cause: unknown): void {
    this.causes.push(cause);
  }
}

export type Answer = AnswerOf<AnswerBody>;

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
  readonly items: readonly { readonly id: string; readonly name: string }[];
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
  readonly clock: StandingClock;
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
  /** One of its own objects. */
  readonly get: Opened['get'];
  readonly ask: (method: string, url: string, ask?: Ask) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

export async function openRoom(): Promise<Room> {
  const ground = await Ground.take();
  const { database, superuser, dataDirectory } = ground;
  const clock = new StandingClock();
  const succession = new FakeSuccession();
  const failures = new FailureList();
  const opened = await Opened.open(ground, {
    modules: [CustodiansModule],
    clock,
    authenticators: [SessionAuthenticator],
    platform: [{ provide: Succession, useValue: succession }, Audit],
    ports: [
      { provide: FailureLog, useValue: failures },
      { provide: DecisionPoint, useClass: RolesAlone },
    ],
  });
  const [setup, controlSocket] = [opened.get(Setup), opened.get(ControlSocket)];
  await setup.prepare();
  return {
    ...{ clock, succession, failures, setup, controlSocket, database, dataDirectory, superuser },
    people: opened.get(People),
    unitOfWork: opened.get(UnitOfWork),
    get: (type) => opened.get(type),
    ask: (method, url, { token, ...ask } = {}) =>
      opened.ask(method, url, { ...(token !== undefined && { bearer: token }), ...ask }),
    close: async () => {
      await controlSocket.close();
      await opened.close();
      await ground.leave();
    },
  };
}

/** Until so many wait for what the room's open transaction, or one before them, has locked. */
export async function untilWaiting({ superuser }: Room, transactions: number): Promise<void> {
  for (let waiting = 0; waiting < transactions; await sleep(5)) {
    await superuser.query('SELECT pg_stat_clear_snapshot()');
    const { rowCount } = await superuser.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    waiting = rowCount ?? 0;
  }
}

/** Names of tables in which every request leaves a line, whatever came of it. */
export const OF_REQUESTS = '^(decisions|policies)';
const NOTHING = '^$';

/** Everything the database holds, as one text: for searching what must not be there. */
export async function wholeDatabase(superuser: Client, except = NOTHING): Promise<string> {
  const tables = await superuser.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
      WHERE schemaname IN ('muster', 'audit', 'bullmq') AND tablename !~ $1`,
    [except],
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

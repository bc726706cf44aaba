import { createPrivateKey } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { Audit, type AuditRecord } from '../../src/audit/index.js';
import { Checkpoints } from '../../src/audit/checkpoints.js';
import { LogIdentity } from '../../src/audit/log-identity.js';
import type { Query } from '../../src/audit/query.js';
import { Sequencer } from '../../src/audit/sequencer.js';
import { noteKey, type NoteKey } from '../../src/crypto/index.js';
import { LogKey } from '../../src/issuance/signer/log-key.js';
import { type Actor, idFrom } from '../../src/kernel/index.js';
import { type Signer, SystemClock, UnitOfWork } from '../../src/platform/index.js';
import { cloneDatabase, openDataSource, type TestDatabase } from '../harness/index.js';

export const id = <Kind extends Parameters<typeof idFrom>[0]>(kind: Kind, number: number) =>
  idFrom<Kind>(kind, 1_790_000_000_000 + number, Buffer.alloc(10, number));

export const administrator: Actor = {
  principal: {
    kind: 'person',
    id: id('person', 1),
    sessionId: id('session', 1),
    roles: ['administrator'],
    acr: 'loa1',
    amr: [],
    proofs: {},
    authenticatedAt: new Date('2026-11-21T12:00:00Z'),
  },
  requestId: id('request', 1),
  decision: { effect: 'allow', reasons: ['role:administrator'], policy: 'builtin@1' },
};

export function changeOf(number: number, record: Partial<AuditRecord> = {}): AuditRecord {
  const before = { status: 'active', version: number };
  const after = { status: 'active', version: number + 1, purpose: 'Settles paymènts "daily"' };
  return { type: 'team.changed', actor: administrator, subject: id('team', number % 7), before, after, ...record };
}

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');
export const ORIGIN = `muster.test/${id('installation', 1)}`;

/** A log key of the signer's own kind, with a fixed seed. */
export function fixedLogKey(seed = 1): LogKey {
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_ED25519, Buffer.alloc(32, seed)]),
    format: 'der',
    type: 'pkcs8',
  });
  return new LogKey(key.export({ format: 'der', type: 'pkcs8' }));
}

/** Signs as the signer process does; can be made to fail. */
export class LogSigner {
  failing = false;
  private readonly key = fixedLogKey();

  async logPublicKey(): Promise<Buffer> {
    return this.key.publicKey;
  }

  async signCheckpoint(text: string): Promise<string> {
    if (this.failing) throw new Error('The signer is sealed.');
    return this.key.sign(text);
  }
}

/** A log on a database of its own, as one replica would have it. */
export class LogFixture {
  readonly clock = new SystemClock();
  readonly audit = new Audit(this.clock);
  readonly unitOfWork: UnitOfWork;
  readonly signer = new LogSigner();
  readonly identity: LogIdentity;
  readonly checkpoints: Checkpoints;
  private readonly sequencers: Sequencer[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly dataSource: DataSource,
  ) {
    this.unitOfWork = new UnitOfWork(dataSource);
    this.identity = new LogIdentity(dataSource, this.signer as unknown as Signer);
    this.checkpoints = new Checkpoints(dataSource, this.identity, this.signer as unknown as Signer);
  }

  static async open(): Promise<LogFixture> {
    const database = await cloneDatabase();
    await onConnection(database.superuserUrl, (client) =>
      client.query(
        `INSERT INTO muster.installation (id, public_url, trust_domain, created_at)
         VALUES ($1, 'https://localhost:8443', 'muster.test', now())`,
        [id('installation', 1)],
      ),
    );
    return new LogFixture(database, await openDataSource(database.appUrl));
  }

  async close(): Promise<void> {
    await Promise.all(this.sequencers.map((sequencer) => sequencer.stop()));
    await this.dataSource.destroy();
    await this.database.drop();
  }

  /** Another replica's sequencer on the same database. */
  sequencer(): Sequencer {
    const sequencer = new Sequencer(this.dataSource, this.checkpoints);
    this.sequencers.push(sequencer);
    return sequencer;
  }

  get key(): NoteKey {
    return noteKey(ORIGIN, fixedLogKey().publicKey);
  }

  append(...records: AuditRecord[]): Promise<void> {
    return this.unitOfWork.run(async (tx) => void (await this.audit.appendAll(tx, records)));
  }

  readonly query: Query = (sql, parameters) => this.dataSource.query(sql, [...(parameters ?? [])]);

  /** Waits until the log holds so many leaves, all of them under a checkpoint. */
  async settled(size: number): Promise<void> {
    await until(async () => (await this.checkpoints.latest(this.query))?.size === size);
  }
}

export async function until(condition: () => Promise<boolean>, milliseconds = 30_000): Promise<void> {
  for (const giveUpAt = Date.now() + milliseconds; !(await condition()); await sleep(10))
    if (Date.now() > giveUpAt) throw new Error('What the test waits for did not happen.');
}

export async function onConnection<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

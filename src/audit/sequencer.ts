import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Client, type ClientConfig } from 'pg';
import { DataSource } from 'typeorm';
import { RECORDED } from './channels.js';
import { Checkpoints } from './checkpoints.js';
import type { Query } from './query.js';
import { Sequencing } from './sequencing.js';
import { Wake } from './wake.js';

/** Whoever takes records into the tree holds this advisory lock: "AUDIT" in ASCII. */
const SEQUENCER_LOCK = 0x4155444954;
const IDLE_MILLISECONDS = 250;
const QUERY_MILLISECONDS = 30_000;
/** So that the server, too, notices within seconds that the holder of the lock is gone. */
const NOTICE_LOSS = 'SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3';

/**
 * Orders committed records into the Merkle tree, one process at a time.
 *
 * The lock belongs to the very connection that writes: whoever loses it can write nothing any more, and a waiting
 * process takes over within a quarter of a second.
 */
@Injectable()
export class Sequencer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Sequencer.name);
  private readonly wake = new Wake();
  private running: Promise<void> | undefined;
  private publishing: Promise<void> | undefined;
  private stopping = false;
  /** The size of the tree that was signed last, as far as this turn at the lock knows. */
  private signed: number | undefined;
  private lastProblem = '';

  constructor(
    private readonly dataSource: DataSource,
    private readonly checkpoints: Checkpoints,
  ) {}

  onApplicationBootstrap(): void {
    this.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.stop();
  }

  start(): void {
    this.stopping = false;
    this.running ??= this.run();
  }

  /** Ends after the turn under way. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.wake.now();
    await this.running;
    await this.publishing;
    this.running = undefined;
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      try {
        await this.serve();
      } catch (error) {
        this.report('The sequencer lost its connection or its place and starts again', error);
        await this.wake.within(IDLE_MILLISECONDS);
      }
    }
  }

  /** One connection's life: wait for the lock, take up the tree, take turns. */
  private async serve(): Promise<void> {
    const client = new Client(connectionOptions(this.dataSource));
    const lost = new Promise<never>((_resolve, reject) => {
      client.on('error', reject);
      client.on('end', () => reject(new Error('The connection ended.')));
    });
    lost.catch(() => this.wake.now());
    client.on('notification', () => this.wake.now());
    const query: Query = async <Row>(sql: string, parameters: readonly unknown[] = []) =>
      (await Promise.race([client.query(sql, [...parameters]), lost])).rows as Row[];
    try {
      await client.connect();
      await query(`SET application_name = 'muster sequencer'`);
      await client.query(NOTICE_LOSS);
      await query(`LISTEN ${RECORDED}`);
      await this.waitForLock(query);
      if (!this.stopping) await this.takeTurns(query);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  private async waitForLock(query: Query): Promise<void> {
    while (!this.stopping) {
      const [lock] = await query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [SEQUENCER_LOCK]);
      if (lock!.held) return;
      await this.wake.within(IDLE_MILLISECONDS);
    }
  }

  private async takeTurns(query: Query): Promise<void> {
    const sequencing = await Sequencing.resume(query);
    this.signed = undefined;
    while (!this.stopping) {
      const { added, full } = await sequencing.turn();
      if (this.signed !== sequencing.size)
        this.publishing ??= this.publish().finally(() => (this.publishing = undefined));
      if (added === 0 && !full) await this.wake.within(IDLE_MILLISECONDS);
    }
  }

  /** Signing goes on beside the turns: a slow signer delays checkpoints, never the records that feeds wait for. */
  private async publish(): Promise<void> {
    try {
      this.signed = await this.checkpoints.publish();
      this.lastProblem = '';
    } catch (error) {
      this.signed = undefined;
      this.report('The log has grown without a checkpoint', error);
    }
  }

  /** Says a problem once, not four times a second. */
  private report(what: string, error: unknown): void {
    const problem = `${what}: ${error instanceof Error ? error.message : String(error)}`;
    if (problem !== this.lastProblem) this.logger.warn(problem);
    this.lastProblem = problem;
  }
}

/**
 * The pool's own options, the password where it cannot be listed, and an end to waiting: a connection that the network
 * has swallowed is given up within half a minute.
 */
function connectionOptions(dataSource: DataSource): ClientConfig {
  const { options } = (dataSource.driver as unknown as { master: { options: ClientConfig } }).master;
  return Object.defineProperties(
    {},
    {
      ...Object.getOwnPropertyDescriptors(options),
      keepAlive: { value: true, enumerable: true },
      query_timeout: { value: QUERY_MILLISECONDS, enumerable: true },
    },
  );
}

import { Injectable } from '@nestjs/common';
import type { JobsOptions, Processor, Queue, Worker, WorkerOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import pg from 'pg';
import { Config } from '../config/index.js';
import { DatabaseAccess, IDLE_CONNECTION_MILLISECONDS } from '../database/database.module.js';

const QUEUE = 'muster';
/** One for the queue, one for its worker, one that listens, and some for jobs that report while others are taken. */
const POOL_SIZE = 6;

/**
 * Where jobs wait: PostgreSQL, in schema `bullmq` of the service's own database, or Redis where REDIS_URL names one.
 * One pool serves queue and worker; BullMQ would open one for each. It is loaded when it is first needed: with all that it
 * brings, an eighth of the service's modules.
 */
@Injectable()
export class QueueBackend {
  private pool: pg.Pool | undefined;
  private readonly redis: Redis[] = [];

  constructor(
    private readonly config: Config,
    private readonly access: DatabaseAccess,
  ) {}

  async queue(defaultJobOptions: JobsOptions): Promise<Queue> {
    const { createPostgresBackend, Queue } = await import('bullmq');
    if (this.config.redisUrl !== null)
      return new Queue(QUEUE, { connection: await this.openRedis(this.config.redisUrl), defaultJobOptions });
    return new Queue(
      QUEUE,
      { connection: this.openPool(), defaultJobOptions },
      createPostgresBackend,
    ) as unknown as Queue;
  }

  async worker(processor: Processor, options: Omit<WorkerOptions, 'connection'>): Promise<Worker> {
    const { createPostgresBackend, Worker } = await import('bullmq');
    if (this.config.redisUrl !== null)
      return new Worker(QUEUE, processor, { ...options, connection: await this.openRedis(this.config.redisUrl) });
    const onPostgres = { ...options, connection: this.openPool() };
    return new Worker(QUEUE, processor, onPostgres, createPostgresBackend) as unknown as Worker;
  }

  /** Ends the connections, which BullMQ leaves to whoever opened them. */
  async close(): Promise<void> {
    await this.pool?.end();
    await Promise.all(this.redis.map((redis) => redis.quit().catch(() => redis.disconnect())));
  }

  private openPool(): pg.Pool {
    if (this.pool) return this.pool;
    this.pool = new pg.Pool({
      connectionString: this.access.appUrl,
      options: '-c search_path=bullmq',
      application_name: 'muster queue',
      max: POOL_SIZE,
      idleTimeoutMillis: IDLE_CONNECTION_MILLISECONDS,
      keepAlive: true,
    });
    this.pool.setMaxListeners(0);
    this.pool.on('error', () => undefined);
    return this.pool;
  }

  private async openRedis(url: string): Promise<Redis> {
    const { Redis } = await import('ioredis');
    const redis = new Redis(url, { maxRetriesPerRequest: null });
    this.redis.push(redis);
    return redis;
  }
}

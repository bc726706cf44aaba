import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import type { Job, JobsOptions, Queue, Worker } from 'bullmq';
import { MusterError } from '../../kernel/index.js';
import { Config } from '../config/index.js';
import { QueueBackend } from './backend.js';

/** What a job is told: opaque ids and numbers, never names, addresses or secrets. */
export type JobData = Readonly<Record<string, string | number>>;
export type JobHandler<Data extends JobData = JobData> = (data: Data) => Promise<unknown>;

/** A finished job is remembered this long, so that a replica whose clock is late does not run its hour again. */
const REMEMBERED_SECONDS = 900;
const ATTEMPTS = 5;
const FIRST_PAUSE_MILLISECONDS = 1_000;
/** A worker that died is noticed after this long, and its job given to another. */
const LOCK_MILLISECONDS = 15_000;
const FAILED_REMEMBERED_SECONDS = 7 * 86_400;
const FINISHED: ReadonlySet<string> = new Set(['completed', 'failed']);
/** A name that a finished job held is free at the second. */
const TURN_ATTEMPTS = 3;

const OPTIONS: JobsOptions = {
  attempts: ATTEMPTS,
  backoff: { type: 'exponential', delay: FIRST_PAUSE_MILLISECONDS },
  removeOnComplete: { age: REMEMBERED_SECONDS, count: 10_000 },
  removeOnFail: { age: FAILED_REMEMBERED_SECONDS, count: 1_000 },
};

/**
 * Work done outside of requests, by whichever worker is free, once across all replicas.
 *
 * Modules name their jobs while the application is put together; nothing runs before `start`, which only a process with
 * the role `worker` calls. A job may run again after a crash: handlers are idempotent.
 */
@Injectable()
export class Jobs {
  private readonly logger = new Logger('Jobs');
  private readonly handlers = new Map<string, JobHandler>();
  private readonly periods = new Map<string, number>();
  private queue: Promise<Queue> | undefined;
  private worker: Worker | undefined;

  constructor(
    private readonly config: Config,
    private readonly backend: QueueBackend,
    private readonly scheduler: SchedulerRegistry,
  ) {}

  /** Names a kind of job and says what it does. */
  define<Data extends JobData>(name: string, handler: JobHandler<Data>): void {
    if (this.handlers.has(name)) throw new Error(`The job ${name} is defined twice.`);
    this.handlers.set(name, handler as JobHandler);
  }

  /**
   * Runs a job at every whole multiple of a period (so that replicas agree when), and once at start. It never runs beside
   * itself: what is still running, or pausing after a failure, lets the next turn pass.
   */
  every(name: string, periodSeconds: number, handler: () => Promise<unknown>): void {
    this.define(name, handler);
    this.periods.set(name, periodSeconds);
  }

  /**
   * Asks for a job to be done soon. It stands outside the caller's transaction: ask after the commit.
   *
   * @param id asked for twice under one id, it is done once
   */
  async enqueue(name: string, data: JobData = {}, id?: string): Promise<void> {
    if (!this.handlers.has(name)) throw new Error(`There is no job ${name}.`);
    // Always with an id: to number jobs itself, BullMQ would make a sequence, and this role may make nothing.
    await (await this.opened()).add(name, data, { jobId: `${name}@${id ?? randomUUID()}` });
  }

  /** Starts to carry out jobs, and to ask for those that recur. */
  async start(): Promise<void> {
    this.worker = await this.backend.worker((job) => this.perform(job), {
      concurrency: this.config.workerConcurrency,
      lockDuration: LOCK_MILLISECONDS,
      stalledInterval: LOCK_MILLISECONDS,
      maxStalledCount: ATTEMPTS,
    });
    this.worker.on('error', (error) => this.logger.warn(`The queue cannot be reached: ${reason(error)}`));
    await this.worker.waitUntilReady();
    for (const [name, seconds] of this.periods) {
      await this.recur(name, `start-${Math.floor(Date.now() / 1000 / seconds)}`);
      this.awaitTurn(name, seconds);
    }
  }

  /** Asks for nothing more and lets what is running finish. */
  async stop(): Promise<void> {
    for (const name of this.scheduler.getTimeouts()) this.scheduler.deleteTimeout(name);
    await this.worker?.close();
    await (await this.queue)?.close();
    await this.backend.close();
  }

  private awaitTurn(name: string, seconds: number): void {
    const period = seconds * 1000;
    const turn = Math.floor(Date.now() / period) + 1;
    const timer = setTimeout(
      () => {
        this.scheduler.deleteTimeout(name);
        this.awaitTurn(name, seconds);
        void this.recur(name, String(Math.max(turn, Math.round(Date.now() / period))));
      },
      turn * period - Date.now(),
    );
    this.scheduler.addTimeout(name, timer);
  }

  private async recur(name: string, turn: string): Promise<void> {
    await this.askForTurn(name, `${name}@${turn}`).catch((error: unknown) =>
      this.logger.warn(`The job ${name} was not asked for: ${reason(error)}`),
    );
  }

  /**
   * Adds a turn, unless the job runs or waits already.
   *
   * BullMQ on PostgreSQL notes who holds the name before it sees that it knows the turn already: a replica that asks for a
   * turn which another has finished would leave that name held by a finished job, and no turn would come again before
   * that job is forgotten. Whoever finds the name held by a finished job lets go of it.
   */
  private async askForTurn(name: string, jobId: string): Promise<void> {
    const queue = await this.opened();
    for (let attempt = 1; attempt <= TURN_ATTEMPTS; attempt += 1) {
      const holder = await queue.add(name, {}, { jobId, deduplication: { id: name } });
      if (!FINISHED.has(await holder.getState())) return;
      await holder.removeDeduplicationKey();
      if (holder.id === jobId) return;
    }
  }

  /** What the queue keeps of a failure is its code alone: messages may quote what was worked on. */
  private async perform(job: Job): Promise<void> {
    const handler = this.handlers.get(job.name);
    if (!handler) throw new Error('unknown_job');
    try {
      await handler(job.data as JobData);
    } catch (error) {
      this.logger.error({ message: 'A job failed.', job: job.name, attempt: job.attemptsMade + 1, error });
      throw withoutDetails(error);
    }
  }

  private opened(): Promise<Queue> {
    return (this.queue ??= this.open());
  }

  private async open(): Promise<Queue> {
    const queue = await this.backend.queue(OPTIONS);
    queue.on('error', (error) => this.logger.warn(`The queue cannot be reached: ${reason(error)}`));
    return queue;
  }
}

function reason(error: unknown): string {
  if (error instanceof MusterError) return error.code;
  const { code, name } = error as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : String(name);
}

function withoutDetails(error: unknown): Error {
  const bare = new Error(reason(error));
  delete bare.stack;
  return bare;
}

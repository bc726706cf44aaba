import { randomBytes } from 'node:crypto';
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit, Optional } from '@nestjs/common';
import { type Decision, type Id, idFrom } from '../kernel/index.js';
import { Metrics, SystemClock, UnitOfWork } from '../platform/index.js';
import { DecisionsRepository } from './decisions.repository.js';
import type { PolicyInput } from './domain/input.js';
import { PolicyInForce } from './policy-in-force.js';

/** A decision as it was made. */
export interface MadeDecision {
  readonly at: Date;
  readonly input: PolicyInput;
  readonly decision: Decision;
  readonly requestId: string | undefined;
}

/** How many are held in memory: some seconds of a busy replica. */
export const MAX_WAITING = 20_000;
/** Small enough to hold up no request while it is put into words. */
const BATCH = 50;
const WITHIN_MILLISECONDS = 250;
const AGAIN_AFTER_MILLISECONDS = 2_000;
const COMPLAIN_EVERY_MILLISECONDS = 60_000;

/**
 * Writes decisions down, in batches and beside the requests: nobody waits for it. What does not fit into its queue, because
 * the database is slow or away, is dropped, counted and logged: a decision allows nothing by being written down, and a
 * change has the decision that allowed it in its own record.
 */
@Injectable()
export class DecisionLog implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('DecisionLog');
  private waiting: MadeDecision[] = [];
  private writing: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private policyStored = false;
  private complainedAt = -Infinity;
  /** How many were never written down. */
  dropped = 0;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly decisions: DecisionsRepository,
    private readonly inForce: PolicyInForce,
    private readonly clock: SystemClock,
    @Optional() private readonly metrics?: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics?.gauge('muster_decisions_dropped', 'Decisions that were never written down.', () => this.dropped);
    this.metrics?.gauge('muster_decisions_waiting', 'Decisions to be written down.', () => this.waiting.length);
  }

  note(made: MadeDecision): void {
    if (this.waiting.length >= MAX_WAITING) {
      this.dropped += 1;
      this.complain('Decisions are dropped: they come faster than they can be written down.');
      return;
    }
    this.waiting.push(made);
    if (this.waiting.length >= BATCH) this.soon(0);
    else this.soon(WITHIN_MILLISECONDS);
  }

  /** Resolves once all that was noted is written down, or could not be. */
  async flush(): Promise<void> {
    await this.writing;
    if (this.waiting.length > 0) await this.write();
  }

  async onModuleDestroy(): Promise<void> {
    clearTimeout(this.timer);
    await this.flush();
    clearTimeout(this.timer);
    const left = this.waiting.splice(0).length;
    this.dropped += left;
    if (left > 0) this.logger.warn({ message: 'Decisions were not written down before the end.', count: left });
  }

  private soon(milliseconds: number): void {
    if (this.writing || (this.timer && milliseconds > 0)) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.write(), milliseconds);
    this.timer.unref();
  }

  private write(): Promise<void> {
    return (this.writing ??= this.writeAll().finally(() => {
      this.writing = undefined;
      this.timer = undefined;
      if (this.waiting.length > 0) this.soon(AGAIN_AFTER_MILLISECONDS);
    }));
  }

  private async writeAll(): Promise<void> {
    try {
      await this.storePolicy();
      while (this.waiting.length > 0) {
        const batch = this.waiting.slice(0, BATCH);
        await this.unitOfWork.aside((tx) => this.decisions.insertAll(tx, named(batch)));
        this.waiting = this.waiting.slice(batch.length);
      }
    } catch (error) {
      this.complain('Decisions could not be written down; they are kept for another attempt.', error);
    }
  }

  /** Before the first decision that names it. */
  private async storePolicy(): Promise<void> {
    if (this.policyStored) return;
    await this.unitOfWork.aside((tx) => this.decisions.keepPolicy(tx, this.inForce.policy, this.clock.now()));
    this.policyStored = true;
  }

  private complain(message: string, error?: unknown): void {
    const now = performance.now();
    if (now - this.complainedAt < COMPLAIN_EVERY_MILLISECONDS) return;
    this.complainedAt = now;
    this.logger.warn({ message, count: this.dropped, error });
  }
}

const RANDOM_BYTES = 10;

/** Gives each its id; those of one millisecond follow one another as they were made. */
function named(batch: readonly MadeDecision[]) {
  const random = randomBytes(batch.length * RANDOM_BYTES);
  const ids = new Map<number, Id<'decision'>[]>();
  for (const [index, { at }] of batch.entries()) {
    const same = ids.get(at.getTime()) ?? [];
    same.push(idFrom('decision', at.getTime(), random.subarray(index * RANDOM_BYTES)));
    ids.set(at.getTime(), same);
  }
  for (const same of ids.values()) same.sort().reverse();
  return batch.map((made) => ({ ...made, id: ids.get(made.at.getTime())!.pop()! }));
}

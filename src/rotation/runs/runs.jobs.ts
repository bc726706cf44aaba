import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { type Id, MusterError, type RecordType } from '../../kernel/index.js';
import { crashPoint, Jobs, type Tx, UnitOfWork } from '../../platform/index.js';
import type { Run } from '../domain/run.js';
import { advanced, held, permitted, postponed, refused, RENEWAL_SECONDS, waiting } from './domain/course.js';
import { Trouble } from './domain/trouble.js';
import { RELIEVED, RunStore } from './run-store.js';
import { RunsRepository } from './runs.repository.js';
import { StepWork, type Turn } from './step-work.js';
import { StepsRepository } from './steps.repository.js';

/** The job that goes on with what is due. */
export const RUNS_JOB = 'rotation.runs';

/** So many at a time: a target that is slow holds up few others. */
const LANES = 8;
const PERIOD_SECONDS = 5;
/** How long a turn waits for what is due soon, so that seconds are seconds. */
const LINGER_MILLISECONDS = 4_000;
const LONGEST_NAP_MILLISECONDS = 250;

/** May pass, whatever it is. */
interface Failed {
  readonly kind: 'later';
  readonly code: string;
}

/** After each step is stored, by its number among the crash points. */
const AFTER: Readonly<Record<Run['step'], number>> = {
  ...{ create: 5, deliver: 8, 'verify-new': 10, 'watch-old': 12, 'revoke-old': 15, 'verify-dead': 17 },
};

/**
 * Carries runs through, step by step.
 *
 * Each is claimed for a time, so that two workers never act at once, and one that died is relieved; nothing is done on a target
 * while a transaction is open. Safe to run at any time, and on several replicas at once.
 */
@Injectable()
export class RunsJobs implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(RunsJobs.name);
  private readonly trouble = new Trouble<Id<'target'>>();
  private closing = false;

  constructor(
    private readonly jobs: Jobs,
    private readonly unitOfWork: UnitOfWork,
    private readonly runs: RunsRepository,
    private readonly steps: StepsRepository,
    private readonly store: RunStore,
    private readonly work: StepWork,
  ) {}

  onModuleInit(): void {
    this.jobs.define(RUNS_JOB, () => this.carryOn());
    this.jobs.every('rotation.runs-due', PERIOD_SECONDS, () => this.linger());
  }

  beforeApplicationShutdown(): void {
    this.closing = true;
  }

  /** Everything that is due now. @returns how many turns were taken */
  async carryOn(): Promise<number> {
    const turns = await Promise.all(Array.from({ length: LANES }, () => this.inOneLane()));
    return turns.reduce((sum, count) => sum + count, 0);
  }

  /** What is due now or within a few seconds. */
  private async linger(): Promise<void> {
    const end = Date.now() + LINGER_MILLISECONDS;
    let turns = await this.carryOn();
    for (let due = await this.soon(end); due !== undefined && !this.closing; due = await this.soon(end)) {
      // What is due and was not taken is let be for now.
      const nap = turns === 0 ? LONGEST_NAP_MILLISECONDS : Math.min(Math.max(due, 1), LONGEST_NAP_MILLISECONDS);
      await new Promise((resolve) => setTimeout(resolve, nap));
      turns = await this.carryOn();
    }
  }

  /** In how many milliseconds something is due; undefined where nothing is before the end. */
  private async soon(end: number): Promise<number | undefined> {
    const due = await this.unitOfWork.readOne((tx) => this.runs.nextDue(tx));
    return due === null || due.getTime() >= end || Date.now() >= end ? undefined : due.getTime() - Date.now();
  }

  private async inOneLane(): Promise<number> {
    const claim = () => this.store.claim(this.trouble.avoided(performance.now()));
    let turns = 0;
    for (let claimed = await claim(); claimed && !this.closing; claimed = await claim()) {
      const { run, targetId } = claimed;
      const leave = targetId === null ? () => undefined : this.trouble.enter(targetId);
      try {
        for (let at: Run | undefined = run; at; at = await this.turn(at, targetId)) turns += 1;
      } finally {
        leave();
      }
    }
    return turns;
  }

  /** One step, or the wait for it. @returns the run where it goes on at once */
  private async turn(run: Run, targetId: Id<'target'> | null): Promise<Run | undefined> {
    const taken = await this.kept(run, () => this.take(run));
    if (targetId !== null) this.trouble.note(targetId, !isAway(taken), performance.now());
    const after = await this.settle(run, taken);
    if (after === RELIEVED || after.claimedUntil === null) return undefined;
    return after;
  }

  /** Says now and then that somebody is at it, for as long as that takes. */
  private async kept<Result>(run: Run, work: () => Promise<Result>): Promise<Result> {
    const timer = setInterval(() => void this.store.keep(run).catch(() => undefined), RENEWAL_SECONDS * 1000);
    try {
      return await work();
    } finally {
      clearInterval(timer);
    }
  }

  /** Whatever fails is tried again after a pause; whoever looks sees why. */
  private async take(run: Run): Promise<Turn | Failed> {
    try {
      return await this.work.take(run);
    } catch (error) {
      if (error instanceof MusterError) return { kind: 'later', code: error.code };
      this.logger.error({ message: 'A rotation failed.', run: run.id, error });
      return { kind: 'later', code: 'internal' };
    }
  }

  private async settle(claimed: Run, turn: Turn | Failed): Promise<Run | typeof RELIEVED> {
    if (turn.kind === 'relieved') return RELIEVED;
    const settled = await this.store.store(claimed, (tx, run, at) => {
      switch (turn.kind) {
        case 'done':
          return this.done(tx, run, turn, at);
        case 'waiting':
          return this.noted(tx, run, waiting(run, turn.evidence, turn.rotation, at));
        case 'held':
          return Promise.resolve(held(run, turn.code, turn.until));
        case 'refused':
          return this.noted(tx, run, refused(run, turn.code, at));
        case 'later':
          return this.failed(tx, run, turn.code, at);
      }
    });
    if (turn.kind === 'done') await crashPoint('rotation', AFTER[claimed.step]);
    return settled;
  }

  private async done(tx: Tx, run: Run, { evidence, store }: Extract<Turn, { kind: 'done' }>, at: Date): Promise<Run> {
    const after = advanced(evidence ? permitted(run, evidence) : run, at);
    await this.steps.done(tx, run, at);
    await store(tx, at);
    await this.store.record(tx, after.endedAt === null ? 'rotation.step-done' : 'rotation.finished', run, after);
    return after;
  }

  private async failed(tx: Tx, run: Run, code: string, at: Date): Promise<Run> {
    const after = postponed(run, code, at);
    await this.steps.failed(tx, run, at, after.attempts, code);
    return this.noted(tx, run, after);
  }

  /** Attempts, waiting and being held are the machine's own memory; that it goes no further by itself has its record. */
  private async noted(tx: Tx, before: Run, after: Run): Promise<Run> {
    const type = RECORDED[after.state];
    if (type !== undefined) await this.store.record(tx, type, before, after);
    return after;
  }
}

const RECORDED: Readonly<Record<string, RecordType>> = { cancelled: 'rotation.cancelled', stuck: 'rotation.stuck' };

/** Whether the target did not answer: what it refuses, it answers. */
function isAway(turn: Turn | Failed): boolean {
  return turn.kind === 'later' && ['target_unreachable', 'target_busy'].includes(turn.code);
}

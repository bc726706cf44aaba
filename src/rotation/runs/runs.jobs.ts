import { type BeforeApplicationShutdown, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { type Id, inTime, MusterError, type RecordType } from '../../kernel/index.js';
import { crashPoint, Jobs, type Tx, UnitOfWork } from '../../platform/index.js';
import type { Run } from '../domain/run.js';
import { advanced, held, permitted, postponed, refused, RENEWAL_SECONDS, waiting } from './domain/course.js';
import { AWAY } from './domain/trouble.js';
import { Lanes } from './lanes.js';
import { RELIEVED, RunStore } from './run-store.js';
import { type Claimed, RunsRepository } from './runs.repository.js';
import { StepWork, type Turn } from './step-work.js';
import { StepsRepository } from './steps.repository.js';
import { TargetTrouble } from './target-trouble.js';

/** The job that goes on with what is due. */
export const RUNS_JOB = 'rotation.runs';

/** So many at a time: a target that is slow holds up few others. */
const MOST_AT_ONCE = 8;
const PERIOD_SECONDS = 5;
/** How long a turn waits for what is due soon, so that seconds are seconds. */
const LINGER_MILLISECONDS = 4_000;
const LONGEST_NAP_MILLISECONDS = 250;
/** No step takes so long: whatever it asks has limits of its own. */
const LONGEST_TURN_MILLISECONDS = 5 * 60_000;

/** A run that is somebody's, until they leave its target. */
type Taken = Claimed & { readonly leave: () => void };

/** May pass, whatever it is. */
interface Failed {
  readonly kind: 'later';
  readonly code: string;
}

/** What was known of a target before a turn, to tell by what it answered in it. */
interface Asked {
  readonly targetId: Id<'target'>;
  /** For it to answer. */
  readonly waited: boolean;
  readonly answers: number;
}

const FAILED: Failed = { kind: 'later', code: 'internal' };

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
  private readonly lanes = new Lanes(MOST_AT_ONCE, LONGEST_NAP_MILLISECONDS);
  private closing = false;
  private readonly longestTurnMilliseconds: number = LONGEST_TURN_MILLISECONDS;

  constructor(
    private readonly jobs: Jobs,
    private readonly unitOfWork: UnitOfWork,
    private readonly runs: RunsRepository,
    private readonly steps: StepsRepository,
    private readonly store: RunStore,
    private readonly work: StepWork,
    private readonly trouble: TargetTrouble,
  ) {}

  onModuleInit(): void {
    this.jobs.define(RUNS_JOB, () => this.carryOn());
    this.jobs.every('rotation.runs-due', PERIOD_SECONDS, () => this.linger());
  }

  beforeApplicationShutdown(): void {
    this.closing = true;
  }

  /** Everything that is due now, or falls due while somebody is at it. @returns how many turns were taken */
  async carryOn(): Promise<number> {
    let turns = 0;
    await this.lanes.carry(async () => {
      const claimed = this.closing ? undefined : await this.claim();
      if (!claimed) return undefined;
      return async () => {
        const taken = await this.along(claimed);
        turns += taken;
      };
    });
    return turns;
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

  private async claim(): Promise<Taken | undefined> {
    const search = this.trouble.search(performance.now());
    const claimed = await this.store.claim(search.avoided).catch((error: unknown) => {
      search.found(undefined);
      throw error;
    });
    const leave = search.found(claimed?.targetId ?? undefined);
    return claimed && { ...claimed, leave };
  }

  /** As far as it goes at once. @returns how many turns that took */
  private async along({ run, targetId, leave }: Taken): Promise<number> {
    let turns = 0;
    try {
      for (let at: Run | undefined = run; at; at = await this.turn(at, targetId)) turns += 1;
      return turns;
    } finally {
      leave();
    }
  }

  /** One step, or the wait for it. @returns the run where it goes on at once */
  private async turn(run: Run, targetId: Id<'target'> | null): Promise<Run | undefined> {
    const asked = targetId === null ? undefined : this.askedOf(targetId, run);
    const taken = await this.kept(run, () => this.take(run));
    const after = await this.settle(run, taken);
    if (asked) await this.tellOthers(asked, taken);
    if (after === RELIEVED || after.claimedUntil === null) return undefined;
    return after;
  }

  private askedOf(targetId: Id<'target'>, { failure }: Run): Asked {
    const waited = failure !== null && AWAY.includes(failure);
    return { targetId, waited, answers: this.trouble.answersOf(targetId) };
  }

  /**
   * One is enough to see that a target does not answer, or answers again; who asked it nothing has seen neither. Another process may
   * have had the others wait, which is known by why this one did.
   */
  private async tellOthers({ targetId, waited, answers }: Asked, taken: Turn | Failed): Promise<void> {
    const isAway = taken.kind === 'later' && AWAY.includes(taken.code);
    if (isAway && this.trouble.knows(targetId)) await this.store.rest(targetId, taken.code);
    else if (this.trouble.isBack(targetId) || (waited && this.trouble.answersOf(targetId) > answers))
      await this.store.wake(targetId, AWAY);
  }

  /** Says now and then that somebody is at it; what does not end is given up, and tried again as what failed. */
  private async kept(run: Run, work: () => Promise<Turn | Failed>): Promise<Turn | Failed> {
    const timer = setInterval(() => void this.store.keep(run).catch(() => undefined), RENEWAL_SECONDS * 1000);
    try {
      return await inTime(this.longestTurnMilliseconds, work(), () => this.unended(run));
    } finally {
      clearInterval(timer);
    }
  }

  private unended({ id, step }: Run): Failed {
    this.logger.error({ message: 'A turn of a rotation did not end.', run: id, step });
    return FAILED;
  }

  /** Whatever fails is tried again after a pause; whoever looks sees why. */
  private async take(run: Run): Promise<Turn | Failed> {
    try {
      return await this.work.take(run);
    } catch (error) {
      if (error instanceof MusterError) return { kind: 'later', code: error.code };
      this.logger.error({ message: 'A rotation failed.', run: run.id, error });
      return FAILED;
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

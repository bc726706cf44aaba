import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { type Actor, addSeconds, type Id, type RecordType, systemActor } from '../../kernel/index.js';
import { Ids, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { runImage } from '../domain/images.js';
import type { Run } from '../domain/run.js';
import { CLAIM_SECONDS, PASSING } from './domain/course.js';
import { PAUSE_MILLISECONDS } from './domain/trouble.js';
import { type Claimed, RunsRepository } from './runs.repository.js';

/** As far apart as a target in trouble is tried, so that what is due there is looked through by nobody who looks for other work. */
const REST = { everySeconds: PAUSE_MILLISECONDS / 1000, places: 120 };

/** What somebody changed, or took over, meanwhile: nothing of this turn is stored. */
export const RELIEVED = Symbol('relieved');

/** Stores how far a run has come, and its record in the same transaction; only whoever has the run does. */
@Injectable()
export class RunStore {
  private isUrgentsTurn = false;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly runs: RunsRepository,
    private readonly audit: Audit,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  /**
   * Takes what is due longest, and every other time what is half-way or was asked for, where anything is: ten thousand that fall due
   * at once are not all begun before the first is over, an emergency waits for none of them, and whoever looks again and again keeps
   * nothing new from beginning.
   *
   * @param avoided targets that are let be for now
   */
  async claim(avoided: readonly Id<'target'>[]): Promise<Claimed | undefined> {
    this.isUrgentsTurn = !this.isUrgentsTurn;
    return (
      (this.isUrgentsTurn ? await this.claimAmong('urgent', avoided) : undefined) ?? this.claimAmong('all', avoided)
    );
  }

  private claimAmong(among: 'urgent' | 'all', avoided: readonly Id<'target'>[]): Promise<Claimed | undefined> {
    return this.unitOfWork.runOne((tx) => {
      const at = this.clock.now();
      return this.runs.claim(tx, among, at, addSeconds(at, CLAIM_SECONDS), avoided);
    });
  }

  /** Has what is due on a target that does not answer come one after the other, as far apart as one tries it, within ten minutes. */
  rest(targetId: Id<'target'>, failure: string): Promise<void> {
    return this.unitOfWork.runOne((tx) => this.runs.rest(tx, targetId, failure, this.clock.now(), REST));
  }

  /** Has what a target kept waiting be due soon, since it answers. @param failures that it waits for */
  wake(targetId: Id<'target'>, failures: readonly string[]): Promise<void> {
    const pause = PASSING.longestPauseSeconds;
    return this.unitOfWork.runOne((tx) => this.runs.wake(tx, targetId, failures, this.clock.now(), pause));
  }

  /** Says that whoever has a run is still at it; nothing where somebody else has it by now. */
  keep({ id, claim }: Run): Promise<void> {
    return this.unitOfWork.runOne((tx) => this.runs.keep(tx, id, claim, addSeconds(this.clock.now(), CLAIM_SECONDS)));
  }

  /**
   * Asks, right before it acts, whether it still may: whoever paused for long may have been relieved.
   *
   * @returns the run, claimed anew
   */
  mine(claimed: Run): Promise<Run | typeof RELIEVED> {
    return this.store(claimed, (_tx, run) => Promise.resolve(run));
  }

  /**
   * @param change what is stored with it
   * @returns the run as it is now, still claimed where it is due at once
   */
  async store(claimed: Run, change: (tx: Tx, run: Run, at: Date) => Promise<Run>): Promise<Run | typeof RELIEVED> {
    return this.unitOfWork.run(async (tx) => {
      const run = await this.runs.lock(tx, claimed.id);
      if (run.claim !== claimed.claim) return RELIEVED;
      if (run.version !== claimed.version) {
        await this.runs.save(tx, { ...run, claimedUntil: null });
        return RELIEVED;
      }
      const at = this.clock.now();
      const changed = await change(tx, run, at);
      const goesOn = changed.dueAt !== null && changed.dueAt <= at;
      const after = { ...changed, claimedUntil: goesOn ? addSeconds(at, CLAIM_SECONDS) : null };
      await this.runs.save(tx, after);
      return after;
    });
  }

  async record(tx: Tx, type: RecordType, before: Run | null, after: Run, actor = this.actorFor(after)): Promise<void> {
    const images = { before: before && { run: runImage(before) }, after: { run: runImage(after) } };
    await this.audit.append(tx, { type, actor, subject: after.rotationId, ...images });
  }

  /** The service itself, on the ground of the run. */
  actorFor({ id }: Pick<Run, 'id'>): Actor {
    return systemActor('rotation', this.ids.next('request'), `rotation:${id}`);
  }
}

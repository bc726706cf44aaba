import { Injectable, Logger } from '@nestjs/common';
import { Inventory } from '../../inventory/index.js';
import { type Actor, type Id, principalName, type RecordType } from '../../kernel/index.js';
import { Ids, Jobs, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { ConsumersRepository } from '../consumers/consumers.repository.js';
import type { Consumer } from '../domain/consumer.js';
import { RotationError } from '../domain/errors.js';
import type { Rotation } from '../domain/rotation.js';
import type { Run, RunCause, StepState } from '../domain/run.js';
import { RotationsRepository } from '../rotations/rotations.repository.js';
import { type Begin, beginning, givenUp, leftAlone, overridden, retried } from './domain/course.js';
import { RUNS_JOB } from './runs.jobs.js';
import { RunStore } from './run-store.js';
import { type RunFilter, RunsRepository } from './runs.repository.js';
import { StepsRepository } from './steps.repository.js';

/** A run with the duty that it carries out. */
export interface SeenRun {
  readonly run: Run;
  readonly rotation: Rotation;
}

/** A run with everything that is known of it. */
export interface WholeRun extends SeenRun {
  readonly steps: readonly StepState[];
  readonly consumers: readonly Consumer[];
}

/** What people start, and what they do about what keeps it. */
@Injectable()
export class Runs {
  private readonly logger = new Logger(Runs.name);

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly runs: RunsRepository,
    private readonly steps: StepsRepository,
    private readonly rotations: RotationsRepository,
    private readonly consumers: ConsumersRepository,
    private readonly inventory: Inventory,
    private readonly store: RunStore,
    private readonly jobs: Jobs,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  /** One more than `limit`, the newest first. */
  list(filter: RunFilter, before: string | undefined, limit: number): Promise<SeenRun[]> {
    return this.unitOfWork.read(async (tx) => {
      const runs = await this.runs.list(tx, filter, before, limit + 1);
      return Promise.all(
        runs.map(async (run) => ({ run, rotation: await this.rotations.getEver(tx, run.rotationId) })),
      );
    });
  }

  /** @throws RotationError `run_not_found` */
  get(id: Id<'rotationRun'>): Promise<WholeRun> {
    return this.unitOfWork.read((tx) => this.whole(tx, id));
  }

  /**
   * Starts a run now.
   *
   * @throws RotationError `rotation_not_found`, `rotation_paused`, `run_live`, `identity_not_active`
   */
  async start(
    actor: Actor,
    rotationId: Id<'rotation'>,
    wanted: { readonly cause: RunCause; readonly reason: string | null },
  ): Promise<WholeRun> {
    const started = await this.unitOfWork.run(async (tx) => {
      const rotation = await this.rotations.lock(tx, rotationId);
      if (rotation.status === 'paused' && wanted.cause === 'by-hand')
        throw new RotationError(
          'rotation_paused',
          'This is paused: make it active again, or give the cause suspicion.',
        );
      const { status } = await this.inventory.lockForIssuance(tx, rotation.identityId).then(({ identity }) => identity);
      if (status !== 'active')
        throw new RotationError('identity_not_active', 'Its identity is not active, so nothing new is made for it.');
      const run = await this.begin(tx, actor, rotation, { ...wanted, emergencyId: null });
      return this.whole(tx, run.id);
    });
    this.soon();
    return started;
  }

  /**
   * Begins a run of a rotation that the caller has locked, and records it; `soon` is to be called after the commit.
   *
   * @throws RotationError `run_live`
   */
  async begin(tx: Tx, actor: Actor, rotation: Rotation, wanted: Omit<Begin, 'id' | 'by'>): Promise<Run> {
    const id = this.ids.next('rotationRun');
    const run = beginning(rotation, { ...wanted, id, by: principalName(actor.principal) }, this.clock.now());
    await this.runs.insert(tx, run);
    await this.rotations.saveProgress(tx, { ...rotation, lastVersion: run.newVersion });
    await this.store.record(tx, 'rotation.started', null, run, actor);
    return run;
  }

  /** Has a stuck one go on. @throws RotationError `run_not_found`, `not_stuck` */
  retry(actor: Actor, id: Id<'rotationRun'>): Promise<WholeRun> {
    return this.change(actor, id, 'rotation.taken-up', (run) => retried(run, this.clock.now()));
  }

  /** @throws RotationError `run_not_found`, `run_over`, `nothing_to_override` */
  override(actor: Actor, id: Id<'rotationRun'>, reason: string): Promise<WholeRun> {
    return this.change(actor, id, 'rotation.overridden', (run) =>
      overridden(run, principalName(actor.principal), reason, this.clock.now()),
    );
  }

  /** @throws RotationError `run_not_found`, `run_over`, `past_cancelling` */
  cancel(actor: Actor, id: Id<'rotationRun'>, reason: string): Promise<WholeRun> {
    return this.change(actor, id, 'rotation.cancelled', async (run, tx) => {
      const steps = await this.steps.listOf(tx, id);
      const begun = steps.filter(({ direction }) => direction === run.direction).map(({ step }) => step);
      const rotation = await this.rotations.getEver(tx, run.rotationId);
      if (rotation.targetId === null) return leftAlone(run, begun, reason, this.clock.now());
      const back = givenUp(run, begun, reason, this.clock.now());
      // From now on consumers are given the one before again.
      if (back.step === 'deliver') {
        const progress = { currentVersion: run.oldVersion!, previousVersion: run.newVersion };
        await this.rotations.saveProgress(tx, { ...rotation, ...progress });
      }
      return back;
    });
  }

  /** Has what is due be carried on soon: to be called after the commit. Where it fails, the next turn finds it. */
  soon(): void {
    this.jobs.enqueue(RUNS_JOB).catch(() => this.logger.warn('What was started goes on at the next turn.'));
  }

  private async change(
    actor: Actor,
    id: Id<'rotationRun'>,
    type: RecordType,
    decide: (run: Run, tx: Tx) => Run | Promise<Run>,
  ): Promise<WholeRun> {
    const changed = await this.unitOfWork.run(async (tx) => {
      const before = await this.runs.lock(tx, id);
      const after = await decide(before, tx);
      await this.runs.save(tx, after);
      await this.store.record(tx, type, before, after, actor);
      return this.whole(tx, id);
    });
    this.soon();
    return changed;
  }

  private async whole(tx: Tx, id: Id<'rotationRun'>): Promise<WholeRun> {
    const run = await this.runs.get(tx, id);
    const rotation = await this.rotations.getEver(tx, run.rotationId);
    const steps = await this.steps.listOf(tx, id);
    return { run, rotation, steps, consumers: await this.consumers.listOf(tx, run.rotationId) };
  }
}

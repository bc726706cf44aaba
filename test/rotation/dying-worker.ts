import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { expect } from '@jest/globals';
import type { Client } from 'pg';
import { Audit } from '../../src/audit/index.js';
import { Inventory } from '../../src/inventory/index.js';
import { type Id, systemActor } from '../../src/kernel/index.js';
import { Ids, Jobs, SystemClock, type Tx, UnitOfWork, watchCrashPoints } from '../../src/platform/index.js';
import { ConsumersRepository } from '../../src/rotation/consumers/consumers.repository.js';
import { ReturnedConsumers } from '../../src/rotation/consumers/returned-consumers.js';
import type { Run } from '../../src/rotation/domain/run.js';
import { WatchesRepository } from '../../src/rotation/evidence/watches.repository.js';
import { RotationsRepository } from '../../src/rotation/rotations/rotations.repository.js';
import { Admission } from '../../src/rotation/runs/admission.js';
import { Deliveries } from '../../src/rotation/runs/deliveries.js';
import { Rotators } from '../../src/rotation/runs/rotators.js';
import { RunStore } from '../../src/rotation/runs/run-store.js';
import { RunsJobs } from '../../src/rotation/runs/runs.jobs.js';
import { RunsRepository } from '../../src/rotation/runs/runs.repository.js';
import { Runs } from '../../src/rotation/runs/runs.service.js';
import { Scenes } from '../../src/rotation/runs/scenes.js';
import { StepWork } from '../../src/rotation/runs/step-work.js';
import { TargetTrouble } from '../../src/rotation/runs/target-trouble.js';
import { StepsRepository } from '../../src/rotation/runs/steps.repository.js';
import { RotationSecrets } from '../../src/rotation/secrets/secrets.js';
import type { Credential, CredentialName, Rotator, Usage } from '../../src/targets/index.js';
import { everyStepOnce } from './steps-done.js';

/** The crash points of a run in the order in which it comes by, each with the step at which it is taken up again. */
export const POINTS = [
  ...[1, 2, 3, 4].map((number) => ({ number, step: 'create' })),
  ...[5, 6, 7].map((number) => ({ number, step: 'deliver' })),
  ...[8, 9].map((number) => ({ number, step: 'verify-new' })),
  ...[10, 11].map((number) => ({ number, step: 'watch-old' })),
  ...[12, 13, 14].map((number) => ({ number, step: 'revoke-old' })),
  ...[15, 16, 17].map((number) => ({ number, step: 'verify-dead' })),
] as const;
/** Where a run that is cancelled while the old one is watched begins to go back. */
const CANCELLED_AT = 10;
const FIRST_OF_THE_WAY_BACK = 6;
/** From here on the old one may be gone. */
const REVOKING = 13;
const PATIENCE_MILLISECONDS = 180_000;

/** Whether whoever comes by is inside of a transaction. */
const inside = new AsyncLocalStorage<true>();

/** Transactions as they are, but that it is known who is in one. */
class WatchedUnits extends UnitOfWork {
  constructor(private readonly units: UnitOfWork) {
    super(undefined as never);
  }

  override run<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.units.run((tx) => inside.run(true, () => work(tx)));
  }

  override read<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.units.read((tx) => inside.run(true, () => work(tx)));
  }

  override readOne<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.units.readOne(work);
  }

  override runOne<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.units.runOne(work);
  }
}

/** A worker's end at a point: whatever it had not stored is lost, and nothing it began goes on. */
class Death extends Error {}

/** What a worker knows of Muster's database: nothing any more, once it is dead. */
class MortalStore extends RunStore {
  private readonly asked: Promise<unknown>[] = [];
  private dead = false;

  die(): void {
    this.dead = true;
  }

  override claim(avoided: Parameters<RunStore['claim']>[0]): ReturnType<RunStore['claim']> {
    if (this.dead) return Promise.resolve(undefined);
    const claimed = super.claim(avoided);
    this.asked.push(claimed);
    return claimed;
  }

  override keep(run: Run): Promise<void> {
    return this.dead ? Promise.resolve() : super.keep(run);
  }

  override store(...[run, change]: Parameters<RunStore['store']>): ReturnType<RunStore['store']> {
    return this.dead ? Promise.reject(new Death()) : super.store(run, change);
  }

  /** Its other lanes find nothing, and end. */
  async over(): Promise<void> {
    await Promise.allSettled(this.asked);
  }
}

/** One rotator for everything, whoever asks. */
class OneRotator extends Rotators {
  constructor(private readonly lend: () => Promise<Rotator>) {
    super(undefined as never, undefined as never, new TargetTrouble());
  }

  override async within<Result>(_rotating: unknown, work: (rotator: Rotator) => Promise<Result>): Promise<Result> {
    return work(await this.lend());
  }
}

/**
 * A rotator as it is, but that nobody is ever seen on the old one, whose watch is over at once: what evidence is worth is tried
 * elsewhere. After each thing that it changes, whoever follows the consumer's contract tries to get in.
 */
class UnusedRotator implements Rotator {
  constructor(
    private readonly inner: Rotator,
    private readonly changed: () => Promise<void>,
  ) {}

  get pairing() {
    return this.inner.pairing;
  }

  coverage(account: string) {
    return this.inner.coverage(account);
  }

  longestLifeSeconds(account: string) {
    return this.inner.longestLifeSeconds(account);
  }

  survey(account: string) {
    return this.inner.survey(account);
  }

  prove(credential: Credential) {
    return this.inner.prove(credential);
  }

  watch(account: string) {
    return this.inner.watch(account);
  }

  async usage(name: CredentialName, since: Date): Promise<Usage> {
    await this.inner.usage(name, since);
    const observedAt = new Date(Date.now() + 24 * 3_600_000);
    return { coverage: 'complete', gaps: [], completeSince: since, lagSeconds: 0, callers: [], observedAt };
  }

  async create(...asked: Parameters<Rotator['create']>) {
    const made = await this.inner.create(...asked);
    await this.changed();
    return made;
  }

  async revoke(...asked: Parameters<Rotator['revoke']>) {
    await this.inner.revoke(...asked);
    await this.changed();
  }
}

/** Where it dies: some rooms with rotation among them, and what rotates. */
export interface Stage {
  readonly get: <Thing>(type: abstract new (...parameters: never[]) => Thing) => Thing;
  /** Past every right. */
  readonly superuser: Client;
  readonly rotationId: Id<'rotation'>;
  /** Another one every time. */
  readonly rotator: () => Rotator | Promise<Rotator>;
  /** What else of the service goes on meanwhile. */
  readonly meanwhile?: () => Promise<unknown>;
}

/**
 * A worker that dies at every numbered point of a run, one after the other; each time another replica, which knows nothing but
 * the database, takes over once the claim has lapsed.
 *
 * It dies here by an exception at the point, after which its database answers it no more. That is what `kill -9` does to it, since
 * every point lies outside of transactions, of Muster's database (one that does not fails) and of the target: nothing is open there that could be committed,
 * rolled back or kept, only connections, which end either way. That a real process dies in the same way is shown once
 * before and once after a withdrawal by `test/promises/p3-crash-safe-rotation.spec.ts`, and at every point by `test/soak/p3.ts`.
 */
export class DyingWorker {
  constructor(private readonly stage: Stage) {}

  /**
   * Carries one run through, with a death at each point.
   *
   * @param stands what must be so after each death and each change of the target; it is told whether the old one may be gone
   */
  async rotate(stands: (mayBeGone: boolean) => Promise<void>): Promise<void> {
    const { get, rotationId } = this.stage;
    const actor = systemActor('test', get(Ids).next('request'));
    const { run } = await get(Runs).start(actor, rotationId, { cause: 'by-hand', reason: 'It is time.' });
    await this.dieAtEach(run.id, POINTS, stands);
    await this.expectOver(run.id, 'finished');
  }

  /** Carries one to where the old one is watched, and all the way back, with a death at each point of that. */
  async goBack(stands: (mayBeGone: boolean) => Promise<void>): Promise<void> {
    const { get, rotationId } = this.stage;
    const actor = systemActor('test', get(Ids).next('request'));
    const { run } = await get(Runs).start(actor, rotationId, { cause: 'by-hand', reason: 'It is time.' });
    await this.dieAt(CANCELLED_AT, () => stands(false));
    await get(Runs).cancel(actor, run.id, 'Too soon.');
    await stands(false);
    const back = POINTS.filter(({ number }) => number >= FIRST_OF_THE_WAY_BACK);
    await this.dieAtEach(run.id, back, stands);
    await this.expectOver(run.id, 'cancelled');
  }

  private async dieAtEach(
    id: string,
    points: readonly (typeof POINTS)[number][],
    stands: (mayBeGone: boolean) => Promise<void>,
  ): Promise<void> {
    for (const { number, step } of points) {
      await this.dieAt(number, () => stands(number >= REVOKING));
      expect([number, await this.stepOf(id)]).toEqual([number, step]);
      await stands(number >= REVOKING);
    }
  }

  /** Another replica takes it up, and dies there. */
  private async dieAt(number: number, changed: () => Promise<void>): Promise<void> {
    const point = `rotation:${number}`;
    for (const giveUpAt = Date.now() + PATIENCE_MILLISECONDS; Date.now() < giveUpAt;) {
      await this.stage.meanwhile?.();
      await this.relieve();
      if (await this.live(point, changed)) return;
    }
    throw new Error(`It never comes to ${point}: ${JSON.stringify(await this.runs())}`);
  }

  /** @returns whether it died at the point */
  private async live(point: string, changed: () => Promise<void>): Promise<boolean> {
    const { get } = this.stage;
    const store = new MortalStore(
      new WatchedUnits(get(UnitOfWork)),
      get(RunsRepository),
      get(Audit),
      get(Ids),
      get(SystemClock),
    );
    const within: string[] = [];
    watchCrashPoints((at) => {
      if (inside.getStore()) within.push(at);
      if (at !== point) return;
      store.die();
      throw new Death();
    });
    try {
      await this.engine(store, changed).carryOn();
      return false;
    } catch (error) {
      if (error instanceof Death) return true;
      throw error;
    } finally {
      watchCrashPoints(undefined);
      await store.over();
      // What a killed process leaves would be another thing than what this one does.
      expect(within).toEqual([]);
    }
  }

  private engine(store: RunStore, changed: () => Promise<void>): RunsJobs {
    const { get, rotator } = this.stage;
    const rotators = new OneRotator(async () => new UnusedRotator(await rotator(), changed));
    const work = new StepWork(
      ...([new WatchedUnits(get(UnitOfWork)), get(Scenes), get(RotationsRepository), get(StepsRepository)] as const),
      ...([get(RotationSecrets), get(ConsumersRepository), get(ReturnedConsumers), get(WatchesRepository)] as const),
      ...([store, rotators] as const),
      ...([get(Deliveries), get(Admission), get(Inventory), get(SystemClock)] as const),
    );
    return new RunsJobs(
      ...([get(Jobs), get(UnitOfWork), get(RunsRepository), get(StepsRepository)] as const),
      ...([store, work, new TargetTrouble()] as const),
    );
  }

  /** As time would: the claim of whoever died lapses, and its turn comes. */
  private async relieve(): Promise<void> {
    await this.stage.superuser.query(
      `UPDATE muster.rotation_runs SET claimed_until = NULL, due_at = now() - interval '1 s'
       WHERE rotation_id = $1 AND due_at IS NOT NULL`,
      [this.stage.rotationId],
    );
  }

  private async stepOf(id: string): Promise<string> {
    return (await this.runs()).find((run) => run.id === id)!.step;
  }

  private async runs(): Promise<{ id: string; state: string; step: string; failure: string | null }[]> {
    const { rows } = await this.stage.superuser.query<{
      id: string;
      state: string;
      step: string;
      failure: string | null;
    }>('SELECT id, state, step, failure FROM muster.rotation_runs WHERE rotation_id = $1', [this.stage.rotationId]);
    return rows;
  }

  private async expectOver(id: string, state: 'finished' | 'cancelled'): Promise<void> {
    const { superuser, rotationId } = this.stage;
    expect((await this.runs()).find((run) => run.id === id)).toMatchObject({ state, failure: null });
    expect(await everyStepOnce(superuser)).toEqual([]);
    const { rows: kept } = await superuser.query(
      `SELECT s.version = r.current_version AS current FROM muster.rotation_secrets s
       JOIN muster.rotations r ON r.id = s.rotation_id WHERE r.id = $1 AND s.secret_sealed IS NOT NULL`,
      [rotationId],
    );
    expect(kept).toEqual([{ current: true }]);
  }
}

/** What a consumer that follows its contract holds: what it began with, then what Muster hands out. */
export class Holder {
  constructor(
    private readonly stage: Stage,
    /** What it had before Muster; undefined where that is not told apart. */
    private before: Credential,
  ) {}

  /** What would be handed out now, or what it began with. */
  async newest(): Promise<Credential> {
    return (await this.version('current')) ?? this.before;
  }

  /** What still works beside it, by Muster's word. */
  async older(): Promise<Credential | undefined> {
    const newest = await this.version('current');
    return newest && ((await this.version('previous')) ?? this.before);
  }

  /** What it began with is dead: it is forgotten. */
  leave(newest: Credential): void {
    this.before = newest;
  }

  private async version(which: 'current' | 'previous'): Promise<Credential | undefined> {
    const { get, rotationId } = this.stage;
    const made = await get(UnitOfWork).read(async (tx) => {
      const { currentVersion, previousVersion } = await get(RotationsRepository).get(tx, rotationId);
      const version = which === 'current' ? currentVersion : previousVersion;
      return version === null || version === 0 ? undefined : get(RotationSecrets).find(tx, rotationId, version);
    });
    return made && made.secret !== null ? { account: made.account, keyId: made.keyId, secret: made.secret } : undefined;
  }
}

export const propose = () => randomBytes(32).toString('base64url');

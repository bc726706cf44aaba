import { Injectable } from '@nestjs/common';
import { Inventory, standingOf } from '../../inventory/index.js';
import { addSeconds, MINUTE_SECONDS } from '../../kernel/index.js';
import { brokenConstraint, crashPoint, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import type { Credential, CredentialName, Rotator, Survey } from '../../targets/index.js';
import { ConsumersRepository } from '../consumers/consumers.repository.js';
import { ReturnedConsumers } from '../consumers/returned-consumers.js';
import { RotationError } from '../domain/errors.js';
import type { Evidence } from '../domain/evidence.js';
import { accountOf, type Rotation } from '../domain/rotation.js';
import { type Direction, endsOf, type Run, type Step, type StepState } from '../domain/run.js';
import { judge, knownInstances, returned } from '../evidence/domain/gate.js';
import { WatchesRepository } from '../evidence/watches.repository.js';
import { RotationsRepository } from '../rotations/rotations.repository.js';
import { type MadeSecret, RotationSecrets } from '../secrets/secrets.js';
import { Admission } from './admission.js';
import { Deliveries } from './deliveries.js';
import { begun } from './domain/course.js';
import { Rotators } from './rotators.js';
import { RELIEVED, RunStore } from './run-store.js';
import { type Scene, Scenes } from './scenes.js';
import { StepsRepository } from './steps.repository.js';

/** What came of one turn at a step. Nothing is `done` that was not looked at afterwards. */
export type Turn =
  | { readonly kind: 'done'; readonly evidence?: Evidence; readonly store: Stored }
  | { readonly kind: 'waiting'; readonly evidence: Evidence; readonly rotation: Rotation }
  | { readonly kind: 'held'; readonly code: string; readonly until: Date }
  /** No new one is made for this identity now. */
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'relieved' };

/** What is stored with the step, in its transaction. */
type Stored = (tx: Tx, at: Date) => Promise<void>;

/** Of an identity that is retired nobody is given anything, and nobody is waited for. */
const UNNEEDED: readonly Step[] = ['deliver', 'verify-new', 'watch-old'];
const NOTHING: Stored = async () => undefined;
const PAIR_PAUSE_SECONDS = MINUTE_SECONDS;

/**
 * Carries out one step of a run. What it is about to do is stored first, then it acts, with no transaction open; what is so
 * already stays so, so that a turn can be taken again from wherever another one died.
 */
@Injectable()
export class StepWork {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly scenes: Scenes,
    private readonly rotations: RotationsRepository,
    private readonly steps: StepsRepository,
    private readonly secrets: RotationSecrets,
    private readonly consumers: ConsumersRepository,
    private readonly returned: ReturnedConsumers,
    private readonly watches: WatchesRepository,
    private readonly store: RunStore,
    private readonly rotators: Rotators,
    private readonly deliveries: Deliveries,
    private readonly admission: Admission,
    private readonly inventory: Inventory,
    private readonly clock: SystemClock,
  ) {}

  /** @throws MusterError of whoever refused or could not be reached */
  async take(run: Run): Promise<Turn> {
    const scene = await this.scenes.of(run);
    if (scene.retired && UNNEEDED.includes(run.step)) return { kind: 'done', store: NOTHING };
    switch (run.step) {
      case 'create':
        return this.create(scene);
      case 'deliver':
        return this.deliver(scene);
      case 'verify-new':
        return this.verifyNew(scene);
      case 'watch-old':
        return this.watchOld(scene);
      case 'revoke-old':
        return this.revokeOld(scene);
      case 'verify-dead':
        return this.verifyDead(scene);
    }
  }

  // -- The steps -------------------------------------------------------------------------------------------------------

  private async create(scene: Scene): Promise<Turn> {
    if (stateOf(scene))
      return (await this.store.mine(scene.run)) === RELIEVED ? { kind: 'relieved' } : this.createBegun(scene);
    const before = await this.beginCreate(scene);
    if (before.kind !== 'begun') return before;
    return this.createBegun(await this.scenes.of(before.run));
  }

  private createBegun(scene: Scene): Promise<Turn> {
    const { run, rotation } = scene;
    const proposed = scene.keep!;
    return this.rotators.within(rotation, async (rotator) => {
      const made = await this.make(scene, rotator, proposed);
      await crashPoint('rotation', 3);
      await requireWorks(rotator, { account: proposed.account, ...made });
      await crashPoint('rotation', 4);
      return {
        kind: 'done',
        store: async (tx, at) => {
          await this.secrets.proved(tx, proposed, made, at);
          await this.advance(tx, rotation, { currentVersion: run.newVersion, previousVersion: run.oldVersion });
        },
      };
    });
  }

  /** Looks who may begin and what is there, and stores that and the secret that is to work, before anything is made. */
  private async beginCreate(scene: Scene): Promise<Turn | { readonly kind: 'begun'; readonly run: Run }> {
    const { run, rotation, drop } = scene;
    const held = await this.heldFrom(scene);
    if (held) return held;
    const account = accountOf(rotation, run.newVersion);
    const { since, survey } = await this.rotators.within(rotation, async (rotator) => {
      await rotator.watch(nameOf(scene, drop, run.oldVersion).account);
      await rotator.watch(account);
      return { since: this.clock.now(), survey: await rotator.survey(account) };
    });
    await crashPoint('rotation', 1);
    let refusal: string | undefined;
    const begins = await this.store
      .store(run, async (tx, locked, at) => {
        const { facts } = await this.inventory.lockForIssuance(tx, rotation.identityId);
        const standing = standingOf(facts, at);
        refusal = standing.kind === 'refuse' ? standing.code : undefined;
        if (refusal !== undefined) return locked;
        await this.steps.begin(tx, locked, at, survey);
        await this.secrets.propose(tx, rotation.id, run.newVersion, account, at);
        return begun(locked, rotation.pair, since, at);
      })
      .catch((error: unknown) => {
        if (brokenConstraint(error) === 'rotation_runs_pair') return 'pair_busy' as const;
        throw error;
      });
    if (begins === 'pair_busy') return { kind: 'held', code: begins, until: this.after(PAIR_PAUSE_SECONDS) };
    if (begins === RELIEVED) return { kind: 'relieved' };
    if (refusal !== undefined) return { kind: 'refused', code: refusal };
    await crashPoint('rotation', 2);
    return { kind: 'begun', run: begins };
  }

  private async deliver(scene: Scene): Promise<Turn> {
    const { rotation, keep } = scene;
    const run = await this.beginIfAdmitted(scene);
    if ('kind' in run) return run;
    await crashPoint('rotation', 6);
    await this.deliveries.deliver(rotation.id, {
      ...{ rotation: rotation.name, version: keep!.version, account: keep!.account, keyId: keep!.keyId },
      ...{ secret: keep!.secret!, expiresAt: keep!.expiresAt, previousVersion: endsOf(run).drop },
    });
    await crashPoint('rotation', 7);
    return { kind: 'done', store: NOTHING };
  }

  private async verifyNew(scene: Scene): Promise<Turn> {
    const { rotation, keep } = scene;
    await this.rotators.within(rotation, (rotator) => requireWorks(rotator, credentialOf(keep!)));
    const missing = await this.deliveries.missing(rotation.id, keep!.version);
    if (missing.length > 0)
      throw new RotationError('not_delivered', 'A place does not show what was delivered to it: see the sinks.');
    await crashPoint('rotation', 9);
    return { kind: 'done', store: NOTHING };
  }

  private async watchOld(scene: Scene): Promise<Turn> {
    const { run, rotation } = scene;
    const evidence = await this.rotators.within(rotation, (rotator) => this.judge(scene, rotator));
    await crashPoint('rotation', 11);
    if (!maySo(run, evidence)) return { kind: 'waiting', evidence, rotation };
    return { kind: 'done', evidence, store: NOTHING };
  }

  /** Nothing is withdrawn unless the one that stays works and the gate lets it go, both seen in this very turn. */
  private async revokeOld(scene: Scene): Promise<Turn> {
    const { rotation, keep } = scene;
    const { keep: keepVersion, drop: dropVersion } = endsOf(scene.run);
    // What was never handed out, nobody is waited for.
    const given = stepOf(scene, 'create', 'forth')?.doneAt != null && !scene.retired;
    return this.rotators.within(rotation, async (rotator) => {
      if (keep && !scene.retired) await requireWorks(rotator, credentialOf(keep));
      const evidence = given ? await this.judge(scene, rotator) : undefined;
      if (evidence && !maySo(scene.run, evidence)) return { kind: 'waiting', evidence, rotation };
      const run = await this.beginIfAdmitted(scene);
      if ('kind' in run) return run;
      await crashPoint('rotation', 13);
      const beside = keepVersion === null && keep === undefined ? null : nameOf(scene, keep, keepVersion);
      await rotator.revoke(await this.withdrawn(scene, rotator, dropVersion), beside);
      await crashPoint('rotation', 14);
      return { kind: 'done', ...(evidence && { evidence }), store: NOTHING };
    });
  }

  private async verifyDead(scene: Scene): Promise<Turn> {
    const { run, rotation, keep, drop, retired } = scene;
    await this.rotators.within(rotation, async (rotator) => {
      if (retired) await withdrawLast(rotator, rotation, keep);
      else if (keep) await requireWorks(rotator, credentialOf(keep));
      if (await this.isAlive(scene, rotator))
        throw new RotationError('old_still_works', 'The target still takes what was withdrawn: look again.');
    });
    await crashPoint('rotation', 16);
    return {
      kind: 'done',
      store: async (tx, at) => {
        if (drop) await this.secrets.destroy(tx, rotation.id, drop.version, at);
        if (keep && retired) await this.secrets.destroy(tx, rotation.id, keep.version, at);
        const rotatedAt = run.direction === 'forth' ? at : rotation.rotatedAt;
        await this.advance(tx, rotation, { previousVersion: null, rotatedAt });
      },
    };
  }

  // -- What they have in common ----------------------------------------------------------------------------------------

  /** Whether a freeze or the pair keeps a step from beginning. */
  private async heldFrom({ run, rotation, retired }: Scene): Promise<Turn | undefined> {
    // Nobody is left whom a freeze spares anything.
    if (retired) return undefined;
    const admitted = await this.admission.mayBegin(rotation, run.step, run, this.clock.now());
    return admitted.may ? undefined : { kind: 'held', code: admitted.code, until: admitted.until };
  }

  /** Stores that the step is about to act, unless that is stored already. */
  private async beginIfAdmitted(scene: Scene): Promise<Run | Turn> {
    const { run } = scene;
    if (stateOf(scene)) return relievedOr(await this.store.mine(run));
    const held = await this.heldFrom(scene);
    if (held) return held;
    const begins = await this.store.store(run, async (tx, locked, at) => {
      await this.steps.begin(tx, locked, at, null);
      return { ...locked, state: 'running', failure: null, dueAt: at };
    });
    return relievedOr(begins);
  }

  private make(scene: Scene, rotator: Rotator, proposed: MadeSecret) {
    const { run, keep, drop } = scene;
    const survey = stepOf(scene, 'create', 'forth')!.survey as Survey;
    const beside = nameOf(scene, run.direction === 'forth' ? drop : keep, run.oldVersion);
    return rotator.create(proposed.account, proposed.secret!, survey, beside);
  }

  /** What is to go. Of one that was begun and never seen to work, the target may have a name that nobody here knows yet. */
  private async withdrawn(scene: Scene, rotator: Rotator, version: number | null): Promise<Credential> {
    const { rotation, drop } = scene;
    if (!drop) return { account: accountOf(rotation, version ?? 0), keyId: null, secret: '' };
    if (drop.provedAt !== null || rotator.pairing === 'accounts') return credentialOf(drop);
    const made = await this.make(scene, rotator, drop);
    await this.unitOfWork.run((tx) => this.secrets.proved(tx, drop, made, this.clock.now()));
    return { account: drop.account, ...made };
  }

  private async isAlive({ run, rotation, drop }: Scene, rotator: Rotator): Promise<boolean> {
    if (drop) return (await rotator.prove(credentialOf(drop))).works;
    if (rotation.targetId === null)
      return (await rotator.prove({ ...nameOf({ rotation }, undefined, null), secret: '' })).works;
    if (rotator.pairing !== 'accounts') return false;
    return (await rotator.survey(accountOf(rotation, run.oldVersion ?? 0))).canLogin === true;
  }

  /** Looks who uses either, remembers it, and decides. */
  private async judge(scene: Scene, rotator: Rotator): Promise<Evidence> {
    const { run, rotation, keep, drop } = scene;
    const ends = endsOf(run);
    const since = run.watchedSince ?? run.startedAt;
    const old = nameOf(scene, drop, ends.drop);
    const usage = await rotator.usage(old, since);
    const kept = await rotator.usage(nameOf(scene, keep, ends.keep), since);
    const longestLifeSeconds = await rotator.longestLifeSeconds(old.account);
    const holders = (await rotator.holders?.(old)) ?? [];
    return this.unitOfWork.run(async (tx) => {
      const [dropVersion, keepVersion] = [ends.drop ?? 0, ends.keep ?? 0];
      await this.watches.note(tx, run.id, { [dropVersion]: usage.callers, [keepVersion]: kept.callers });
      const watched = await this.watches.listOf(tx, run.id);
      const consumers = await this.consumers.listOf(tx, rotation.id);
      const back = returned(consumers, Object.values(watched).flat());
      await this.returned.note(tx, this.store.actorFor(run), rotation.id, back);
      const gone = consumers.filter(({ instance, forgotten }) => forgotten !== null && !back.includes(instance));
      const delivered = stepOf(scene, 'deliver', run.direction);
      return judge(
        {
          ...{ watchedSince: since, deliveredAt: delivered?.doneAt ?? run.stepSince },
          ...{ observeSeconds: rotation.observeSeconds, longestLifeSeconds },
          usage: { ...usage, callers: watched[dropVersion] ?? [] },
          kept: watched[keepVersion] ?? [],
          instances: [...knownInstances(rotation.expectedConsumers, consumers, ends.keep, ends.drop), ...holders],
          forgotten: new Set(gone.map(({ instance }) => instance)),
        },
        // What was after the look nobody knows yet.
        usage.observedAt,
      );
    });
  }

  private async advance(tx: Tx, { id }: Rotation, progress: Partial<Rotation>): Promise<void> {
    const rotation = await this.rotations.getEver(tx, id);
    await this.rotations.saveProgress(tx, { ...rotation, ...progress });
  }

  private after(seconds: number): Date {
    return addSeconds(this.clock.now(), seconds);
  }
}

function relievedOr(run: Run | typeof RELIEVED): Run | Turn {
  return run === RELIEVED ? { kind: 'relieved' } : run;
}

function stateOf(scene: Scene): StepState | undefined {
  return stepOf(scene, scene.run.step, scene.run.direction);
}

function stepOf({ steps }: Scene, step: Step, direction: Direction): StepState | undefined {
  return steps.find((one) => one.step === step && one.direction === direction);
}

/** The gate's word, or that of two people. */
function maySo({ overriddenBy }: Run, { verdict }: Evidence): boolean {
  return verdict === 'permitted' || overriddenBy !== null;
}

function credentialOf({ account, keyId, secret }: MadeSecret): Credential {
  if (secret === null) throw new Error('A secret that is destroyed is asked for.');
  return { account, keyId, secret };
}

function nameOf(
  { rotation }: Pick<Scene, 'rotation'>,
  made: MadeSecret | undefined,
  version: number | null,
): CredentialName {
  if (made) return { account: made.account, keyId: made.keyId };
  return { account: accountOf(rotation, version ?? 0), keyId: null };
}

async function requireWorks(rotator: Rotator, credential: Credential): Promise<void> {
  const { works } = await rotator.prove(credential);
  if (!works) throw new RotationError('new_refused', 'The target refuses the credential that is to stay: look there.');
}

/** Nothing of what an identity had outlives it: the one that would have stayed goes as well, also where Muster did not make it. */
async function withdrawLast(rotator: Rotator, rotation: Rotation, keep: MadeSecret | undefined): Promise<void> {
  if (keep?.secret === null) return;
  // Those that a target issues end by themselves, and nobody here knows them.
  if (!keep && rotator.pairing === 'issued') return;
  const last = keep ? credentialOf(keep) : { account: accountOf(rotation, 0), keyId: null, secret: '' };
  await rotator.revoke(last, null);
  if (rotator.pairing === 'issued') return;
  const stillWorks = keep
    ? (await rotator.prove(last)).works
    : rotator.pairing === 'accounts' && (await rotator.survey(last.account)).canLogin === true;
  if (stillWorks) throw new RotationError('old_still_works', 'The target still takes what was withdrawn: look again.');
}

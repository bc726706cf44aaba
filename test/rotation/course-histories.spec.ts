import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addSeconds } from '../../src/kernel/index.js';
import type { Consumer } from '../../src/rotation/domain/consumer.js';
import { newRotation, type Rotation } from '../../src/rotation/domain/rotation.js';
import { endsOf, type Run, type Step } from '../../src/rotation/domain/run.js';
import { judge, knownInstances, returned } from '../../src/rotation/evidence/domain/gate.js';
import {
  advanced,
  beginning,
  begun,
  givenUp,
  lookedAgain,
  overridden,
  permitted,
  postponed,
  refused,
  retried,
  unneeded,
  waiting,
} from '../../src/rotation/runs/domain/course.js';
import type { Caller, Coverage } from '../../src/targets/index.js';

/**
 * Any history of turns that die anywhere, targets that refuse, people who give up, and consumers that are slow, offline and
 * back, names that two people said are gone, and an identity that is retired: by the very rules that decide, over a world that is
 * only as true as it must be.
 */

const NAMES = ['a', 'b', 'c'] as const;
const OBSERVE = 60;
/** Of an identity that is retired nobody is given anything, and nobody is waited for. */
const UNNEEDED: readonly Step[] = ['deliver', 'verify-new', 'watch-old'];

interface Held {
  versions: number[];
}

/** A target with its credentials, its consumers, and the service's memory of a rotation. */
class World {
  now = new Date('2026-01-05T00:00:00Z');
  /** Which versions open the target; 0 is what was there before. */
  readonly alive = new Set([0]);
  readonly held = new Map<string, Held>(NAMES.map((name) => [name, { versions: [0] }]));
  readonly known = new Map<string, Consumer>();
  readonly uses: { version: number; name: string; at: Date }[] = [];
  readonly withdrawn: { version: number; verdict: string; overridden: boolean }[] = [];
  rotation: Rotation = newRotation({
    ...{ id: 'rot_0', name: 'orders', identityId: 'mid_0', targetId: 'tgt_0', accounts: ['blue', 'green'] },
    ...{ schedule: null, pair: null, calendarIds: [], observeSeconds: OBSERVE, consumerDeadlineSeconds: 3600 },
    ...{ expectedConsumers: NAMES, nextDueAt: null, createdBy: 'per_0', createdAt: this.now },
  });
  run: Run | undefined;
  begunSteps = new Set<string>();
  created = false;
  refuses = false;
  retired = false;
  coverage: Coverage = 'complete';
  /** Who was said to be gone when something was withdrawn, and did not come since: what they have may be dead. */
  readonly lost = new Set<string>();
  /** Who was said to be gone when something was withdrawn, and had been seen since that was said. */
  readonly hidden: string[] = [];

  start(): void {
    if (this.retired || (this.run && this.run.endedAt === null)) return;
    this.run = beginning(
      this.rotation,
      { id: 'rrn_0', cause: 'by-hand', reason: null, emergencyId: null, by: 'x' },
      this.now,
    );
    this.rotation = { ...this.rotation, lastVersion: this.run.newVersion };
    this.begunSteps = new Set();
    this.created = false;
  }

  /** One turn of a worker, which dies before it acts, after it acted, or not. */
  turn(dies: 'before' | 'after' | 'never'): void {
    const { run } = this;
    if (!run?.dueAt || run.dueAt > this.now) return;
    try {
      this.run = this.step(run, dies);
    } catch (error) {
      if (error instanceof Death) return;
      this.run = postponed(run, (error as Error).message, this.now);
    }
  }

  private step(run: Run, dies: string): Run {
    const { keep, drop } = endsOf(run);
    if (this.retired && UNNEEDED.includes(run.step)) return advanced(run, this.now);
    const act = (work: () => void) => {
      if (dies === 'before') throw new Death();
      if (this.refuses) throw new Error('access_refused');
      work();
      if (dies === 'after') throw new Death();
    };
    switch (run.step) {
      case 'create': {
        if (this.retired && !this.begunSteps.has('forth create')) return refused(run, 'retired', this.now);
        const begins = this.begin(run) ? begun(run, null, this.now, this.now) : run;
        this.run = begins;
        act(() => this.alive.add(run.newVersion));
        this.created = true;
        this.rotation = { ...this.rotation, currentVersion: run.newVersion, previousVersion: run.oldVersion };
        return advanced(begins, this.now);
      }
      case 'deliver':
        this.begin(run);
        act(() => undefined);
        return advanced(run, this.now);
      case 'verify-new':
        this.mustWork(keep);
        return advanced(run, this.now);
      case 'watch-old': {
        const evidence = this.judge(run);
        if (evidence.verdict !== 'permitted' && run.overriddenBy === null)
          return waiting(run, evidence, this.rotation, this.now);
        return advanced(permitted(run, evidence), this.now);
      }
      case 'revoke-old': {
        if (!this.retired && (keep !== null || this.created)) this.mustWork(keep);
        const evidence = this.created && !this.retired ? this.judge(run) : undefined;
        if (evidence && evidence.verdict !== 'permitted' && run.overriddenBy === null)
          return waiting(run, evidence, this.rotation, this.now);
        this.begin(run);
        act(() => {
          if (!this.alive.delete(drop ?? 0) || !evidence) return;
          const overridden = run.overriddenBy !== null;
          this.withdrawn.push({ version: drop ?? 0, verdict: evidence.verdict, overridden });
          this.notePassedOver(run);
        });
        return advanced(run, this.now);
      }
      case 'verify-dead':
        if (this.retired) this.alive.delete(keep ?? 0);
        else this.mustWork(keep);
        if (this.alive.has(drop ?? 0)) throw new Error('old_still_works');
        this.rotation = { ...this.rotation, previousVersion: null };
        return advanced(run, this.now);
    }
  }

  cancel(): void {
    if (!this.run) return;
    const { direction } = this.run;
    const steps = [...this.begunSteps].flatMap((key) => (key.startsWith(direction) ? [key.split(' ')[1] as Step] : []));
    const back = attempt(() => givenUp(this.run!, steps, 'No.', this.now));
    if (!back) return;
    if (back.step === 'deliver')
      this.rotation = { ...this.rotation, currentVersion: back.oldVersion!, previousVersion: back.newVersion };
    this.run = back;
  }

  retry(): void {
    this.run = (this.run && attempt(() => retried(this.run!, this.now))) ?? this.run;
  }

  override(): void {
    this.run = (this.run && attempt(() => overridden(this.run!, 'two people', 'So.', this.now))) ?? this.run;
  }

  /** Two people say that somebody is gone for good. */
  forget(name: string): void {
    if (this.known.get(name)?.forgotten) return;
    this.note(name, { forgotten: { by: 'two people', at: this.now, reason: 'It was taken down.' } });
    this.run = this.run && lookedAgain(this.run, this.now);
  }

  retire(): void {
    this.retired = true;
    this.run = this.run && unneeded(this.run, this.now);
  }

  private notePassedOver({ watchedSince, startedAt }: Run): void {
    for (const [name, { forgotten }] of this.known) {
      if (!forgotten) continue;
      this.lost.add(name);
      const since = Math.max(forgotten.at.getTime(), (watchedSince ?? startedAt).getTime());
      if (this.uses.some((use) => use.name === name && use.at.getTime() >= since)) this.hidden.push(name);
    }
  }

  /** Comes for the newest, and keeps the one before for as long as it is told to. */
  fetch(name: string): void {
    const { currentVersion, previousVersion } = this.rotation;
    if (currentVersion === 0) return;
    const told = [currentVersion, ...(previousVersion === null ? [] : [previousVersion])];
    const held = this.held.get(name)!;
    // What it had before there was anything of ours it keeps while the first run lasts.
    const before = held.versions.includes(0) && this.alive.has(0) && this.run?.oldVersion === null ? [0] : [];
    held.versions = [...new Set([...told, ...before])];
    this.lost.delete(name);
    this.note(name, { fetchedVersion: currentVersion, forgotten: null });
  }

  /** Signs in with the newest that works, and says so where it is Muster's. */
  use(name: string): boolean {
    const version = this.held.get(name)!.versions.find((one) => this.alive.has(one));
    if (version === undefined) return false;
    this.uses.push({ version, name, at: this.now });
    if (version > 0) this.note(name, { acknowledgedVersion: version, forgotten: null });
    return true;
  }

  private note(name: string, changed: Partial<Consumer>): void {
    const blank = {
      fetchedVersion: null,
      fetchedAt: null,
      acknowledgedVersion: null,
      acknowledgedAt: null,
      forgotten: null,
    };
    const before = this.known.get(name) ?? {
      id: 'rcn_0' as const,
      rotationId: 'rot_0' as const,
      instance: name,
      ...blank,
    };
    this.known.set(name, { ...before, ...changed });
  }

  private begin({ direction, step }: Run): boolean {
    const key = `${direction} ${step}`;
    const first = !this.begunSteps.has(key);
    this.begunSteps.add(key);
    return first;
  }

  private mustWork(version: number | null): void {
    if (!this.alive.has(version ?? 0) || this.refuses) throw new Error('new_refused');
  }

  private judge(run: Run) {
    const { keep, drop } = endsOf(run);
    const watchedSince = run.watchedSince ?? run.startedAt;
    const callersOf = (version: number | null): Caller[] =>
      this.uses
        .filter((use) => use.version === (version ?? 0) && use.at >= watchedSince)
        .map(({ name, at }) => ({
          ...{ address: name, application: name, session: null, firstSeenAt: at, lastSeenAt: at, open: false },
        }));
    const [dropped, kept] = [callersOf(drop), callersOf(keep)];
    for (const name of returned([...this.known.values()], [...dropped, ...kept])) this.note(name, { forgotten: null });
    const consumers = [...this.known.values()];
    return judge(
      {
        ...{ watchedSince, deliveredAt: run.stepSince, observeSeconds: OBSERVE, longestLifeSeconds: null },
        usage: {
          ...{ coverage: this.coverage, gaps: [], completeSince: new Date(0), lagSeconds: 0 },
          ...{ callers: dropped, observedAt: this.now },
        },
        kept,
        instances: knownInstances(this.rotation.expectedConsumers, consumers, keep, drop),
        forgotten: new Set(consumers.flatMap(({ instance, forgotten }) => (forgotten ? [instance] : []))),
      },
      this.now,
    );
  }
}

/** `kill -9`: nothing of it is stored. */
class Death extends Error {}

function attempt(work: () => Run): Run | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** Mostly complete: with less, nothing ever comes to an end. */
const COVERAGES = ['complete', 'complete', 'complete', 'complete', 'sampled', 'none'] as const;

const deeds = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('turn' as const),
      dies: fc.constantFrom('before', 'after', 'never', 'never', 'never'),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('fetch' as const), name: fc.constantFrom(...NAMES) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('use' as const), name: fc.constantFrom(...NAMES) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      seconds: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 200, max: 4000 })),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('start' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('cancel' as const, 'retry' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const), name: fc.constantFrom(...NAMES) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('refuse' as const), so: fc.constantFrom(true, false, false, false) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('see' as const),
      coverage: fc.constantFrom<Coverage>(...COVERAGES),
    }),
  },
);
type Deed = typeof deeds extends fc.Arbitrary<infer One> ? One : never;

function does(world: World, deed: Deed): void {
  switch (deed.kind) {
    case 'turn':
      return world.turn(deed.dies);
    case 'fetch':
      return world.fetch(deed.name);
    case 'forget':
      return world.forget(deed.name);
    case 'use':
      if (!world.use(deed.name) && !world.retired && !world.lost.has(deed.name))
        throw new Error(`${deed.name} cannot sign in.`);
      return;
    case 'pass':
      world.now = addSeconds(world.now, deed.seconds);
      return;
    case 'refuse':
      world.refuses = deed.so;
      return;
    case 'see':
      world.coverage = deed.coverage;
      return;
    default:
      world[deed.kind]();
  }
}

/** Whether everybody could get in now with something that they have, whom nobody said to be gone. */
function everybodyGetsIn({ held, alive, lost }: World): boolean {
  return [...held].every(([name, { versions }]) => lost.has(name) || versions.some((version) => alive.has(version)));
}

/** As time and people would end it, whatever happened. */
function finish(world: World): void {
  [world.refuses, world.coverage] = [false, 'complete'];
  for (let left = 400; left > 0 && world.run!.endedAt === null; left -= 1) {
    world.now = addSeconds(world.now, OBSERVE);
    world.retry();
    world.turn('never');
    for (const name of NAMES) {
      world.fetch(name);
      world.use(name);
    }
  }
}

describe('after any history of turns, deaths, refusals, retries, cancellations and words that somebody is gone', () => {
  it('every consumer has one that works, and nothing was withdrawn that the gate did not permit (P5)', () => {
    let [withdrawn, passedOver] = [0, 0];
    fc.assert(
      fc.property(fc.array(deeds, { minLength: 150, maxLength: 400 }), (history) => {
        const world = new World();
        world.start();
        for (const deed of history) {
          does(world, deed);
          if (!everybodyGetsIn(world)) throw new Error(`Somebody is stranded by: ${JSON.stringify(deed)}`);
        }
        expect(world.withdrawn.every(({ verdict }) => verdict === 'permitted')).toBe(true);
        expect(world.hidden).toEqual([]);
        withdrawn += world.withdrawn.length;
        passedOver += world.lost.size;
      }),
      { numRuns: 600, seed: 20261122 },
    );
    // Histories that come to nothing would show nothing.
    expect(withdrawn).toBeGreaterThan(100);
    expect(passedOver).toBeGreaterThan(10);
  });

  it('comes to an end where everybody comes, and leaves one credential', () => {
    fc.assert(
      fc.property(fc.array(deeds, { maxLength: 60 }), (history) => {
        const world = new World();
        world.start();
        for (const deed of history) does(world, deed);
        finish(world);
        expect(world.run!.endedAt).not.toBeNull();
        expect(world.alive.size).toBe(1);
      }),
      { numRuns: 300, seed: 20261123 },
    );
  });

  it('leaves nothing of a retired identity that was touched, whatever kept its run, and waits for nobody', () => {
    let emptied = 0;
    fc.assert(
      fc.property(fc.array(deeds, { maxLength: 60 }), (history) => {
        const world = new World();
        world.start();
        for (const deed of history) does(world, deed);
        const wasTouched = world.run!.endedAt === null && world.begunSteps.has('forth create');
        const before = world.alive.size;
        world.retire();
        world.refuses = false;
        for (let left = 20; left > 0 && world.run!.endedAt === null; left -= 1) {
          world.now = addSeconds(world.now, 3600);
          world.turn('never');
        }
        expect(world.run!.endedAt).not.toBeNull();
        expect(world.alive.size).toBe(wasTouched ? 0 : before);
        emptied += wasTouched ? 1 : 0;
      }),
      { numRuns: 300, seed: 20261124 },
    );
    expect(emptied).toBeGreaterThan(50);
  });

  it('withdraws past the gate by the word of two people alone', () => {
    const world = new World();
    world.start();
    for (let left = 10; left > 0; left -= 1) world.turn('never');
    expect(world.run).toMatchObject({ step: 'watch-old', failure: 'consumer_not_seen' });
    world.override();
    world.turn('never');
    world.turn('never');
    expect(world.withdrawn).toEqual([{ version: 0, verdict: 'consumer_not_seen', overridden: true }]);
  });
});

import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { type Actor, type Id, principalName, systemActor } from '../../kernel/index.js';
import { Ids, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { answersOf } from '../domain/resolution/registry.js';
import { askedFor, heldBy, resolve } from '../domain/resolution/verdict.js';
import { type QueuedFinding, resolvedAgain } from '../findings/domain/finding.js';
import { findingImage } from '../findings/domain/images.js';
import { FindingEventsRepository } from '../findings/events.repository.js';
import { FindingsRepository } from '../findings/findings.repository.js';
import { PlacesRepository } from './places.repository.js';
import { RegistryRepository } from './registry.repository.js';

const AT_ONCE = 500;

/** What something was, and what it has become. */
export interface Change {
  readonly before: QueuedFinding;
  readonly after: QueuedFinding;
}

/** Says what findings are, by what the registry says at that moment of the names that they have. */
@Injectable()
export class Resolver {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly findings: FindingsRepository,
    private readonly places: PlacesRepository,
    private readonly registry: RegistryRepository,
    private readonly events: FindingEventsRepository,
    private readonly audit: Audit,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  /**
   * Resolves findings and saves what changed; a verdict or state that is another than before is a record. Ghosts are resolved
   * by the list that does not have them, not here.
   *
   * @param findings locked, with their things as they now are
   * @param fresh those of them that are seen for the first time: the record of the run that saw them tells of them
   */
  async resolveAll(tx: Tx, actor: Actor, findings: readonly QueuedFinding[], fresh: ReadonlySet<string> = new Set()) {
    const resolvable = findings.filter(({ kind }) => kind !== 'ghost');
    if (resolvable.length === 0) return;
    const holders = await this.findings.holdersOf(tx, [...new Set(resolvable.flatMap(({ thing }) => heldBy(thing)))]);
    const names = [...new Set(resolvable.flatMap(({ thing }) => [...askedFor(thing, holders), ...thing.holds]))];
    const registry = answersOf(await this.registry.lookUp(tx, names));
    const counts = await this.places.count(
      tx,
      resolvable.map(({ id }) => id),
    );
    const at = this.clock.now();
    const changed: QueuedFinding[] = [];
    const seenAgain: QueuedFinding[] = [];
    const told: Change[] = [];
    for (const before of resolvable) {
      const { places = 0, exposed = 0, lastSeenAt = null } = counts.get(before.id) ?? {};
      const counted = {
        ...before,
        placeCount: places,
        exposedCount: exposed,
        lastSeenAt: lastSeenAt ?? before.lastSeenAt,
      };
      const resolution = resolve(before.thing, { exposed, places }, { registry, holders });
      const after = resolvedAgain(counted, resolution, at);
      const isSame = after === counted && places === before.placeCount && exposed === before.exposedCount;
      (isSame ? seenAgain : changed).push(after);
      if (!fresh.has(before.id) && isTold(before, after)) told.push({ before, after });
    }
    await this.tell(tx, actor, told);
    await this.findings.saveAll(tx, changed);
    await this.findings.noteSeen(tx, seenAgain);
  }

  /**
   * Resolves again whatever something that was registered, changed or ended touches: all that has one of its names, and all that
   * was believed to be its.
   */
  async touch(identityIds: readonly string[], extraNames: readonly string[] = []): Promise<void> {
    const names = await this.unitOfWork.read((tx) => this.registry.namesOf(tx, identityIds));
    await this.resolveTouched([...new Set([...names, ...extraNames])], identityIds);
  }

  /** Resolves again what has one of these names. */
  async resolveTouched(names: readonly string[], identityIds: readonly string[] = []): Promise<void> {
    for (let after = ''; ;) {
      const last = await this.unitOfWork.run(async (tx) => {
        const ids = await this.findings.touchedBy(tx, names, identityIds, after, AT_ONCE);
        await this.again(tx, ids);
        return ids.length < AT_ONCE ? undefined : ids.at(-1);
      });
      if (last === undefined) return;
      after = last;
    }
  }

  /** Resolves again some findings that are known by id: a part at a time, for they may be all of a source. */
  async again(tx: Tx, ids: readonly Id<'finding'>[]): Promise<void> {
    const [actor, inOrder] = [this.actor(), [...ids].sort()];
    for (let from = 0; from < inOrder.length; from += AT_ONCE)
      await this.resolveAll(tx, actor, await this.findings.lockAll(tx, inOrder.slice(from, from + AT_ONCE)));
  }

  /** Records that things have become something else, and says so to whoever looks at them. */
  async tell(tx: Tx, actor: Actor, changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    const by = principalName(actor.principal);
    await this.events.addAll(
      tx,
      changes.map(({ before, after: { id, resolution, state, changedAt } }) => {
        const was = { wasVerdict: before.resolution.verdict, wasState: before.state };
        const data = { verdict: resolution.verdict, state, ...was };
        return { findingId: id, kind: 'resolved', words: resolution.because, data, by, at: changedAt };
      }),
    );
    await this.audit.appendAll(
      tx,
      changes.map(({ before, after }) => {
        const images = { before: findingImage(before), after: findingImage(after) };
        return { type: 'finding.resolved', actor, subject: after.id, ...images };
      }),
    );
  }

  actor(...grounds: readonly string[]): Actor {
    return systemActor('discovery', this.ids.next('request'), ...grounds);
  }
}

function isTold(before: QueuedFinding, after: QueuedFinding): boolean {
  return (
    before.resolution.verdict !== after.resolution.verdict ||
    before.resolution.identityId !== after.resolution.identityId ||
    before.state !== after.state
  );
}

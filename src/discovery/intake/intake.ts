import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { Ids, Keystore, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import type { AccountSeen, CredentialSeen, Observation } from '../domain/observation.js';
import { Merging, joinable } from '../domain/resolution/merging.js';
import { accountThing, credentialThing, OWNERS, type Thing, withoutIds } from '../domain/resolution/thing.js';
import type { Resolution } from '../domain/resolution/verdict.js';
import { inState, type QueuedFinding } from '../findings/domain/finding.js';
import { SourceError } from '../sources/errors.js';
import { Authors } from './authors.js';
import { FindingsRepository } from '../findings/findings.repository.js';
import { PlacesRepository, type SeenPlace } from './places.repository.js';
import { Resolver } from './resolver.js';

/** Whose observations they are. */
export interface Observed {
  readonly sourceId: Id<'source'>;
  readonly runId: Id<'sourceRun'>;
  readonly keepsSecrets: boolean;
}

/** Whoever takes something in takes this first: what two runs see at once is one finding. Held until the commit. */
const ONE_AT_A_TIME = `SELECT pg_advisory_xact_lock(hashtextextended('muster.discovery-intake', 0))`;
const RUN = 'SELECT r.ended_at IS NOT NULL AS ended FROM muster.discovery_runs r WHERE r.id = $1 FOR SHARE';

/** Takes in what a source saw: makes one finding of each thing, notes where it stands, and says what it is. */
@Injectable()
export class Intake {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly findings: FindingsRepository,
    private readonly places: PlacesRepository,
    private readonly resolver: Resolver,
    private readonly authors: Authors,
    private readonly keystore: Keystore,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  /**
   * Some observations, whole or not at all. They may be taken in again.
   *
   * @throws SourceError `source_stopped` where their run has ended: it was moved or removed under whoever looks
   */
  async take(observed: Observed, told: readonly Observation[]): Promise<void> {
    if (told.length === 0) return;
    const observations = told.map((one) => (one.kind === 'credential' ? withoutIds(one) : one));
    const things = observations.map((one) => this.thingOf(one));
    const authors = await this.authors.known(observations.flatMap(peopleIn));
    const touched = await this.unitOfWork.run(async (tx) => {
      await this.begin(tx, observed);
      const { all, at, fresh, held, same } = await this.merge(tx, things);
      const seen = observations.map((one, index) => placeOf(all[at[index]!]!.id, one, observed.keepsSecrets, authors));
      const met = [...new Set(at)].map((index) => all[index]!);
      // Most of what a run tells was told before: only what says more now is written.
      const changed = met.filter(({ id }) => !same.has(id));
      await this.findings.saveAll(tx, changed);
      await this.findings.replaceNames(tx, changed);
      await this.places.see(tx, observed.sourceId, observed.runId, seen, this.clock.now());
      await this.resolver.resolveAll(tx, this.resolver.actor(`source:${observed.sourceId}`), met, fresh);
      return held;
    });
    if (touched.length > 0) await this.resolver.resolveTouched(touched);
  }

  /** What stood there stands there no more. */
  async forget(observed: Observed, path: string): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      await this.begin(tx, observed);
      const ids = await this.places.endAt(tx, observed.sourceId, path, this.clock.now());
      await this.resolver.again(tx, ids);
    });
  }

  /**
   * What a run that saw everything has not seen is there no more.
   *
   * @param hidden paths at and below which it was not let: what stood there stands there, for all that is known
   */
  async forgetUnseen(tx: Tx, { sourceId, runId }: Observed, hidden: readonly string[] = []): Promise<void> {
    await tx.query(ONE_AT_A_TIME);
    await this.resolver.again(tx, await this.places.endUnseen(tx, sourceId, runId, hidden, this.clock.now()));
  }

  /** Nothing of a source that is looked at no more counts. */
  async forgetAll(tx: Tx, sourceId: Id<'source'>): Promise<void> {
    await tx.query(ONE_AT_A_TIME);
    await this.resolver.again(tx, await this.places.endAll(tx, sourceId, this.clock.now()));
  }

  /** The run first: whoever ends it ends nothing that is half taken in, and takes the other lock after it as well. */
  private async begin(tx: Tx, { runId }: Observed): Promise<void> {
    const [run] = await tx.query<{ ended: boolean }>(RUN, [runId]);
    if (run?.ended) throw new SourceError('source_stopped', 'What was looked at has been moved or removed meanwhile.');
    await tx.query(ONE_AT_A_TIME);
  }

  private thingOf(one: Observation): Thing {
    if (one.kind === 'account') return accountThing(one);
    const { digest, ...rest } = one;
    return credentialThing({ ...rest, fingerprint: digest === null ? null : this.fingerprint(digest) });
  }

  private fingerprint(digest: string): string {
    return this.keystore.fingerprint(Buffer.from(digest, 'base64url')).value.toString('hex');
  }

  /** @returns all findings that they may be, old and new; which each is; which say no more than before; and the names of what accounts hold or go by now */
  private async merge(tx: Tx, things: readonly Thing[]) {
    const named = (kind: Thing['kind']) => [
      ...new Set(things.filter((thing) => thing.kind === kind).flatMap((thing) => [...joinable(thing)])),
    ];
    const keys = [...new Set(things.map(({ key }) => key))];
    const known = await this.findings.listKnown(tx, keys, named('credential'), named('account'));
    const merging = new Merging(known.map(({ thing }) => thing));
    const at = merging.take(things);
    const merged = merging.all();
    const all = merged.map((thing, index) => (known[index] ? { ...known[index], thing } : this.newFinding(thing)));
    const isSame = ({ thing }: QueuedFinding, index: number) => JSON.stringify(thing) === JSON.stringify(merged[index]);
    const same = new Set(known.filter(isSame).map(({ id }) => id));
    return {
      ...{ all, at, same },
      fresh: new Set(all.slice(known.length).map(({ id }) => id)),
      held: [...new Set(things.flatMap((thing, index) => (same.has(all[at[index]!]!.id) ? [] : toldOf(thing))))],
    };
  }

  private newFinding(thing: Thing): QueuedFinding {
    const at = this.clock.now();
    const finding: QueuedFinding = {
      ...{
        id: this.ids.next('finding'),
        kind: thing.kind,
        thing,
        resolution: UNRESOLVED,
        state: 'open',
        assigneeId: null,
      },
      ...{ placeCount: 0, exposedCount: 0, firstSeenAt: at, lastSeenAt: at, openedAt: at, dueAt: null },
      ...{ dismissedBy: null, dismissedReason: null, dismissedUntil: null, retirement: null, mergedInto: null },
      ...{ version: 0, changedAt: at },
    };
    return inState(finding, 'open', at);
  }
}

const UNRESOLVED: Resolution = {
  ...{ verdict: 'unattributed', confidence: 0, identityId: null, credentialId: null, named: null },
  ...{ because: '', evidence: [] },
};

/** The fact that a repository's own list of owners leaves. */
const OWNED_BY = 'owners';

/** Whom a file's own words name: who wrote it, and who its repository says answers for it. */
function peopleIn(one: Observation): readonly string[] {
  return [...(one.place.commit ? [one.place.commit.author] : []), ...ownersIn(one)];
}

function ownersIn(one: Observation): readonly string[] {
  const owners =
    one.kind === 'account' ? one.facts.more[OWNED_BY] : one.clues.find(({ from }) => from === OWNERS)?.facts[OWNED_BY];
  return owners?.split(/[\s,]+/).filter((owner) => owner.includes('@')) ?? [];
}

function placeOf(
  findingId: Id<'finding'>,
  one: Observation,
  keepsSecrets: boolean,
  authors: ReadonlyMap<string, Id<'person'>>,
): SeenPlace {
  const { commit } = one.place;
  const known = commit && { id: commit.id, at: commit.at, authorId: authors.get(commit.author) ?? null };
  const ownerIds = ownersIn(one).flatMap((owner) => authors.get(owner) ?? []);
  const shared = { findingId, place: { ...one.place, commit: known }, ownerIds };
  return one.kind === 'account'
    ? { ...shared, exposed: false, suppressed: null, account: imageOf(one) }
    : { ...shared, exposed: isExposed(one, keepsSecrets), suppressed: one.suppressed, account: null };
}

function isExposed({ digest, secretKind }: CredentialSeen, keepsSecrets: boolean): boolean {
  return !keepsSecrets && digest !== null && secretKind !== 'certificate';
}

/** Without whom a file names for it: strangers' addresses are kept nowhere. */
function imageOf({ system, accountKind, grants, facts, credentials }: AccountSeen) {
  const { [OWNED_BY]: _owners, ...more } = facts.more;
  return { system, accountKind, grants, facts: { ...facts, more }, credentials };
}

/** What else is to be told of an account: its credentials, and whatever names it otherwise than its alias does. */
function toldOf({ kind, holds, accounts }: Thing): readonly string[] {
  return kind === 'account' && accounts.length > 1 ? [...holds, ...accounts] : holds;
}

import { rm } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { Audit } from '../../../audit/index.js';
import { type Actor, type Id, type Json, MusterError, principalName } from '../../../kernel/index.js';
import {
  brokenConstraint,
  Ids,
  Jobs,
  RequestError,
  SystemClock,
  type Tx,
  UnitOfWork,
} from '../../../platform/index.js';
import { Ghosts } from '../../intake/ghosts.js';
import { Intake } from '../../intake/intake.js';
import { SourceError } from '../errors.js';
import type { SourceKindName } from '../kinds.js';
import { type ReadSource, SourceDoors } from './source-doors.js';
import type { SourceRun } from './source-run.js';
import { SourceRunsRepository } from './source-runs.repository.js';
import { LOOK_JOB } from './sources.jobs.js';
import { type SealedSource, SourcesRepository } from './sources.repository.js';
import {
  changedSource,
  checkedSource,
  dueOf,
  movesTo,
  type SourceChange,
  type SourceConsent,
  sourceImage,
  type WatchedSource,
} from './watched-source.js';

interface GivenConsent {
  readonly reason: string;
}

export interface WantedSource {
  readonly name: string;
  readonly kind: SourceKindName;
  readonly settings: unknown;
  /** Secret. */
  readonly access: unknown;
  readonly caCertificates: string | null;
  readonly privateNetwork: GivenConsent | null;
  readonly keepsSecrets: boolean;
  readonly everySeconds: number | null;
}

export type SourceRevision = Omit<SourceChange, 'place' | 'privateNetwork' | 'settings'> & {
  readonly settings?: unknown;
  readonly access?: unknown;
  readonly privateNetwork?: GivenConsent | null | undefined;
};

/** A source with how its last look went, or how far the one has come that goes on. */
export interface ShownSource {
  readonly source: WatchedSource;
  readonly run: SourceRun | null;
}

/** How it went to look whether a source can be looked at. */
export interface CheckedSource {
  readonly checkedAt: Date;
  /** Null where it can be. */
  readonly failure: { readonly code: string; readonly words: string } | null;
}

const CHECK_MILLISECONDS = 30_000;
const TOO_SLOW = {
  code: 'source_unreachable',
  words: 'It has not answered in full within 30 seconds, which a large one does not: have it looked at, and see.',
};

/** Where is looked for what nobody registered. */
@Injectable()
export class Sources {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly sources: SourcesRepository,
    private readonly runs: SourceRunsRepository,
    private readonly doors: SourceDoors,
    private readonly intake: Intake,
    private readonly ghosts: Ghosts,
    private readonly jobs: Jobs,
    private readonly audit: Audit,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  /** One more than `limit`, in order of id. */
  list(after: string | undefined, limit: number): Promise<ShownSource[]> {
    return this.unitOfWork.read(async (tx) => {
      const sources = await this.sources.list(tx, after, limit + 1);
      const newest = await this.runs.newest(
        tx,
        sources.map(({ id }) => id),
      );
      return sources.map((source) => ({ source, run: newest.get(source.id) ?? null }));
    });
  }

  /** @throws SourceError `source_not_found` */
  get(id: Id<'source'>): Promise<ShownSource> {
    return this.unitOfWork.read((tx) => this.shown(tx, id));
  }

  /** @throws SourceError `settings_invalid`, `access_invalid`, `consent_required`, `source_name_taken` */
  async create(actor: Actor, wanted: WantedSource): Promise<ShownSource> {
    const { kind, settings: given, access: opens, privateNetwork, everySeconds, ...rest } = wanted;
    const { place, isPlain, settings, access } = this.doors.read(kind, given, opens);
    const [id, at] = [this.ids.next('source'), this.clock.now()];
    const begun = { everySeconds, status: 'active', lastGoodAt: null, failedAt: null } as const;
    const source = checkedSource(
      {
        ...{ ...rest, ...begun, id, kind, place, settings: settings as Readonly<Record<string, Json>> },
        privateNetwork: this.consentBy(actor, privateNetwork),
        ...{
          cursor: null,
          coverage: null,
          systems: [],
          refused: 0,
          failure: null,
          version: 1,
          nextDueAt: dueOf(begun, at),
        },
        ...{ createdBy: principalName(actor.principal), createdAt: at, changedAt: at },
      },
      isPlain,
    );
    await this.unlessTaken(() =>
      this.unitOfWork.run(async (tx) => {
        await this.sources.insert(tx, { source, accessSealed: this.doors.seal(id, access) });
        await this.audit.append(tx, { type: 'source.created', actor, subject: id, after: sourceImage(source) });
      }),
    );
    return { source, run: null };
  }

  /**
   * @param version what the caller last saw
   * @throws SourceError `source_not_found`, `settings_invalid`, `access_invalid`, `consent_required`, `source_name_taken`;
   *   RequestError `version_conflict`
   */
  change(actor: Actor, id: Id<'source'>, version: number, revision: SourceRevision): Promise<ShownSource> {
    const { access: given, settings: wanted, privateNetwork, ...rest } = revision;
    return this.unlessTaken(() =>
      this.unitOfWork.run(async (tx) => {
        const sealed = await this.sources.lock(tx, id);
        const before = sealed.source;
        if (before.version !== version)
          throw new RequestError('version_conflict', 'Somebody changed this source meanwhile; read it again.');
        const kind = before.kind as SourceKindName;
        const opens = given === undefined ? this.doors.accessOf(sealed) : given;
        const read = this.doors.read(kind, wanted ?? before.settings, opens);
        if (given === undefined && sealed.accessSealed !== null) this.requireSameDoor(sealed, read, rest);
        const change: SourceChange = {
          ...{ ...rest, place: read.place },
          ...(wanted !== undefined && { settings: read.settings as Readonly<Record<string, Json>> }),
          ...(privateNetwork !== undefined && { privateNetwork: this.consentBy(actor, privateNetwork) }),
        };
        const after = changedSource(before, change, read.isPlain, this.clock.now());
        const accessSealed = given === undefined ? sealed.accessSealed : this.doors.seal(id, read.access);
        await this.sources.save(tx, { source: after, accessSealed });
        if (movesTo(before, change)) await this.forget(tx, before);
        const images = { before: sourceImage(before), after: sourceImage(after) };
        await this.audit.append(tx, { type: 'source.changed', actor, subject: id, ...images });
        return this.shown(tx, id);
      }),
    );
  }

  /** Looks there no more, and forgets what opens it; what was seen there alone is closed. @throws SourceError `source_not_found` */
  async remove(actor: Actor, id: Id<'source'>): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      const { source } = await this.sources.lock(tx, id);
      await this.sources.remove(tx, source, this.clock.now());
      await this.forget(tx, source);
      await this.audit.append(tx, { type: 'source.removed', actor, subject: id, before: sourceImage(source) });
    });
    await rm(this.doors.foldersOf(id), { recursive: true, force: true });
  }

  /** Looks whether it can be looked at: until the first that it says. That it cannot is an answer. @throws SourceError `source_not_found` */
  async check(id: Id<'source'>): Promise<CheckedSource> {
    const { source, accessSealed } = await this.unitOfWork.readOne((tx) => this.sources.get(tx, id));
    // In a folder of its own: one that goes on meanwhile keeps its.
    const checked = { source: { ...source, place: `${source.place} (check)` }, accessSealed };
    const signal = AbortSignal.timeout(CHECK_MILLISECONDS);
    try {
      for await (const said of this.doors.open(checked).observe(null, signal)) if (said.kind !== 'skipped') break;
      return { checkedAt: this.clock.now(), failure: null };
    } catch (error) {
      if (!(error instanceof MusterError)) throw error;
      const failure = signal.aborted ? TOO_SLOW : { code: error.code, words: error.message };
      return { checkedAt: this.clock.now(), failure };
    } finally {
      await rm(this.doors.ownFolderOf(checked.source), { recursive: true, force: true });
    }
  }

  /** Has it looked at soon. @throws SourceError `source_not_found`, `source_disabled`, `source_running` */
  async run(actor: Actor, id: Id<'source'>, anew: boolean): Promise<SourceRun> {
    const run = await this.unitOfWork.run(async (tx) => {
      const { source } = await this.sources.lock(tx, id);
      if (source.status !== 'active')
        throw new SourceError('source_disabled', 'This source is paused: make it active first.');
      const runId = this.ids.next('sourceRun');
      const startedBy = principalName(actor.principal);
      const startedAt = this.clock.now();
      const begun = await this.runs.begin(tx, {
        id: runId,
        sourceId: id,
        cause: 'by-hand',
        anew,
        startedBy,
        startedAt,
      });
      if (!begun) throw new SourceError('source_running', 'It is looked at already: wait until that has ended.');
      return this.runs.get(tx, runId);
    });
    await this.jobs.enqueue(LOOK_JOB);
    return run;
  }

  /** One more than `limit` of its runs, the newest first. @throws SourceError `source_not_found` */
  listRuns(id: Id<'source'>, before: string | undefined, limit: number): Promise<SourceRun[]> {
    return this.unitOfWork.read(async (tx) => {
      await this.sources.get(tx, id);
      return this.runs.list(tx, id, before, limit + 1);
    });
  }

  /**
   * What opens one place is never shown to another, nor to the same one in clear, nor to whomever other authorities vouch for, by
   * whoever may change it and cannot read it.
   */
  private requireSameDoor(
    sealed: SealedSource,
    wanted: ReadSource,
    { caCertificates }: Pick<SourceRevision, 'caCertificates'>,
  ): void {
    const { kind, settings, caCertificates: believed } = sealed.source;
    const before = this.doors.read(kind as SourceKindName, settings, this.doors.accessOf(sealed));
    const isSame = before.place === wanted.place && before.isPlain === wanted.isPlain;
    if (!isSame)
      throw new SourceError(
        'access_invalid',
        'Give access again, or null: it was given for where the source was before.',
      );
    if (caCertificates !== undefined && caCertificates !== believed)
      throw new SourceError(
        'access_invalid',
        'Give access again, or null: it was given for whom other authorities vouch for.',
      );
  }

  /** What was seen where it was counts no more, nor does whatever a look there still sees. */
  private async forget(tx: Tx, source: WatchedSource): Promise<void> {
    await this.runs.cancel(tx, source.id, this.clock.now());
    await this.intake.forgetAll(tx, source.id);
    await this.ghosts.forget(tx, source);
  }

  private async shown(tx: Tx, id: Id<'source'>): Promise<ShownSource> {
    const { source } = await this.sources.get(tx, id);
    return { source, run: (await this.runs.newest(tx, [id])).get(id) ?? null };
  }

  private async unlessTaken<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (cause) {
      if (brokenConstraint(cause) !== 'discovery_sources_name_once') throw cause;
      throw new SourceError('source_name_taken', 'Another source has that name: give this one another.', { cause });
    }
  }

  /** A consent is a person's word, so only a person can give it. */
  private consentBy({ principal }: Actor, given: GivenConsent | null): SourceConsent | null {
    if (given === null) return null;
    if (principal.kind !== 'person')
      throw new SourceError('consent_required', 'Sign in as a person to consent to a private address.');
    return { by: principal.id, consentedAt: this.clock.now().toISOString(), reason: given.reason };
  }
}

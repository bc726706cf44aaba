import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Injectable, Logger } from '@nestjs/common';
import { Audit } from '../../../audit/index.js';
import { MusterError } from '../../../kernel/index.js';
import { SystemClock, UnitOfWork } from '../../../platform/index.js';
import type { Observation } from '../../domain/observation.js';
import { FindingsRepository } from '../../findings/findings.repository.js';
import { Ghosts } from '../../intake/ghosts.js';
import { Intake, type Observed } from '../../intake/intake.js';
import { Resolver } from '../../intake/resolver.js';
import { SourceError } from '../errors.js';
import { type SourceKindName, sourceKind } from '../kinds.js';
import type { Ended, PassedOver, Said } from '../source.js';
import { SourceDoors } from './source-doors.js';
import { type Advance, runImage, type SourceRun } from './source-run.js';
import { SourceRunsRepository } from './source-runs.repository.js';
import { type SealedSource, SourcesRepository } from './sources.repository.js';

/** Taken in at once. */
const BATCH = 500;
/** Not heard of for so long, whoever has a run is believed dead. */
const CLAIM_SECONDS = 120;
/** Whoever had it died so often: it may be what kills them. */
const MOST_DEATHS = 5;
const FATAL =
  'Whoever looked at it died again and again: see what killed the worker, and divide the source into several.';
/** How often it says how far it has come. */
const KEEP_MILLISECONDS = 2_000;
/** Tried on passwords at the most. */
const MOST_VERIFIERS = 1_000;
/** Reasons that are counted apart. */
const MOST_REASONS = 50;
/** What a system never shows to such an access: nobody could be let in. */
const NOT_OFFERED = 'not-offered';
/** More of it than is read: nothing that stands anywhere was missed, and yet not all was read. */
const TOO_MANY = 'too-many';
/** Paths that are remembered as not looked at; where more are, nothing ends. */
const MOST_HIDDEN = 50_000;

/**
 * Looks at one source: what it says is taken in as it comes, and counts once the run has ended well. One that fails keeps what
 * was known, and says why.
 */
@Injectable()
export class SourceRunner {
  private readonly logger = new Logger(SourceRunner.name);

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly sources: SourcesRepository,
    private readonly runs: SourceRunsRepository,
    private readonly doors: SourceDoors,
    private readonly findings: FindingsRepository,
    private readonly intake: Intake,
    private readonly ghosts: Ghosts,
    private readonly resolver: Resolver,
    private readonly audit: Audit,
    private readonly clock: SystemClock,
  ) {}

  /** A run that nobody has; undefined where there is none. */
  claim(): Promise<SourceRun | undefined> {
    return this.unitOfWork.run((tx) => this.runs.claim(tx, this.clock.now(), this.claimedUntil()));
  }

  /** @param closing ends it where the process does: it is given back, and another goes on with it, from where the last good one ended */
  async carryOut(run: SourceRun, closing: AbortSignal): Promise<void> {
    if (run.deaths >= MOST_DEATHS) return this.fail(run, run, new SourceError('source_fatal', FATAL));
    const look = new Look(run);
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, closing]);
    const timer = setInterval(() => {
      void this.keep(run, look.advance).then(
        (kept) => (kept ? undefined : stop.abort()),
        () => undefined,
      );
    }, KEEP_MILLISECONDS);
    try {
      const sealed = await this.unitOfWork.readOne((tx) => this.sources.get(tx, run.sourceId));
      const observed = { sourceId: run.sourceId, runId: run.id, keepsSecrets: sealed.source.keepsSecrets };
      const ended = await this.observe(sealed, observed, look, signal);
      await this.finish(look, sealed, observed, ended);
    } catch (error) {
      if (closing.aborted) await this.unitOfWork.run((tx) => this.runs.giveBack(tx, run));
      else if (!stop.signal.aborted) await this.fail(run, look.advance, error);
    } finally {
      clearInterval(timer);
    }
  }

  private async observe(sealed: SealedSource, observed: Observed, look: Look, signal: AbortSignal): Promise<Ended> {
    const cursor = look.run.anew ? null : sealed.source.cursor;
    await this.makeFolder(sealed, look.run.anew);
    let held: Observation[] = [];
    const take = async () => {
      await this.intake.take(observed, held);
      held = [];
    };
    const verifiers = await this.unitOfWork.readOne((tx) => this.findings.listVerifiers(tx, MOST_VERIFIERS));
    for await (const said of this.doors.open(sealed, verifiers).observe(cursor, signal)) {
      look.hear(said);
      if (said.kind === 'gone') {
        await take();
        await this.intake.forget(observed, said.path);
      } else if (said.kind === 'credential' || said.kind === 'account') {
        held.push(said);
        if (held.length >= BATCH) await take();
      } else if (said.kind === 'end') {
        await take();
        return said;
      }
    }
    throw new SourceError('source_failed', 'Looking ended without a word: run it again.');
  }

  /** The folder for where it is now; those of where it was go, and this one where all is read anew. */
  private async makeFolder({ source }: SealedSource, anew: boolean): Promise<void> {
    const [all, own] = [this.doors.foldersOf(source.id), this.doors.ownFolderOf(source)];
    await mkdir(all, { recursive: true, mode: 0o700 });
    for (const name of await readdir(all))
      if (anew || name !== path.basename(own)) await rm(path.join(all, name), { recursive: true, force: true });
    await mkdir(own, { recursive: true, mode: 0o700 });
  }

  /** In one transaction: what was not seen is gone, where it comes on from, and the record of it. */
  private async finish(look: Look, sealed: SealedSource, observed: Observed, ended: Ended) {
    const { run, advance, hidden, refused } = look;
    const { cursor, coverage } = ended;
    const complete = ended.complete && hidden?.length === 0;
    const lists = sourceKind(sealed.source.kind as SourceKindName).lists ?? false;
    await this.unitOfWork.run(async (tx) => {
      const { source } = await this.sources.lock(tx, run.sourceId);
      const at = this.clock.now();
      const outcome = { state: 'finished', complete, coverage, failure: null } as const;
      if (!(await this.runs.end(tx, run, outcome, advance, at))) return;
      if (ended.complete && hidden) await this.intake.forgetUnseen(tx, observed, hidden);
      const { systems, ghosts } =
        complete && lists
          ? await this.ghosts.compare(tx, observed, source.systems)
          : { systems: source.systems, ghosts: 0 };
      // Whoever changed where it is meanwhile wants it read from the beginning, and what was missed anywhere is looked for again.
      const goesOn = source.version === sealed.source.version && hidden?.includes('') === false;
      // Where nothing is new, what was looked at before still says how far it can be relied on.
      const known = ended.complete
        ? { coverage, refused }
        : { coverage: source.coverage ?? coverage, refused: source.refused };
      await this.sources.noteGood(tx, run.sourceId, { cursor: goesOn ? cursor : null, ...known, systems }, at);
      if (!ended.complete && advance.observed === 0) return;
      const after = { ...runImage({ ...run, ...advance, ...outcome }), ghosts };
      await this.audit.append(tx, {
        type: 'source.observed',
        actor: this.resolver.actor(`source:${run.sourceId}`),
        subject: run.sourceId,
        after,
      });
    });
  }

  private async fail(run: SourceRun, advance: Advance, error: unknown): Promise<void> {
    const known = error instanceof MusterError;
    if (!known) this.logger.error({ message: 'A source could not be looked at.', run: run.id, error });
    const failure = known ? error.code : 'internal';
    await this.unitOfWork.run(async (tx) => {
      const at = this.clock.now();
      const outcome = { state: 'failed', complete: null, coverage: null, failure } as const;
      if (await this.runs.end(tx, run, outcome, advance, at))
        await this.sources.noteFailure(tx, run.sourceId, failure, at);
    });
  }

  private keep(run: SourceRun, advance: Advance): Promise<boolean> {
    return this.unitOfWork.run((tx) => this.runs.keep(tx, run, advance, this.claimedUntil()));
  }

  private claimedUntil(): Date {
    return new Date(this.clock.now().getTime() + CLAIM_SECONDS * 1000);
  }
}

/** What has been heard of a source so far. */
class Look {
  private done = 0;
  private ofAll: number | null = null;
  private observed = 0;
  private readonly skipped = new Map<string, number>();
  private readonly hiding = new Set<string>();
  /** How many parts of it could not be read. */
  refused = 0;

  constructor(readonly run: SourceRun) {}

  hear(said: Said): void {
    if (said.kind === 'progress') [this.done, this.ofAll] = [said.done, said.all];
    else if (said.kind === 'skipped') this.skip(said);
    else if (said.kind === 'credential' || said.kind === 'account') this.observed++;
  }

  get advance(): Advance {
    const { done, ofAll, observed } = this;
    return { done, ofAll, observed, skipped: Object.fromEntries(this.skipped) };
  }

  /** Where things may stand that were not looked for; undefined for too many places to tell. */
  get hidden(): readonly string[] | undefined {
    return this.hiding.size > MOST_HIDDEN ? undefined : [...this.hiding];
  }

  private skip({ reason, hides }: PassedOver): void {
    if (hides !== undefined && this.hiding.size <= MOST_HIDDEN) this.hiding.add(hides);
    if (reason === TOO_MANY || (hides !== undefined && reason !== NOT_OFFERED)) this.refused++;
    const counted = this.skipped.has(reason) || this.skipped.size < MOST_REASONS ? reason : 'other';
    this.skipped.set(counted, (this.skipped.get(counted) ?? 0) + 1);
  }
}

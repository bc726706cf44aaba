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
import type { Ended } from '../source.js';
import { SourceDoors } from './source-doors.js';
import { type Advance, runImage, type SourceRun } from './source-run.js';
import { SourceRunsRepository } from './source-runs.repository.js';
import { type SealedSource, SourcesRepository } from './sources.repository.js';

/** Taken in at once. */
const BATCH = 500;
/** Not heard of for so long, whoever has a run is believed dead. */
const CLAIM_SECONDS = 120;
/** How often it says how far it has come. */
const KEEP_MILLISECONDS = 2_000;
/** Tried on passwords at the most. */
const MOST_VERIFIERS = 1_000;
/** Reasons that are counted apart. */
const MOST_REASONS = 50;

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

  /** @param closing ends it where the process does: another goes on with it, from the beginning */
  async carryOut(run: SourceRun, closing: AbortSignal): Promise<void> {
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
      await this.finish(run, sealed, observed, look.advance, ended);
    } catch (error) {
      if (!signal.aborted) await this.fail(run, look.advance, error);
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
  private async finish(run: SourceRun, sealed: SealedSource, observed: Observed, advance: Advance, ended: Ended) {
    const { cursor, complete, coverage } = ended;
    const lists = sourceKind(sealed.source.kind as SourceKindName).lists ?? false;
    await this.unitOfWork.run(async (tx) => {
      const { source } = await this.sources.lock(tx, run.sourceId);
      const at = this.clock.now();
      const outcome = { state: 'finished', complete, coverage, failure: null } as const;
      if (!(await this.runs.end(tx, run, outcome, advance, at))) return;
      if (complete) await this.intake.forgetUnseen(tx, observed);
      const systems = complete && lists ? await this.ghosts.compare(tx, observed, source.systems) : source.systems;
      // Whoever changed where it is meanwhile wants it read from the beginning.
      const isSame = source.version === sealed.source.version;
      await this.sources.noteGood(tx, run.sourceId, { cursor: isSame ? cursor : null, coverage, systems }, at);
      if (!complete && advance.observed === 0) return;
      const after = runImage({ ...run, ...advance, ...outcome });
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

  constructor(readonly run: SourceRun) {}

  hear(said: { readonly kind: string } & Partial<{ done: number; all: number | null; reason: string }>): void {
    if (said.kind === 'progress') [this.done, this.ofAll] = [said.done ?? 0, said.all ?? null];
    else if (said.kind === 'skipped') this.skip(said.reason ?? 'unknown');
    else if (said.kind === 'credential' || said.kind === 'account') this.observed++;
  }

  get advance(): Advance {
    const { done, ofAll, observed } = this;
    return { done, ofAll, observed, skipped: Object.fromEntries(this.skipped) };
  }

  private skip(reason: string): void {
    const counted = this.skipped.has(reason) || this.skipped.size < MOST_REASONS ? reason : 'other';
    this.skipped.set(counted, (this.skipped.get(counted) ?? 0) + 1);
  }
}

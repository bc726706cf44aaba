import { closeSync, readSync } from 'node:fs';
import type { Commit } from '../domain/finding.js';
import { HistoryError } from './errors.js';
import { type PrintingGit, startGitInto } from './git.js';
import type { IdSet } from './id-set.js';
import { type Changes, LOG_FORMAT, LogRoom, PATH_SLOTS, type Placement, RawLog } from './raw-log.js';
import type { Repository } from './repository.js';
import { unnamedFile } from './unnamed-file.js';

/** Where a blob stands in history: one path of it, and the commits that put it there. */
export interface BlobPlace {
  readonly path: string;
  /** The oldest first, at most ten. */
  readonly commits: readonly Commit[];
  readonly commitCount: number;
}

/** By blob; a blob that no branch or tag leads to has no place. */
export type BlobPlaces = ReadonlyMap<string, readonly BlobPlace[]>;

/** What the log says whatever is found. */
export interface Survey {
  /** Of blobs at paths that were asked for, these paths. */
  readonly places: BlobPlaces;
  /** Blobs that the store lacks, by one path of each. */
  readonly missing: ReadonlyMap<string, string>;
}

const MOST_COMMITS = 10;
/** A blob of more paths is a licence or an empty file. */
const MOST_PATHS = 100;
/** Who writes trees of trees makes as many as he likes. */
const MOST_PLACES = 2_000_000;

/**
 * One walk over all commits that a ref leads to, begun while the blobs are still scanned: what it prints waits in a file, which
 * has no name. It holds ids, paths and names of authors.
 */
export class HistoryLog {
  private hasEnded = false;
  private readonly room = new LogRoom();

  private constructor(
    private readonly repository: Repository,
    private readonly fd: number,
    private readonly process: PrintingGit,
  ) {
    const end = () => (this.hasEnded = true);
    process.done.then(end, end);
  }

  static start(repository: Repository): HistoryLog {
    const fd = unnamedFile();
    const git = startGitInto(fd, repository, [
      ...['log', '--all', '-c', '--raw', '-z', '--no-renames', '--no-abbrev', '--no-relative'],
      ...['--no-ext-diff', '--no-textconv', '--no-color', LOG_FORMAT],
    ]);
    git.input.end();
    return new HistoryLog(repository, fd, git);
  }

  /** Whether git has ended: what it printed is there to be read. */
  get isWritten(): boolean {
    return this.hasEnded;
  }

  /**
   * Looks up what stands at paths of some kind, and what is not there.
   *
   * @param byPath whether blobs of a path are wanted
   * @param known ids of all that the store has; null where it has whatever is told of
   * @param mostPlaces of blobs in paths, found or missing, that are kept
   */
  survey(byPath: (path: string) => boolean, known: IdSet | null, mostPlaces = MOST_PLACES): LogPass {
    const paths = new WantedPaths(byPath);
    return this.pass((changes, index) => !changes.isKnown(index) || paths.has(changes, index), known, mostPlaces);
  }

  /**
   * Looks up by which commits, and under which paths, blobs came.
   *
   * @param mostPlaces of blobs in paths that are kept
   */
  placesOf(blobs: ReadonlySet<string>, mostPlaces = MOST_PLACES): LogPass {
    const wanted = new WantedIds(blobs);
    return this.pass((changes, index) => wanted.has(changes, index), null, mostPlaces);
  }

  close(): void {
    this.process.stop();
    closeSync(this.fd);
  }

  private pass(wants: Wants, known: IdSet | null, mostPlaces: number): LogPass {
    return new LogPass(this.room, this.fd, this.process.done, wants, known, mostPlaces, this.repository.idBytes);
  }
}

type Wants = (changes: Changes, index: number) => boolean;

/** One reading of the log, as far as it is written. */
export class LogPass {
  private readonly found: FoundPlaces = new Map<string, Map<string, PathPlace>>();
  private fresh: string[] = [];
  private readonly missing = new Map<string, string>();
  private readonly merged: Placement[] = [];
  private places = 0;
  private readonly log: RawLog;
  private position = 0;
  private failure: Error | undefined;

  constructor(
    room: LogRoom,
    private readonly fd: number,
    private readonly written: Promise<void>,
    private readonly wants: Wants,
    known: IdSet | null,
    private readonly mostPlaces: number,
    idBytes: number,
  ) {
    this.log = new RawLog(room, (changes) => this.takeWanted(changes), idBytes, known);
  }

  /** Reads what there is by now. What fails is said by `end`. */
  readOn(): void {
    if (this.failure !== undefined) return;
    try {
      while (this.log.read((buffer) => this.fill(buffer)));
    } catch (error) {
      this.failure = error as Error;
    }
  }

  /** Blobs that were found a place since this was asked before. */
  takeFresh(): readonly string[] {
    const { fresh } = this;
    this.fresh = [];
    return fresh;
  }

  /**
   * What all of the log says.
   *
   * @throws HistoryError `git_failed`, also where there are more places than are kept
   */
  async end(): Promise<Survey> {
    await this.written;
    this.readOn();
    if (this.failure !== undefined) throw this.failure;
    // What came to a path by none but merges came there by these.
    const onlyMerged = this.merged.filter(({ blob, path }) => !this.found.get(blob)?.has(path));
    for (const placement of onlyMerged) this.place(placement);
    const { found, missing } = this;
    return { places: new Map([...found].map(([blob, paths]) => [blob, placesIn(paths)])), missing };
  }

  private fill(buffer: Buffer): number {
    const length = readSync(this.fd, buffer, 0, buffer.length, this.position);
    this.position += length;
    return length;
  }

  private takeWanted(changes: Changes): void {
    for (let index = 0; index < changes.count; index++) if (this.wants(changes, index)) this.take(changes, index);
  }

  private take(changes: Changes, index: number): void {
    const placement = changes.placement(index);
    if (!changes.isKnown(index)) this.missing.set(placement.blob, placement.path);
    else if (placement.isMerged) this.merged.push(placement);
    else if (this.place(placement)) this.places++;
    if (this.missing.size + this.merged.length + this.places > this.mostPlaces)
      throw new HistoryError('git_failed', 'The history holds more places than can be told. Scan without commits.');
  }

  /** The log begins with the latest. @returns whether its path is told of for the first time */
  private place({ blob, path, commit }: Placement): boolean {
    let paths = this.found.get(blob);
    if (!paths) {
      this.found.set(blob, (paths = new Map<string, PathPlace>()));
      this.fresh.push(blob);
    }
    const known = paths.get(path);
    if (!known) {
      if (paths.size >= MOST_PATHS) return false;
      paths.set(path, { commits: [commit], count: 1 });
      return true;
    }
    known.count++;
    known.commits.push(commit);
    if (known.commits.length > MOST_COMMITS) known.commits.shift();
    return false;
  }
}

interface PathPlace {
  readonly commits: Commit[];
  count: number;
}

type FoundPlaces = Map<string, Map<string, PathPlace>>;

function placesIn(paths: ReadonlyMap<string, PathPlace>): BlobPlace[] {
  return [...paths]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, { commits, count }]) => ({ path, commits: [...commits].reverse(), commitCount: count }));
}

/** Ids looked for in what git prints: most are refused by their first twenty bits. */
class WantedIds {
  private readonly first = new Uint8Array(1 << 17);

  constructor(private readonly ids: ReadonlySet<string>) {
    for (const id of ids) {
      const bits = parseInt(id.slice(0, 5), 16);
      this.first[bits >> 3]! |= 1 << (bits & 7);
    }
  }

  has(changes: Changes, index: number): boolean {
    const bits = changes.upper(index) >>> 12;
    return (this.first[bits >> 3]! & (1 << (bits & 7))) !== 0 && this.ids.has(changes.blob(index));
  }
}

const WANTED = 1;
const NOT_WANTED = 2;

/** Paths looked for in what git prints: each is asked about once. */
class WantedPaths {
  private readonly known = new Uint8Array(PATH_SLOTS);

  constructor(private readonly wants: (path: string) => boolean) {}

  has(changes: Changes, index: number): boolean {
    const slot = changes.slot(index);
    const known = this.known[slot];
    if (known === WANTED || known === NOT_WANTED) return known === WANTED;
    const wanted = this.wants(changes.path(index));
    // Beyond its end nothing is put down.
    this.known[slot] = wanted ? WANTED : NOT_WANTED;
    return wanted;
  }
}

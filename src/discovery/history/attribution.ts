import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Commit } from '../domain/finding.js';
import { HistoryError } from './errors.js';
import { startGitInto } from './git.js';
import { LOG_FORMAT, type Placement, RawLog } from './raw-log.js';
import type { Repository } from './repository.js';

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
const MOST_KNOWN_PATHS = 100_000;

/**
 * One walk over all commits that a ref leads to, begun while the blobs are still scanned: what it prints waits in a file, which
 * has no name. It holds ids, paths and names of authors.
 */
export class HistoryLog {
  private hasEnded = false;

  private constructor(
    private readonly repository: Repository,
    private readonly fd: number,
    private readonly process: { readonly done: Promise<void>; stop(): void },
  ) {
    const end = () => (this.hasEnded = true);
    process.done.then(end, end);
  }

  static start(repository: Repository): HistoryLog {
    const folder = mkdtempSync(path.join(tmpdir(), 'muster-scan-'));
    const file = path.join(folder, 'log');
    const fd = openSync(file, 'wx+', 0o600);
    rmSync(folder, { recursive: true });
    const process = startGitInto(fd, repository, [
      ...['log', '--all', '-c', '--raw', '-z', '--no-renames', '--no-abbrev', '--no-relative'],
      ...['--no-ext-diff', '--no-textconv', '--no-color', LOG_FORMAT],
    ]);
    return new HistoryLog(repository, fd, process);
  }

  /** Whether git has ended: what it printed is there to be read. */
  get isWritten(): boolean {
    return this.hasEnded;
  }

  /**
   * Looks up what stands at paths of some kind, and what is not there.
   *
   * @param byPath whether blobs of a path are wanted
   * @param has whether the store has an object; the id is hexadecimal text
   * @param mostPlaces of blobs in paths, found or missing, that are kept
   */
  survey(
    byPath: (path: string) => boolean,
    has: (text: Buffer, at: number) => boolean,
    mostPlaces = MOST_PLACES,
  ): LogPass {
    const paths = new Map<string, boolean>();
    const isWanted = (path: string) => {
      let wanted = paths.get(path);
      if (wanted !== undefined) return wanted;
      if (paths.size === MOST_KNOWN_PATHS) paths.clear();
      paths.set(path, (wanted = byPath(path)));
      return wanted;
    };
    return this.pass(
      (text, at, from, to) => isWanted(text.toString('utf8', from, to)) || !has(text, at),
      has,
      mostPlaces,
    );
  }

  /**
   * Looks up by which commits, and under which paths, blobs came.
   *
   * @param mostPlaces of blobs in paths that are kept
   */
  placesOf(blobs: ReadonlySet<string>, mostPlaces = MOST_PLACES): LogPass {
    const wanted = new WantedIds(blobs, this.repository.idBytes * 2);
    return this.pass(
      (text, at) => wanted.has(text, at),
      () => true,
      mostPlaces,
    );
  }

  close(): void {
    this.process.stop();
    closeSync(this.fd);
  }

  private pass(wants: Wants, has: (text: Buffer, at: number) => boolean, mostPlaces: number): LogPass {
    return new LogPass(this.fd, this.process.done, wants, has, mostPlaces, this.repository.idBytes * 2);
  }
}

type Wants = ConstructorParameters<typeof RawLog>[0];

/** One reading of the log, as far as it is written. */
export class LogPass {
  private readonly found: FoundPlaces = new Map<string, Map<string, PathPlace>>();
  private readonly missing = new Map<string, string>();
  private readonly merged: Placement[] = [];
  private places = 0;
  private readonly log: RawLog;
  private position = 0;
  private failure: Error | undefined;

  constructor(
    private readonly fd: number,
    private readonly written: Promise<void>,
    wants: Wants,
    private readonly has: (text: Buffer, at: number) => boolean,
    private readonly mostPlaces: number,
    idCharacters: number,
  ) {
    this.log = new RawLog(wants, (placement, text, at) => this.take(placement, text, at), idCharacters);
  }

  /** Reads what there is by now. What fails is said by `end`. */
  readOn(): void {
    if (this.failure !== undefined) return;
    try {
      while (this.log.read((buffer, at) => this.fill(buffer, at)));
    } catch (error) {
      this.failure = error as Error;
    }
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
    for (const placement of onlyMerged) place(placement, this.found);
    const { found, missing } = this;
    return { places: new Map([...found].map(([blob, paths]) => [blob, placesIn(paths)])), missing };
  }

  private fill(buffer: Buffer, at: number): number {
    const length = readSync(this.fd, buffer, at, buffer.length - at, this.position);
    this.position += length;
    return length;
  }

  private take(placement: Placement, text: Buffer, at: number): void {
    if (!this.has(text, at)) this.missing.set(placement.blob, placement.path);
    else if (placement.isMerged) this.merged.push(placement);
    else if (place(placement, this.found)) this.places++;
    if (this.missing.size + this.merged.length + this.places > this.mostPlaces)
      throw new HistoryError('git_failed', 'The history holds more places than can be told. Scan without commits.');
  }
}

interface PathPlace {
  readonly commits: Commit[];
  count: number;
}

type FoundPlaces = Map<string, Map<string, PathPlace>>;

/** The log begins with the latest. @returns whether its path is told of for the first time */
function place({ blob, path, commit }: Placement, found: FoundPlaces): boolean {
  let paths = found.get(blob);
  if (!paths) found.set(blob, (paths = new Map<string, PathPlace>()));
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

function placesIn(paths: ReadonlyMap<string, PathPlace>): BlobPlace[] {
  return [...paths]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, { commits, count }]) => ({ path, commits: [...commits].reverse(), commitCount: count }));
}

/** Ids looked for in what git prints: most are refused by their first three bytes. */
class WantedIds {
  private readonly first = new Uint8Array((1 << 24) >> 3);

  constructor(
    private readonly ids: ReadonlySet<string>,
    private readonly idCharacters: number,
  ) {
    for (const id of ids) {
      const bits = parseInt(id.slice(0, 6), 16);
      this.first[bits >> 3]! |= 1 << (bits & 7);
    }
  }

  has(text: Buffer, at: number): boolean {
    const bits = hexNumber(text, at, 6);
    if ((this.first[bits >> 3]! & (1 << (bits & 7))) === 0) return false;
    return this.ids.has(text.toString('latin1', at, at + this.idCharacters));
  }
}

const NIBBLES = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 48 && byte <= 57 ? byte - 48 : byte >= 97 && byte <= 102 ? byte - 87 : 0,
);

/** Up to eight digits, as an unsigned number. */
export function hexNumber(text: Buffer, at: number, digits: number): number {
  let number = 0;
  for (let index = 0; index < digits; index++) number = (number << 4) | NIBBLES[text[at + index]!]!;
  return number >>> 0;
}

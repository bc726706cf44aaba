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

/** What is asked of the history. */
export interface Questions {
  /** Blobs whose places are wanted. */
  readonly blobs: ReadonlySet<string>;
  /** Whether blobs of a path are wanted, whatever they are. */
  readonly byPath: (path: string) => boolean;
  /** Whether the store has an object; the id is hexadecimal text. */
  readonly has: (text: Buffer, at: number) => boolean;
}

export interface Answers {
  readonly places: BlobPlaces;
  /** Blobs that the store lacks, by one path of each. */
  readonly missing: ReadonlyMap<string, string>;
}

const MOST_COMMITS = 10;
/** A blob of more paths is a licence or an empty file. */
const MOST_PATHS = 100;
const CHUNK_BYTES = 1024 * 1024;
/** Who writes trees of trees makes as many as he likes. */
const MOST_PLACES = 2_000_000;
const MOST_KNOWN_PATHS = 100_000;

/**
 * One walk over all commits that a ref leads to, begun while the blobs are still scanned: what it prints waits in a file, which
 * has no name. It holds ids, paths and names of authors.
 */
export class HistoryLog {
  private constructor(
    private readonly repository: Repository,
    private readonly fd: number,
    private readonly process: { readonly done: Promise<void>; stop(): void },
  ) {}

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

  /**
   * Looks up by which commits, and under which paths, blobs came. Where some were born in none but merges, these count, too.
   *
   * @param mostPlaces of blobs in paths, found or missing, that are kept
   * @throws HistoryError `git_failed`, also where there are more
   */
  async answer(questions: Questions, mostPlaces = MOST_PLACES): Promise<Answers> {
    const found: FoundPlaces = new Map<string, Map<string, PathPlace>>();
    const missing = new Map<string, string>();
    const merged = await this.read(questions, found, missing, mostPlaces);
    if ([...questions.blobs].some((blob) => !found.has(blob))) for (const placement of merged) place(placement, found);
    return { places: new Map([...found].map(([blob, paths]) => [blob, placesIn(paths)])), missing };
  }

  close(): void {
    this.process.stop();
    closeSync(this.fd);
  }

  /** @returns what merges put in place */
  private async read(
    questions: Questions,
    found: FoundPlaces,
    missing: Map<string, string>,
    mostPlaces: number,
  ): Promise<readonly Placement[]> {
    await this.process.done;
    const merged: Placement[] = [];
    let places = 0;
    const idCharacters = this.repository.idBytes * 2;
    const wanted = new WantedIds(questions.blobs, idCharacters);
    const byPath = new Map<string, boolean>();
    const log = new RawLog(
      (text, at, path) => {
        let structured = byPath.get(path);
        if (structured === undefined) {
          if (byPath.size === MOST_KNOWN_PATHS) byPath.clear();
          byPath.set(path, (structured = questions.byPath(path)));
        }
        return structured || wanted.has(text, at) || !questions.has(text, at);
      },
      (placement, text, at) => {
        if (!questions.has(text, at)) missing.set(placement.blob, placement.path);
        else if (placement.isMerged) merged.push(placement);
        else if (place(placement, found)) places++;
        if (missing.size + merged.length + places > mostPlaces)
          throw new HistoryError('git_failed', 'The history holds more places than can be told. Scan without commits.');
      },
      idCharacters,
    );
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let position = 0; ;) {
      const length = readSync(this.fd, chunk, 0, CHUNK_BYTES, position);
      if (length === 0) return merged;
      log.read(Buffer.from(chunk.subarray(0, length)));
      position += length;
    }
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

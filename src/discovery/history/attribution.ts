import type { Commit } from '../domain/finding.js';
import { startGit } from './git.js';
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

const MOST_COMMITS = 10;
/** A blob of more paths is a licence or an empty file. */
const MOST_PATHS = 100;

/** Ids looked for in what git prints: most are refused by their first three bytes. */
class WantedIds {
  private readonly first = new Uint8Array((1 << 24) >> 3);

  constructor(
    readonly ids: ReadonlySet<string>,
    private readonly idCharacters: number,
  ) {
    for (const id of ids) {
      const bits = parseInt(id.slice(0, 6), 16);
      this.first[bits >> 3]! |= 1 << (bits & 7);
    }
  }

  has(text: Buffer, at: number): boolean {
    let bits = 0;
    for (let index = 0; index < 6; index++) bits = (bits << 4) | NIBBLES[text[at + index]!]!;
    if ((this.first[bits >> 3]! & (1 << (bits & 7))) === 0) return false;
    return this.ids.has(text.toString('latin1', at, at + this.idCharacters));
  }
}

const NIBBLES = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 48 && byte <= 57 ? byte - 48 : byte >= 97 && byte <= 102 ? byte - 87 : 0,
);

/**
 * Looks up by which commits, and under which paths, blobs came: one walk over all commits that a ref leads to, whatever the number
 * of blobs, and one over the merges where some were born in none of the others.
 *
 * @throws HistoryError `git_failed`
 */
export async function placesOf(blobs: ReadonlySet<string>, repository: Repository): Promise<BlobPlaces> {
  const found = new Map<string, Map<string, { commits: Commit[]; count: number }>>();
  if (blobs.size === 0) return new Map();
  const tell = ({ blob, path, commit }: Placement): void => {
    let paths = found.get(blob);
    if (!paths) found.set(blob, (paths = new Map()));
    const place = paths.get(path);
    if (place) {
      // The log begins with the latest.
      place.count++;
      place.commits.push(commit);
      if (place.commits.length > MOST_COMMITS) place.commits.shift();
    } else if (paths.size < MOST_PATHS) paths.set(path, { commits: [commit], count: 1 });
  };
  await walk(repository, ['--no-merges'], blobs, tell);
  const missing = new Set([...blobs].filter((blob) => !found.has(blob)));
  if (missing.size > 0) await walk(repository, ['--merges', '-c'], missing, tell);
  return new Map([...found].map(([blob, paths]) => [blob, placesIn(paths)]));
}

function placesIn(paths: ReadonlyMap<string, { commits: Commit[]; count: number }>): BlobPlace[] {
  return [...paths]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, { commits, count }]) => ({ path, commits: [...commits].reverse(), commitCount: count }));
}

async function walk(
  repository: Repository,
  which: readonly string[],
  blobs: ReadonlySet<string>,
  tell: (placement: Placement) => void,
): Promise<void> {
  const idCharacters = repository.idBytes * 2;
  const wanted = new WantedIds(blobs, idCharacters);
  const log = new RawLog((text, at) => wanted.has(text, at), tell, idCharacters);
  const git = startGit(repository, [
    ...['log', '--all', '--full-history', ...which, '--raw', '-z', '--no-renames', '--no-abbrev', '--no-relative'],
    ...['--no-ext-diff', '--no-textconv', '--no-color', LOG_FORMAT],
  ]);
  git.input.end();
  for await (const chunk of git.output) log.read(chunk as Buffer);
  await git.done;
}

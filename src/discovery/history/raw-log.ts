import { HistoryError } from './errors.js';

/** One blob as one commit puts it in place. */
export interface Placement {
  readonly blob: string;
  readonly path: string;
  readonly commit: LoggedCommit;
  /** Whether a merge put it there, as none of its parents had it. */
  readonly isMerged: boolean;
}

export interface LoggedCommit {
  readonly id: string;
  /** RFC 3339, the author's. */
  readonly at: string;
  readonly author: string;
}

/** What `git log` is to print: a mark and three fields that end with NUL, then, by `--raw -z`, what changed. */
export const LOG_FORMAT = '--format=tformat:%x01%H%x00%aI%x00%an%x00';

const MARK = 1;
const COLON = 58;
const NUL = 0;
const LINE_FEED = 10;
const ZERO = 48;
/** The mode of a link to a commit of another repository, which is no blob, is the only one that begins with it: 160000. */
const GITLINK = Buffer.from('16');

/** Longer than any path, and any name of an author. */
const MOST_RECORD_BYTES = 4 * 1024 * 1024;
const FIRST_BYTES = 256 * 1024;

/** Reads what `git log --raw -z` prints, as it comes. */
export class RawLog {
  private buffer = Buffer.allocUnsafe(FIRST_BYTES);
  /** How much of it is filled: with what is not read yet, between two calls. */
  private filled = 0;
  private held: Buffer = this.buffer;
  private commit: CommitRecord | null = null;

  /**
   * @param wants asked with where an id begins in a text, and from where to where its path stands: only such placements are told
   * @param tell told with where the id begins
   */
  constructor(
    private readonly wants: (text: Buffer, at: number, pathFrom: number, pathTo: number) => boolean,
    private readonly tell: (placement: Placement, text: Buffer, at: number) => void,
    private readonly idCharacters: number,
  ) {}

  /**
   * Reads on.
   *
   * @param fill puts more into a buffer, from a place to its end if there is as much, and says how much it was
   * @returns whether there was as much
   * @throws HistoryError `git_failed` where a record does not end
   */
  read(fill: (buffer: Buffer, at: number) => number): boolean {
    if (this.filled === this.buffer.length) this.grow();
    this.filled += fill(this.buffer, this.filled);
    this.held = this.buffer.subarray(0, this.filled);
    let at = 0;
    for (let next = 0; next >= 0;) {
      at = next;
      next = this.readRecord(at);
    }
    const wasFilled = this.filled === this.buffer.length;
    // It is read while it stands there.
    this.commit?.read();
    this.buffer.copyWithin(0, at, this.filled);
    this.filled -= at;
    return wasFilled;
  }

  private grow(): void {
    if (this.filled > MOST_RECORD_BYTES)
      throw new HistoryError(
        'git_failed',
        'git prints a name that is longer than any. Run git fsck on the repository.',
      );
    this.buffer = Buffer.concat([this.buffer], 2 * this.filled);
  }

  /** @returns where the next record begins, or -1 where this one is not whole yet */
  private readRecord(at: number): number {
    const { held } = this;
    if (at >= held.length) return -1;
    const first = held[at]!;
    if (first === NUL || first === LINE_FEED) return at + 1;
    if (first === MARK) return this.readCommit(at);
    if (first === COLON) return this.readChange(at);
    // Nothing that git prints; the record is passed over.
    const end = held.indexOf(NUL, at);
    return end < 0 ? -1 : end + 1;
  }

  private readCommit(at: number): number {
    const idEnd = this.held.indexOf(NUL, at);
    const timeEnd = idEnd < 0 ? -1 : this.held.indexOf(NUL, idEnd + 1);
    const authorEnd = timeEnd < 0 ? -1 : this.held.indexOf(NUL, timeEnd + 1);
    if (authorEnd < 0) return -1;
    this.commit = new CommitRecord(this.held, at + 1, idEnd, timeEnd, authorEnd);
    return authorEnd + 1;
  }

  /** `:100644 100644 <id> <id> M\0path\0`; of a merge, with a colon, a mode and an id for each parent (git-diff-tree, combined). */
  private readChange(at: number): number {
    const { held, idCharacters } = this;
    let parents = 1;
    while (held[at + parents] === COLON) parents++;
    const modeAt = at + parents + 7 * parents;
    const idAt = at + parents + 7 * (parents + 1) + (idCharacters + 1) * parents;
    // A letter says what became of it, as a rule, and a NUL stands behind that.
    const rule = idAt + idCharacters + 2;
    const statusEnd = held[rule] === NUL ? rule : held.indexOf(NUL, at);
    const pathEnd = statusEnd < 0 ? -1 : held.indexOf(NUL, statusEnd + 1);
    if (pathEnd < 0) return -1;
    if (idAt + idCharacters > statusEnd || !this.commit || isNothing(held, idAt)) return pathEnd + 1;
    if (held[modeAt] === GITLINK[0] && held[modeAt + 1] === GITLINK[1]) return pathEnd + 1;
    if (!this.wants(held, idAt, statusEnd + 1, pathEnd)) return pathEnd + 1;
    const path = held.toString('utf8', statusEnd + 1, pathEnd);
    const blob = held.toString('latin1', idAt, idAt + idCharacters);
    this.tell({ blob, path, commit: this.commit.read(), isMerged: parents > 1 }, held, idAt);
    return pathEnd + 1;
  }
}

/** Most commits brought nothing that anybody asks for: what they say is read when somebody does. */
class CommitRecord {
  private commit: LoggedCommit | undefined;

  constructor(
    private readonly text: Buffer,
    private readonly from: number,
    private readonly idEnd: number,
    private readonly timeEnd: number,
    private readonly authorEnd: number,
  ) {}

  read(): LoggedCommit {
    return (this.commit ??= {
      id: this.text.toString('latin1', this.from, this.idEnd),
      at: this.text.toString('latin1', this.idEnd + 1, this.timeEnd),
      author: this.text.toString('utf8', this.timeEnd + 1, this.authorEnd),
    });
  }
}

/** What was taken away has an id of zeros; no other begins with sixteen. */
function isNothing(text: Buffer, at: number): boolean {
  for (let digit = at; digit < at + 16; digit++) if (text[digit] !== ZERO) return false;
  return true;
}

import { Engine } from '../scan/engine.js';
import { HistoryError } from './errors.js';
import { IdSet } from './id-set.js';

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

const NUL = 0;

/** Longer than any path, and any name of an author. */
const MOST_RECORD_BYTES = 4 * 1024 * 1024;
const FIRST_BYTES = 256 * 1024;

/** How many paths are known by a slot: of `wasm/log.ts`, as what follows. */
export const PATH_SLOTS = 2 ** 18;
const SLOT_BYTES = 8;
const MOST_CHANGES = 4096;
const NUMBERS = { commit: 0, id: 1, path: 2, pathEnd: 3, slot: 4, parents: 5, upper: 6, lower: 7, known: 8 } as const;
const A_CHANGE = Object.keys(NUMBERS).length;
const NO_COMMIT = 0xffffffff;
const COMMIT_BEFORE = 0xfffffffe;

/** What was put in place by commits, as far as it was read at once: it is told of one by one, and what nobody asks for is not read. */
export interface Changes {
  readonly count: number;
  /** The first eight digits of a blob's id. */
  upper(index: number): number;
  isKnown(index: number): boolean;
  blob(index: number): string;
  path(index: number): string;
  /** The same wherever the path stands, below `PATH_SLOTS`; there or above where there are too many paths to know them all. */
  slot(index: number): number;
  placement(index: number): Placement;
}

/** Memory in which one log after the other is read: to have it a second time takes as long as to read a short one. */
export class LogRoom {
  readonly engine = new Engine();
  readonly slots = this.engine.reserveKeyed(PATH_SLOTS * SLOT_BYTES);
  readonly changesAt = this.engine.reserve(MOST_CHANGES * A_CHANGE * 4);
  readonly textAt = this.engine.reserve(FIRST_BYTES);
}

/** Reads what `git log --raw -z` prints, as it comes. */
export class RawLog implements Changes {
  private readonly engine: Engine;
  private textAt: number;
  private room = FIRST_BYTES;
  /** How much of the room is filled: with what is not read yet, between two calls. */
  private filled = 0;
  /** The commit whose changes were read last, where it does not stand in the text any more. */
  private before: LoggedCommit | undefined;
  private latest: { readonly from: number; readonly commit: LoggedCommit } | undefined;
  /** What is filled, and what was put down of its changes. */
  private text: Buffer = Buffer.alloc(0);
  private numbers: Uint32Array = new Uint32Array(0);
  count = 0;

  /**
   * @param memory where no other log is read meanwhile
   * @param take told of changes; they are there until it returns
   * @param known ids of blobs that are known; all are where it is null
   */
  constructor(
    private readonly memory: LogRoom,
    private readonly take: (changes: Changes) => void,
    private readonly idBytes: number,
    private readonly known: IdSet | null = null,
  ) {
    this.engine = memory.engine;
    this.textAt = memory.textAt;
    const { upper, lower } = known ?? IdSet.none;
    this.engine.exports.useLog(idBytes, memory.slots, this.put(upper), this.put(lower), upper.length);
  }

  /**
   * Reads on.
   *
   * @param fill puts more into a buffer, and says how much: all of it, if there is as much
   * @returns whether there was as much
   * @throws HistoryError `git_failed` where a record does not end
   */
  read(fill: (buffer: Buffer) => number): boolean {
    if (this.filled === this.room) this.grow();
    this.filled += fill(this.engine.bytes(this.textAt + this.filled, this.room - this.filled));
    const wasFilled = this.filled === this.room;
    const { exports, memory } = this.engine;
    const { changesAt } = this.memory;
    this.text = this.engine.bytes(this.textAt, this.filled);
    this.numbers = new Uint32Array(memory.buffer, changesAt, MOST_CHANGES * A_CHANGE);
    let commit = this.before ? COMMIT_BEFORE : NO_COMMIT;
    let at = 0;
    do {
      this.count = exports.readLog(this.textAt, at, this.filled, commit, changesAt, MOST_CHANGES);
      at = exports.logAt();
      // Unsigned.
      commit = exports.logCommit() >>> 0;
      this.take(this);
    } while (this.count === MOST_CHANGES);
    if (commit !== NO_COMMIT) this.before = this.commitAt(commit);
    this.latest = undefined;
    this.text.copyWithin(0, at, this.filled);
    this.filled -= at;
    return wasFilled;
  }

  upper(index: number): number {
    return this.number(index, 'upper');
  }

  isKnown(index: number): boolean {
    return this.known === null || this.number(index, 'known') === 1;
  }

  slot(index: number): number {
    return this.number(index, 'slot');
  }

  blob(index: number): string {
    const at = this.number(index, 'id');
    return this.text.toString('latin1', at, at + this.idBytes * 2);
  }

  path(index: number): string {
    return this.text.toString('utf8', this.number(index, 'path'), this.number(index, 'pathEnd'));
  }

  placement(index: number): Placement {
    const commit = this.commitAt(this.number(index, 'commit'));
    return { blob: this.blob(index), path: this.path(index), commit, isMerged: this.number(index, 'parents') > 1 };
  }

  private number(index: number, which: keyof typeof NUMBERS): number {
    return this.numbers[index * A_CHANGE + NUMBERS[which]]!;
  }

  private commitAt(from: number): LoggedCommit {
    if (from === COMMIT_BEFORE) return this.before!;
    if (this.latest?.from === from) return this.latest.commit;
    const { text } = this;
    const idEnd = text.indexOf(NUL, from);
    const timeEnd = text.indexOf(NUL, idEnd + 1);
    const commit = {
      id: text.toString('latin1', from + 1, idEnd),
      at: text.toString('latin1', idEnd + 1, timeEnd),
      author: text.toString('utf8', timeEnd + 1, text.indexOf(NUL, timeEnd + 1)),
    };
    this.latest = { from, commit };
    return commit;
  }

  private put(words: Uint32Array): number {
    const at = this.engine.reserve(words.byteLength);
    new Uint32Array(this.engine.memory.buffer, at, words.length).set(words);
    return at;
  }

  private grow(): void {
    if (this.filled > MOST_RECORD_BYTES)
      throw new HistoryError(
        'git_failed',
        'git prints a name that is longer than any. Run git fsck on the repository.',
      );
    const textAt = this.engine.reserve(2 * this.room);
    this.engine.memory.copyWithin(textAt, this.textAt, this.textAt + this.filled);
    this.textAt = textAt;
    this.room *= 2;
  }
}

import { randomBytes } from 'node:crypto';
import { type Matches, Matching } from '../domain/matcher.js';
import type { CompiledRules } from '../domain/rule-set.js';
import { builtFile } from './built-files.js';
import { UnwrappingAllowance } from './unwrapping-allowance.js';

/** What `wasm/module.ts` exports; places are bytes of its memory. */
interface ScannerExports {
  readonly memory: WebAssembly.Memory;
  usePrefilter(
    at: number,
    multiplier: number,
    entriesAt: number,
    keywordsAt: number,
    textAt: number,
    checksAt: number,
  ): void;
  useTail(at: number): void;
  useLines(at: number): void;
  useObject(text: number, length: number): void;
  prefilter(
    text: number,
    parts: number,
    count: number,
    first: number,
    from: number,
    hits: number,
    room: number,
  ): number;
  resumePart(): number;
  resumeAt(): number;
  inflate(source: number, sourceLength: number, target: number, targetLength: number): number;
  deltaTarget(delta: number, deltaLength: number, baseLength: number): number;
  applyDelta(
    base: number,
    baseLength: number,
    delta: number,
    deltaLength: number,
    target: number,
    targetLength: number,
    ranges: number,
  ): number;
  putRange(at: number, from: number, to: number): void;
  lengthOf(ranges: number, count: number): number;
  widen(text: number, length: number, ranges: number, count: number): number;
  isText(text: number, length: number): number;
  layOutBy(shift: number, count: number, keys: number, from: number, to: number, starts: number): void;
  offsetsBy(count: number, ranks: number, low: number, high: number, offsets: number): number;
  readHeaders(
    first: number,
    count: number,
    offsets: number,
    parents: number,
    types: number,
    idBytes: number,
    window: number,
    windowFrom: number,
    windowBytes: number,
  ): number;
  followChains(count: number, parents: number, types: number, metBy: number, depths: number, path: number): void;
  wantBlobs(count: number, types: number, ranks: number, isNew: number, wanted: number): number;
  orderFamilies(
    count: number,
    parents: number,
    wanted: number,
    needed: number,
    children: number,
    roots: number,
    starts: number,
    path: number,
    order: number,
  ): number;
  cutTasks(most: number, total: number, offsets: number, roots: number, order: number, tasks: number): number;
  useLog(idBytes: number, slots: number, upper: number, lower: number, count: number): void;
  readLog(at: number, from: number, to: number, commit: number, changes: number, most: number): number;
  logAt(): number;
  logCommit(): number;
}

const PAGE_BYTES = 65_536;
/** Read past its end, and written past the room for hits. */
const SPARE_BYTES = 4096;
/** Most objects are smaller. */
const LEAST_ROOM_BYTES = 1024 * 1024;
/** Where the end of an object is looked at. */
const TAIL_BYTES = 16_384;
/** What `wasm/hash.ts` and, behind that, `wasm/lines.ts` take. */
const KEY_BYTES = 1064;
const LINES_BYTES = 131_072 * 8 + 1024 * 13;
const LINE_FEED = 10;
const HITS = 16_384;
const HIT_BYTES = 8;
/** Of a part that is looked at: from where, and to where. */
const PART_BYTES = 8;
const LEAST_PARTS = 64;

/** A part of an object that is looked at: from the first byte to before the last. */
export type Range = readonly [from: number, to: number];

/** Where an object is put, and how long it may be. */
interface Room {
  at: number;
  room: number;
}

/** Rules, and where their tables lie. */
interface PlacedRules {
  readonly rules: CompiledRules;
  readonly tablesAt: number;
  /** Where lines are remembered that give none of their anchors; 0 for nowhere. */
  linesAt: number;
}

/**
 * The rules beside their inner loops: one a thread. It owns the WebAssembly memory, where objects are read into, so that
 * nothing is copied.
 */
export class Engine {
  readonly exports: ScannerExports;
  readonly unwrapping = new UnwrappingAllowance();
  private view: Uint8Array;
  private end: number;
  private readonly hitsAt: number;
  private hits: Uint32Array;
  private readonly object: Room = { at: 0, room: 0 };
  private readonly copy: Room = { at: 0, room: 0 };
  private readonly parts: Room = { at: 0, room: 0 };

  private readonly sets: readonly PlacedRules[];

  /** @param rules sets of them, each with a plan of its own: those of the program, and the user's */
  constructor(...rules: readonly CompiledRules[]) {
    this.exports = new WebAssembly.Instance(scannerModule()).exports as ScannerExports;
    this.view = new Uint8Array(this.exports.memory.buffer);
    this.end = this.view.length;
    this.sets = rules.map((set) => {
      const { bytes } = set.plan.tables;
      const tablesAt = this.reserve(bytes.length);
      this.bytes(tablesAt, bytes.length).set(bytes);
      return { rules: set, tablesAt, linesAt: 0 };
    });
    this.exports.useTail(this.reserve(TAIL_BYTES));
    this.hitsAt = this.reserve((HITS + 256) * HIT_BYTES);
    this.hits = new Uint32Array(this.exports.memory.buffer, this.hitsAt, HITS * 2);
    this.roomIn(this.parts, 0, LEAST_PARTS * PART_BYTES);
  }

  /**
   * Room in the module's memory that nobody else uses, for good. Views made before are detached: take them anew with `bytes`.
   *
   * @returns its place, a multiple of 16
   */
  reserve(length: number): number {
    // Beyond two gibibytes, bits would make it negative.
    const at = Math.ceil((this.end + SPARE_BYTES) / 16) * 16;
    this.end = at + length + SPARE_BYTES;
    const { memory } = this.exports;
    const missing = this.end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    return at;
  }

  /** Whatever is reserved meanwhile is free again afterwards. */
  borrowing<Made>(make: () => Made): Made {
    const { end } = this;
    try {
      return make();
    } finally {
      this.end = end;
    }
  }

  /** All of the module's memory as it is now. */
  get memory(): Uint8Array {
    // It has no length any more where the memory has grown.
    if (this.view.length === 0) this.view = new Uint8Array(this.exports.memory.buffer);
    return this.view;
  }

  /** A part of it. */
  bytes(at: number, length: number): Buffer {
    return Buffer.from(this.memory.buffer as ArrayBuffer, at, length);
  }

  /** Room for one object of this many bytes, the same each time as long as it is large enough; and the place of it. */
  roomFor(length: number): { readonly at: number; readonly bytes: Buffer } {
    return this.roomIn(this.object, length);
  }

  /** Whether what lies at a place is text of one byte a character: no NUL stands at its beginning, nor a mark of UTF-16. */
  isText(at: number, length: number): boolean {
    return this.exports.isText(at, length) === 1;
  }

  /**
   * Has lines remembered that give nothing to try, so that they are not looked through again: for histories, where nine lines of ten were
   * there before. Their hashes have keys of their own each time, so that nobody can write a line that is taken for another.
   */
  rememberLines(): void {
    for (const set of this.sets) {
      const { bytes, textAt, checksAt } = set.rules.plan.tables;
      // Of a keyword that stands on two lines neither says anything.
      if (bytes.subarray(textAt, checksAt).includes(LINE_FEED)) continue;
      set.linesAt = this.reserveKeyed(LINES_BYTES);
    }
  }

  /** Room as by `reserve`, noughts, behind keys of its own for hashes. @returns the place of the keys */
  reserveKeyed(length: number): number {
    const at = this.reserve(KEY_BYTES + length);
    const keys = this.bytes(at, KEY_BYTES);
    keys.set(randomBytes(KEY_BYTES));
    // The last two are odd.
    for (const odd of [KEY_BYTES - 16, KEY_BYTES - 8]) keys[odd]! |= 1;
    return at;
  }

  /** What matches in an object that lies elsewhere: it is copied, to a place of its own. */
  match(bytes: Uint8Array, path: string | null): Matches {
    const room = this.roomIn(this.copy, bytes.length);
    room.bytes.set(bytes);
    return this.matchAt(room.at, bytes.length, path);
  }

  /**
   * What matches in the object that lies at a place of the module's memory.
   *
   * @param path of it, where it has one
   * @param ranges parts in which keywords are looked for; what belongs to them may lie outside, in the object
   */
  matchAt(at: number, length: number, path: string | null, ranges: readonly Range[] = [[0, length]]): Matches {
    const parts = this.roomIn(this.parts, ranges.length * PART_BYTES, LEAST_PARTS * PART_BYTES).at;
    for (const [index, [from, to]] of ranges.entries()) this.exports.putRange(parts + index * PART_BYTES, from, to);
    return this.matchParts(at, length, path, parts, ranges.length);
  }

  /**
   * The same, of parts that lie in the module's memory, ascending and apart.
   *
   * @param parts their place: two u32 each, from where and to where
   */
  matchParts(at: number, length: number, path: string | null, parts: number, count: number): Matches {
    let all: Matches = NOTHING;
    for (const set of this.sets) {
      const matches = this.matchSet(set, at, length, path, parts, count);
      all = all === NOTHING ? matches : together(all, matches);
    }
    return all;
  }

  private matchSet(
    { rules, tablesAt, linesAt }: PlacedRules,
    at: number,
    length: number,
    path: string | null,
    parts: number,
    partCount: number,
  ): Matches {
    const { exports } = this;
    const { multiplier, entriesAt, keywordsAt, textAt, checksAt } = rules.plan.tables;
    exports.usePrefilter(tablesAt, multiplier, entriesAt, keywordsAt, textAt, checksAt);
    exports.useLines(linesAt);
    exports.useObject(at, length);
    let matching: Matching | undefined;
    for (let part = 0, from = 0; part < partCount; from = exports.resumeAt()) {
      const count = exports.prefilter(at, parts, partCount, part, from, this.hitsAt, HITS);
      part = exports.resumePart();
      if (count === 0) continue;
      if (this.hits.length === 0) this.hits = new Uint32Array(this.memory.buffer, this.hitsAt, HITS * 2);
      matching ??= new Matching(rules, this.bytes(at, length), path);
      matching.tryAt({ pairs: this.hits, count });
    }
    return matching?.matches() ?? NOTHING;
  }

  private roomIn(
    place: Room,
    length: number,
    least = LEAST_ROOM_BYTES,
  ): { readonly at: number; readonly bytes: Buffer } {
    if (length > place.room) {
      // More than is asked for: each of many may be a byte longer than the one before, and what was reserved is not given back.
      place.room = Math.max(2 * length, least);
      place.at = this.reserve(place.room);
    }
    return { at: place.at, bytes: this.bytes(place.at, length) };
  }
}

const NOTHING: Matches = { candidates: [], wrapped: [] };

function together(one: Matches, other: Matches): Matches {
  return {
    candidates: [...one.candidates, ...other.candidates].sort((a, b) => a.start - b.start || a.end - b.end),
    wrapped: [...one.wrapped, ...other.wrapped],
  };
}

let compiled: WebAssembly.Module | undefined;

function scannerModule(): WebAssembly.Module {
  if (compiled) return compiled;
  const built = builtFile('scanner.wasm');
  if (!built) throw new Error('The scanner is not built yet. Run: npm run build');
  compiled = new WebAssembly.Module(built);
  return compiled;
}

import { inflateSync } from 'node:zlib';
import { Spans } from '../domain/spans.js';
import type { Discovery } from '../scan/discover.js';
import type { Engine, Range } from '../scan/engine.js';
import type { StructureRefusal } from '../scan/structured.js';
import { type Copied, copiesOf } from './delta-copies.js';
import type { FamilyPlan } from './families.js';
import { type Block, type ObjectHeap } from './object-heap.js';
import type { IdBytes } from './object-id.js';
import { type Held, type Inheritance, lookThrough, NOTHING_INHERITED, type Seen } from './object-search.js';
import type { PackEntries } from './pack-entries.js';
import { PackWindow } from './pack-window.js';

/** Who is told what is found in a pack. Places are those of the scanner's memory, and end with the call. */
export interface PackSink {
  /** What nothing said before, at some place. @returns its number */
  fresh(entry: number, discovery: Discovery, at: number, length: number): number;
  /** What is known by its number, in another object. */
  again(entry: number, held: Held, at: number, length: number): void;
  /** Not text, or not of one byte a character. */
  binary(entry: number, at: number, length: number): void;
  skipped(entry: number, reason: SkipReason): void;
  /** What an object held when it was scanned before: its deltas inherit it. */
  known(entry: number): readonly Held[];
}

export type SkipReason =
  | 'corrupt'
  | 'too-large'
  | 'missing'
  | 'chain-too-long'
  | 'too-many-findings'
  | 'too-much-wrapped'
  | StructureRefusal;

/** Bounds that a hostile pack runs into: what is beyond is reported, not tried. */
export interface PackBounds {
  /** Bytes of one object, inflated. */
  readonly objectBytes: number;
  /** Bytes of bases kept alive by one thread; beyond it they are resolved again when needed. */
  readonly liveBytes: number;
  /** Bytes that are resolved of a pack, as a multiple of its own length, before the rest of it is given up. */
  readonly expansion: number;
  /** Bytes that one thread resolves beyond that, of all packs together. */
  readonly spareBytes: number;
}

const MEBIBYTE = 1024 * 1024;
export const PACK_BOUNDS: PackBounds = {
  objectBytes: 32 * MEBIBYTE,
  liveBytes: 64 * MEBIBYTE,
  expansion: 2000,
  spareBytes: 4096 * MEBIBYTE,
};

/** What a thread may still resolve beyond what the length of each pack allows. */
export interface Spare {
  bytes: number;
}

/** What one more thing than inflated bytes may stand in an entry: deflate expands by less, and git's headers are short. */
const MOST_ENTRY_OVERHEAD_BYTES = 4096;

/** An object that deltas build on. */
interface Base {
  /** null where it had to make room. */
  block: Block | null;
  readonly length: number;
  /** Why its deltas cannot be scanned as such: of text only what they insert is new. */
  readonly text: boolean;
  held: readonly Held[];
  /** Deltas that are still to come. */
  children: number;
}

function isAlive(base: Base): base is Base & { readonly block: Block } {
  return base.block !== null;
}

const NOTHING_HELD: readonly Held[] = [];

type Failure = 'corrupt' | 'too-large';

/**
 * Resolves the blobs of one pack, family after family, and looks through what each has that no other has: whole objects, and of
 * deltas the inserted ranges, widened. One a thread and a pack.
 */
export class PackScanner {
  private readonly bases = new Map<number, Base>();
  private readonly failed = new Map<number, Failure>();
  private readonly window: PackWindow;
  private liveBytes = 0;
  private scratch = 0;
  private scratchRoom = 0;
  private ranges = 0;
  private rangesRoom = 0;
  private readonly own: Spare;
  /** Bytes that rules were tried on, and that were resolved. */
  scannedBytes = 0;
  resolvedBytes = 0;

  constructor(
    private readonly engine: Engine,
    private readonly heap: ObjectHeap,
    fd: number,
    private readonly entries: PackEntries,
    private readonly plan: FamilyPlan,
    private readonly idBytes: IdBytes,
    private readonly sink: PackSink,
    private readonly bounds: PackBounds = PACK_BOUNDS,
    private readonly spare: Spare = { bytes: bounds.spareBytes },
  ) {
    this.window = new PackWindow(engine, fd);
    this.own = { bytes: entries.offsets[entries.count]! * bounds.expansion };
  }

  /** Scans one task: whole families, so that nothing stays behind. */
  scan(task: number): void {
    const { order, tasks } = this.plan;
    for (let index = tasks[task]!; index < tasks[task + 1]!; index++) {
      this.scanEntry(order[index]!);
      if (this.heap.isCutUp) this.startAnew();
    }
    for (const { block } of this.bases.values()) if (block) this.heap.give(block);
    this.bases.clear();
    this.failed.clear();
    this.liveBytes = 0;
  }

  private scanEntry(entry: number): void {
    const parent = this.entries.parents[entry]!;
    const object = parent < 0 ? this.whole(entry) : this.delta(entry, parent);
    const wanted = this.plan.wanted[entry] === 1;
    const children = this.plan.children[entry]!;
    if (typeof object === 'string') {
      if (children > 0) this.failed.set(entry, object);
      if (wanted) this.sink.skipped(entry, object);
      if (parent >= 0) this.letGo(parent);
      return;
    }
    const { block, length } = object;
    const text = this.engine.isText(block.at, length);
    let held = NOTHING_HELD;
    if (!wanted) held = children > 0 && text ? this.sink.known(entry) : NOTHING_HELD;
    else if (!text) this.sink.binary(entry, block.at, length);
    else held = this.look(entry, parent, object);
    if (parent >= 0) this.letGo(parent);
    if (children === 0) return this.heap.give(block);
    this.liveBytes += length;
    this.bases.set(entry, { block, length, text, held, children });
    if (this.liveBytes > this.bounds.liveBytes) this.makeRoom(entry);
  }

  private look(entry: number, parent: number, object: Resolved): readonly Held[] {
    const { length } = object;
    const { at } = object.block;
    const base = parent < 0 ? undefined : this.bases.get(parent);
    const text = base?.text ? base : undefined;
    const count = this.widen(object, text !== undefined);
    this.scannedBytes += this.engine.exports.lengthOf(this.ranges, count);
    const matches = this.engine.matchParts(at, length, null, this.ranges, count);
    const isNothing = matches.candidates.length === 0 && matches.wrapped.length === 0;
    if (isNothing && (text === undefined || text.held.length === 0)) return NOTHING_HELD;
    const ranges = this.rangesIn(count);
    const inherited = text && text.held.length > 0 ? inheritedBy(text.held, this.copiesIn(object)) : NOTHING_INHERITED;
    const seen: Seen = {
      fresh: (discovery) => this.sink.fresh(entry, discovery, at, length),
      again: (held) => this.sink.again(entry, held, at, length),
    };
    const held = lookThrough(this.engine, at, length, ranges, matches, inherited, seen);
    if (this.engine.unwrapping.takeCut()) this.sink.skipped(entry, 'too-much-wrapped');
    return held;
  }

  /** Puts down what is new in an object: what a delta inserts, widened, or all of it. @returns of how many ranges it is */
  private widen({ block, length, rangeCount }: Resolved, isDelta: boolean): number {
    if (isDelta) return this.engine.exports.widen(block.at, length, this.ranges, rangeCount);
    this.rangesFor(length);
    this.engine.exports.putRange(this.ranges, 0, length);
    return 1;
  }

  private copiesIn({ deltaAt, deltaLength }: Resolved): readonly Copied[] {
    return copiesOf(this.engine.bytes(deltaAt, deltaLength));
  }

  private rangesIn(count: number): readonly Range[] {
    const pairs = new Uint32Array(this.engine.memory.buffer, this.ranges, count * 2);
    return Array.from({ length: count }, (_, index) => [pairs[index * 2]!, pairs[index * 2 + 1]!]);
  }

  /** Forgets a base after its last delta. */
  private letGo(parent: number): void {
    const base = this.bases.get(parent);
    if (!base) return;
    base.children--;
    if (base.children > 0) return;
    if (base.block) {
      this.heap.give(base.block);
      this.liveBytes -= base.length;
    }
    this.bases.delete(parent);
  }

  /** The oldest bases go first: where a pack keeps so many alive, they are resolved again. */
  private makeRoom(latest: number): void {
    for (const [entry, base] of this.bases) {
      if (this.liveBytes <= this.bounds.liveBytes / 2) return;
      if (entry === latest || !base.block) continue;
      this.heap.give(base.block);
      base.block = null;
      this.liveBytes -= base.length;
    }
  }

  /** All bases go: between two entries nobody else has blocks of this thread's. */
  private startAnew(): void {
    for (const base of this.bases.values()) base.block = null;
    this.liveBytes = 0;
    this.heap.clear();
  }

  private whole(entry: number): Resolved | Failure {
    const header = this.header(entry);
    if (typeof header === 'string') return header;
    if (!this.spend(header.size)) return 'too-large';
    const block = this.heap.take(header.size);
    if (this.inflate(header, block.at))
      return { block, length: header.size, rangeCount: 0, deltaAt: 0, deltaLength: 0 };
    this.heap.give(block);
    return 'corrupt';
  }

  private delta(entry: number, parent: number): Resolved | Failure {
    const live = this.bases.get(parent);
    if (live && isAlive(live)) return this.deltaAgainst(entry, live);
    const failed = this.failed.get(parent);
    if (failed) return failed;
    const base = this.blockOf(parent);
    if (typeof base === 'string') return base;
    const made = this.deltaAgainst(entry, base);
    if (base.passing) this.heap.give(base.block);
    return made;
  }

  private deltaAgainst(entry: number, base: { readonly block: Block; readonly length: number }): Resolved | Failure {
    const header = this.header(entry);
    if (typeof header === 'string') return header;
    const { exports } = this.engine;
    if (header.size > this.scratchRoom) {
      this.scratchRoom = Math.max(2 * header.size, 64 * 1024);
      this.scratch = this.engine.reserve(this.scratchRoom);
    }
    const delta = this.scratch;
    if (!this.inflate(header, delta)) return 'corrupt';
    const length = exports.deltaTarget(delta, header.size, base.length);
    if (length < 0) return 'corrupt';
    if (length > this.bounds.objectBytes || !this.spend(length)) return 'too-large';
    this.rangesFor(length);
    const block = this.heap.take(length);
    const rangeCount = exports.applyDelta(
      base.block.at,
      base.length,
      delta,
      header.size,
      block.at,
      length,
      this.ranges,
    );
    if (rangeCount >= 0) return { block, length, rangeCount, deltaAt: delta, deltaLength: header.size };
    this.heap.give(block);
    return 'corrupt';
  }

  /** A base as it lies in memory; one that had to make room is resolved again, along its chain, for this once. */
  private blockOf(entry: number): { block: Block; length: number; passing: boolean } | Failure {
    const chain: number[] = [];
    let at = entry;
    for (; at >= 0; at = this.entries.parents[at]!) {
      const base = this.bases.get(at);
      if (base?.block) break;
      chain.push(at);
    }
    const live = at < 0 ? undefined : this.bases.get(at);
    let last = live?.block ? { block: live.block, length: live.length, passing: false } : undefined;
    while (chain.length > 0) {
      const next = chain.pop()!;
      const made: Resolved | Failure = last ? this.deltaAgainst(next, last) : this.whole(next);
      if (last?.passing) this.heap.give(last.block);
      if (typeof made === 'string') return made;
      last = { block: made.block, length: made.length, passing: true };
    }
    return last!;
  }

  private spend(length: number): boolean {
    this.resolvedBytes += length;
    const from = this.own.bytes >= length ? this.own : this.spare;
    from.bytes -= length;
    return from.bytes >= 0;
  }

  private rangesFor(length: number): void {
    const bytes = (Math.floor(length / 512) + 4) * 8;
    if (bytes <= this.rangesRoom) return;
    this.rangesRoom = Math.max(2 * bytes, 64 * 1024);
    this.ranges = this.engine.reserve(this.rangesRoom);
  }

  /** The header of an entry: its declared size, and where its compressed bytes begin. */
  private header(entry: number): Header | Failure {
    const { offsets } = this.entries;
    const offset = offsets[entry]!;
    const packed = offsets[entry + 1]! - offset;
    const at = this.window.read(offset, Math.min(packed, 64));
    if (at < 0) return 'corrupt';
    const { memory } = this.engine;
    const end = at + Math.min(packed, 64);
    let next = at;
    let byte = memory[next++]!;
    const type = (byte >> 4) & 7;
    let size = byte & 15;
    for (let unit = 16; byte >= 128 && next < end; unit *= 128) {
      byte = memory[next++]!;
      size += (byte & 127) * unit;
    }
    if (type === 6) while (next < end && memory[next++]! >= 128);
    if (type === 7) next += this.idBytes;
    if (size > this.bounds.objectBytes) return 'too-large';
    if (next >= end) return 'corrupt';
    const length = next - at;
    return { offset: offset + length, packed: Math.min(packed - length, size * 2 + MOST_ENTRY_OVERHEAD_BYTES), size };
  }

  /** Inflates what follows a header; what our own loop refuses, zlib judges. */
  private inflate({ offset, packed, size }: Header, target: number): boolean {
    const source = this.window.read(offset, packed);
    if (source < 0) return false;
    if (this.engine.exports.inflate(source, packed, target, size) >= 0) return true;
    try {
      const made = inflateSync(this.engine.bytes(source, packed), { maxOutputLength: size + 1 });
      if (made.length !== size) return false;
      this.engine.bytes(target, size).set(made);
      return true;
    } catch {
      return false;
    }
  }
}

interface Header {
  readonly offset: number;
  readonly packed: number;
  readonly size: number;
}

interface Resolved {
  readonly block: Block;
  readonly length: number;
  /** Of a delta, before they are widened. */
  readonly rangeCount: number;
  readonly deltaAt: number;
  readonly deltaLength: number;
}

/** What copies bring whole, where it stands now; and of what they bring in part, the parts. */
function inheritedBy(held: readonly Held[], copies: readonly Copied[]): Inheritance {
  const whole: Held[] = [];
  const broken: Range[] = [];
  const spans = new Spans(
    held,
    ({ start }) => start,
    ({ end }) => end,
  );
  for (const { from, to, at } of copies)
    for (const one of spans.meeting(from, to))
      if (one.start >= from && one.end <= to) whole.push(shifted(one, at - from));
      else broken.push([Math.max(one.start, from) + at - from, Math.min(one.end, to) + at - from]);
  return { whole, broken };
}

function shifted({ start, end, secretStart, secretEnd, ...rest }: Held, by: number): Held {
  return { ...rest, start: start + by, end: end + by, secretStart: secretStart + by, secretEnd: secretEnd + by };
}

import { inflateSync } from 'node:zlib';
import type { Candidate } from '../domain/candidate.js';
import type { Engine, Range } from '../scan/engine.js';
import { copiesOf } from './delta-copies.js';
import type { FamilyPlan } from './families.js';
import { type Block, ObjectHeap } from './object-heap.js';
import type { IdBytes } from './object-id.js';
import type { PackEntries } from './pack-entries.js';
import { PackWindow } from './pack-window.js';

/** A candidate, and the number under which it was seen first: where it is copied from the base, it keeps that. */
export interface Held {
  readonly candidate: Candidate;
  readonly number: number;
}

/** Who is told what is found. Places are those of the scanner's memory, and end with the call. */
export interface PackSink {
  /** A candidate that nothing said before. @returns its number */
  fresh(entry: number, candidate: Candidate, at: number, length: number): number;
  /** The same bytes as `held`, in another object. */
  again(entry: number, held: Held, at: number, length: number): void;
  skipped(entry: number, reason: SkipReason): void;
  /** What is known of an object that was scanned before: what of it its deltas inherit. */
  known(entry: number, at: number, length: number): readonly Held[];
}

export type SkipReason = 'binary' | 'corrupt' | 'too-large' | 'missing' | 'chain-too-long';

/** Bounds that a hostile pack runs into: what is beyond is reported, not tried. */
export interface PackBounds {
  /** Bytes of one object, inflated. */
  readonly objectBytes: number;
  /** Bytes of bases kept alive by one thread; beyond it they are resolved again when needed. */
  readonly liveBytes: number;
  /** Bytes that are resolved of a pack, as a multiple of its own length, before the rest of it is given up. */
  readonly expansion: number;
}

export const PACK_BOUNDS: PackBounds = { objectBytes: 32 * 1024 * 1024, liveBytes: 64 * 1024 * 1024, expansion: 2000 };
const LEAST_BUDGET_BYTES = 4 * 1024 * 1024 * 1024;

/** git's own test of what is binary looks at so many. */
const BINARY_TEST_BYTES = 8000;
const MARGIN_BYTES = 256;
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
  private budget: number;
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
  ) {
    this.window = new PackWindow(engine, fd);
    this.budget = Math.max(LEAST_BUDGET_BYTES, entries.offsets[entries.count]! * bounds.expansion);
  }

  /** Scans one task: whole families, so that nothing stays behind. */
  scan(task: number): void {
    const { order, tasks } = this.plan;
    for (let index = tasks[task]!; index < tasks[task + 1]!; index++) this.scanEntry(order[index]!);
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
    const text = this.engine.exports.hasNul(block.at, Math.min(length, BINARY_TEST_BYTES)) === 0;
    let held: readonly Held[] = [];
    if (!wanted) held = children > 0 && text ? this.sink.known(entry, block.at, length) : [];
    else if (!text) this.sink.skipped(entry, 'binary');
    else held = this.look(entry, parent, object);
    if (parent >= 0) this.letGo(parent);
    if (children === 0) return this.heap.give(block);
    this.liveBytes += length;
    this.bases.set(entry, { block, length, text, held, children });
    if (this.liveBytes > this.bounds.liveBytes) this.makeRoom(entry);
  }

  private look(
    entry: number,
    parent: number,
    { block: { at }, length, rangeCount, deltaAt, deltaLength }: Resolved,
  ): Held[] {
    const base = parent < 0 ? undefined : this.bases.get(parent);
    const ranges = base?.text ? this.rangesIn(at, length, rangeCount) : ([[0, length]] as const);
    for (const [from, to] of ranges) this.scannedBytes += to - from;
    if (ranges.length === 0 && base!.held.length === 0) return [];
    const inherited = base?.text && base.held.length > 0 ? this.inherited(base.held, deltaAt, deltaLength, ranges) : [];
    const candidates = this.engine.matchAt(at, length, null, ranges);
    const held: Held[] = candidates.map((candidate) => {
      const same = inherited.find((other) => isSame(other.candidate, candidate));
      if (!same) return { candidate, number: this.sink.fresh(entry, candidate, at, length) };
      this.sink.again(entry, { candidate, number: same.number }, at, length);
      return { candidate, number: same.number };
    });
    for (const one of inherited)
      if (
        !candidates.some((candidate) => isSame(candidate, one.candidate)) &&
        !isInside(one.candidate, ranges, length)
      ) {
        this.sink.again(entry, one, at, length);
        held.push(one);
      }
    return held;
  }

  /** Candidates of the base that a copy brings whole, where they stand now. */
  private inherited(held: readonly Held[], deltaAt: number, deltaLength: number, ranges: readonly Range[]): Held[] {
    void ranges;
    const copies = copiesOf(this.engine.bytes(deltaAt, deltaLength));
    return held.flatMap(({ candidate, number }) =>
      copies
        .filter(({ from, to }) => candidate.start >= from && candidate.end <= to)
        .map(({ from, at }) => ({ candidate: shifted(candidate, at - from), number })),
    );
  }

  private rangesIn(at: number, length: number, count: number): readonly Range[] {
    const kept = this.engine.exports.widen(at, length, this.ranges, count);
    const pairs = new Uint32Array(this.engine.exports.memory.buffer, this.ranges, kept * 2);
    return Array.from({ length: kept }, (_, index) => [pairs[index * 2]!, pairs[index * 2 + 1]!] as const);
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

  private whole(entry: number): Resolved | Failure {
    const header = this.header(entry);
    if (typeof header === 'string') return header;
    if (!this.spend(header.size)) return 'too-large';
    const block = this.heap.take(header.size);
    if (this.inflate(entry, header, block.at))
      return { block, length: header.size, rangeCount: 0, deltaAt: 0, deltaLength: 0 };
    this.heap.give(block);
    return 'corrupt';
  }

  private delta(entry: number, parent: number): Resolved | Failure {
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
    if (!this.inflate(entry, header, delta)) return 'corrupt';
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
    this.budget -= length;
    this.resolvedBytes += length;
    return this.budget >= 0;
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
    const bytes = this.engine.bytes(at, Math.min(packed, 64));
    let next = 0;
    let byte = bytes[next++]!;
    const type = (byte >> 4) & 7;
    let size = byte & 15;
    for (let unit = 16; byte >= 128 && next < bytes.length; unit *= 128) {
      byte = bytes[next++]!;
      size += (byte & 127) * unit;
    }
    if (type === 6) while (next < bytes.length && bytes[next++]! >= 128);
    if (type === 7) next += this.idBytes;
    if (size > this.bounds.objectBytes) return 'too-large';
    if (next >= bytes.length) return 'corrupt';
    return { offset: offset + next, packed: Math.min(packed - next, size * 2 + MOST_ENTRY_OVERHEAD_BYTES), size };
  }

  /** Inflates what follows a header; what our own loop refuses, zlib judges. */
  private inflate(entry: number, { offset, packed, size }: Header, target: number): boolean {
    const source = this.window.read(offset, packed);
    if (source < 0) return false;
    if (this.engine.exports.inflate(source, packed, target, size) >= 0) return true;
    void entry;
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

function shifted(candidate: Candidate, by: number): Candidate {
  return {
    ...candidate,
    start: candidate.start + by,
    end: candidate.end + by,
    secretStart: candidate.secretStart + by,
    secretEnd: candidate.secretEnd + by,
  };
}

function isSame(a: Candidate, b: Candidate): boolean {
  return a.rule === b.rule && a.secretStart === b.secretStart && a.secretEnd === b.secretEnd;
}

/** Whether it was looked at anew, with all that gives it away: then it is no candidate any more. */
function isInside({ start, end }: Candidate, ranges: readonly Range[], length: number): boolean {
  return ranges.some(
    ([from, to]) => (from === 0 || start >= from + MARGIN_BYTES) && (to === length || end <= to - MARGIN_BYTES),
  );
}

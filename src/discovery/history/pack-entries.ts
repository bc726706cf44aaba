import { readSync } from 'node:fs';
import { CorruptStore } from './errors.js';
import type { IdBytes } from './object-id.js';
import { type PackIndex, rankOf } from './pack-index.js';

/** Types of a pack's entries (gitformat-pack, "Object types"). */
export const COMMIT = 1;
export const TREE = 2;
export const BLOB = 3;
export const TAG = 4;
const OFS_DELTA = 6;
const REF_DELTA = 7;

/** What an entry is: the type of the object at the root of its chain, or why it has none. */
export const UNREADABLE = 0;
export const CHAIN_TOO_LONG = 8;
/** Its chain comes back to itself. */
export const LOOPING = 9;

/** No chain that git makes or reads is longer (`pack.depth` is at most 4095). */
export const LONGEST_CHAIN = 4095;

/**
 * The entries of one pack in the order in which they lie in it: 25 bytes each, in memory that threads share. Headers only:
 * nothing is inflated.
 */
export interface PackEntries {
  readonly count: number;
  /** Where each begins, and at `count` where the last one ends: ascending. */
  readonly offsets: Float64Array;
  /** Rank of the id in the index. */
  readonly ranks: Uint32Array;
  /** The entry that a delta is to be applied to, -1 for a whole object. */
  readonly parents: Int32Array;
  readonly types: Uint8Array;
}

const WINDOW_BYTES = 256 * 1024;
const MOST_HEADER_BYTES = 64;

/**
 * Reads the header of every entry of a pack. An entry that makes no sense becomes `UNREADABLE`, with all that builds on it: a base
 * that the pack does not hold, that lies behind its delta, or a chain that comes back to itself.
 *
 * @param fd the pack, open for reading
 * @throws CorruptStore where it is no pack of version 2 or 3
 */
export function readPackEntries(fd: number, packBytes: number, index: PackIndex, idBytes: IdBytes): PackEntries {
  checkHeader(fd, packBytes, idBytes);
  const { offsets, ranks } = inOrder(index, packBytes - idBytes);
  const { count } = index;
  const parents = new Int32Array(new SharedArrayBuffer(count * 4)).fill(-1);
  const types = new Uint8Array(new SharedArrayBuffer(count));
  let byRank: Uint32Array | undefined;
  const window = Buffer.allocUnsafe(WINDOW_BYTES);
  let windowAt = 0;
  let windowEnd = 0;
  for (let entry = 0; entry < count; entry++) {
    const offset = offsets[entry]!;
    if (offset + MOST_HEADER_BYTES > windowEnd) {
      windowAt = offset;
      windowEnd = offset + readSync(fd, window, 0, WINDOW_BYTES, offset);
    }
    let at = offset - windowAt;
    const end = Math.min(windowEnd, offsets[entry + 1]!) - windowAt;
    let byte = window[at++]!;
    const type = (byte >> 4) & 7;
    while (byte >= 128 && at < end) byte = window[at++]!;
    if (type >= COMMIT && type <= TAG) types[entry] = type;
    else if (type === OFS_DELTA && at < end) {
      byte = window[at++]!;
      let distance = byte & 127;
      while (byte >= 128 && at < end && distance < 2 ** 45) {
        byte = window[at++]!;
        distance = (distance + 1) * 128 + (byte & 127);
      }
      parents[entry] = placeBefore(offsets, entry, offset - distance);
    } else if (type === REF_DELTA && at + idBytes <= end) {
      const rank = rankOf(index, window.subarray(at, at + idBytes));
      if (rank < 0) continue;
      byRank ??= inverse(ranks);
      parents[entry] = byRank[rank]!;
    }
  }
  followChains(parents, types);
  return { count, offsets, ranks, parents, types };
}

function checkHeader(fd: number, packBytes: number, idBytes: IdBytes): void {
  const header = Buffer.alloc(12);
  const whole = readSync(fd, header, 0, 12, 0) === 12 && packBytes >= 12 + idBytes;
  if (!whole || header.toString('latin1', 0, 4) !== 'PACK' || ![2, 3].includes(header.readUInt32BE(4)))
    throw new CorruptStore('A file is named as a pack and is none.');
}

/** The index by ascending offset: laid out by the lowest eleven bits, then by the next, and so on. */
function inOrder({ count, offsets: byRank }: PackIndex, end: number): { offsets: Float64Array; ranks: Uint32Array } {
  const low = Uint32Array.from(byRank, (offset) => offset % 2 ** 32);
  let from: Uint32Array = Uint32Array.from(low, (_, rank) => rank);
  let to: Uint32Array = new Uint32Array(count);
  for (let shift = 0; shift < 32; shift += 11) [from, to] = [laidOut(from, to, low, shift), from];
  if (end >= 2 ** 32) {
    const high = Uint32Array.from(byRank, (offset) => Math.floor(offset / 2 ** 32));
    for (let shift = 0; shift < 32; shift += 11) [from, to] = [laidOut(from, to, high, shift), from];
  }
  const offsets = new Float64Array(new SharedArrayBuffer((count + 1) * 8));
  for (let place = 0; place < count; place++) offsets[place] = byRank[from[place]!]!;
  offsets[count] = end;
  const ranks = new Uint32Array(new SharedArrayBuffer(count * 4));
  ranks.set(from);
  return { offsets, ranks };
}

function laidOut(from: Uint32Array, to: Uint32Array, keys: Uint32Array, shift: number): Uint32Array {
  const starts = new Uint32Array(2049);
  for (let rank = 0; rank < keys.length; rank++) starts[((keys[rank]! >>> shift) & 2047) + 1]! += 1;
  for (let digit = 0; digit < 2048; digit++) starts[digit + 1]! += starts[digit]!;
  for (let place = 0; place < from.length; place++) {
    const rank = from[place]!;
    to[starts[(keys[rank]! >>> shift) & 2047]!++] = rank;
  }
  return to;
}

function inverse(ranks: Uint32Array): Uint32Array {
  const byRank = new Uint32Array(ranks.length);
  for (let entry = 0; entry < ranks.length; entry++) byRank[ranks[entry]!] = entry;
  return byRank;
}

/** The entry that begins at `offset`, before `entry`; -1 where none does. Bases lie near: the steps double. */
function placeBefore(offsets: Float64Array, entry: number, offset: number): number {
  let high = entry - 1;
  let step = 1;
  while (high - step >= 0 && offsets[high - step]! > offset) {
    high -= step;
    step *= 2;
  }
  let low = Math.max(0, high - step);
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = offsets[middle]!;
    if (found === offset) return middle;
    if (found < offset) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Gives every delta the type of its root, unless its chain loops or is longer than git makes them. */
function followChains(parents: Int32Array, types: Uint8Array): void {
  const depths = new Uint16Array(parents.length);
  // From which entry the walk came that met this one first, counted from 1.
  const metBy = new Uint32Array(parents.length);
  const path: number[] = [];
  for (let entry = 0; entry < parents.length; entry++) {
    let at = entry;
    for (; at >= 0 && metBy[at] === 0; at = parents[at]!) {
      metBy[at] = entry + 1;
      path.push(at);
    }
    if (at >= 0 && metBy[at] === entry + 1) types[at] = LOOPING;
    while (path.length > 0) {
      const next = path.pop()!;
      if (parents[next]! >= 0) inherit(parents, types, depths, next);
    }
  }
}

function inherit(parents: Int32Array, types: Uint8Array, depths: Uint16Array, entry: number): void {
  const parent = parents[entry]!;
  depths[entry] = Math.min(depths[parent]! + 1, 65_535);
  types[entry] = depths[entry] > LONGEST_CHAIN ? CHAIN_TOO_LONG : types[parent]!;
}

import { readSync } from 'node:fs';
import type { Engine } from '../scan/engine.js';
import { CorruptStore } from './errors.js';
import type { IdBytes } from './object-id.js';
import { type PackIndex, rankOf } from './pack-index.js';
import { PlanRoom } from './plan-room.js';

/** Types of a pack's entries (gitformat-pack, "Object types"). */
export const BLOB = 3;
const REF_DELTA = 7;

/** What an entry is: the type of the object at the root of its chain, or why it has none. */
export const UNREADABLE = 0;
export const CHAIN_TOO_LONG = 8;
/** Its chain comes back to itself. */
export const LOOPING = 9;

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
 * @param engine whose inner loops and memory are borrowed
 * @param fd the pack, open for reading
 * @throws CorruptStore where the index names two of them at one place
 */
export function readPackEntries(
  engine: Engine,
  fd: number,
  packBytes: number,
  index: PackIndex,
  idBytes: IdBytes,
): PackEntries {
  return PlanRoom.borrow(engine, (room) => {
    const { count } = index;
    const { offsets, ranks, low, free } = inOrder(room, index, packBytes - idBytes);
    // Room is used again as soon as it can be: of a million entries each array is five megabytes.
    const parents = room.filled(free, count * 4, 0xff);
    const types = room.noughts(count);
    readHeaders(room, fd, { count, offsets, parents, types, idBytes });
    const entries = {
      count,
      offsets: room.take(offsets, new Float64Array(new SharedArrayBuffer((count + 1) * 8))),
      ranks: room.take(ranks, new Uint32Array(new SharedArrayBuffer(count * 4))),
      parents: room.take(parents, new Int32Array(new SharedArrayBuffer(count * 4))),
      types: room.take(types, new Uint8Array(new SharedArrayBuffer(count))),
    };
    if (entries.types.includes(REF_DELTA)) {
      findBases(fd, entries, index, idBytes);
      room.replace(parents, entries.parents);
      room.replace(types, entries.types);
    }
    const metBy = room.filled(low, count * 4, 0);
    const depths = room.filled(offsets, count * 2, 0);
    room.exports.followChains(count, parents, types, metBy, depths, offsets + count * 4);
    room.take(types, entries.types);
    return entries;
  });
}

/** Where the arrays of a plan lie. */
interface Places {
  readonly count: number;
  readonly offsets: number;
  readonly parents: number;
  readonly types: number;
  readonly idBytes: IdBytes;
}

function readHeaders(room: PlanRoom, fd: number, { count, offsets, parents, types, idBytes }: Places): void {
  const window = room.any(WINDOW_BYTES);
  const offsetOf = (entry: number) => new Float64Array(room.bytes(offsets + entry * 8, 8).slice().buffer)[0]!;
  for (let entry = 0; entry < count;) {
    const from = offsetOf(entry);
    const length = readSync(fd, room.bytes(window, WINDOW_BYTES), 0, WINDOW_BYTES, from);
    entry = room.exports.readHeaders(entry, count, offsets, parents, types, idBytes, window, from, length);
  }
}

/** Of deltas whose bases are named by their ids: packs that git does not write any more. */
function findBases(
  fd: number,
  { count, offsets, ranks, parents, types }: PackEntries,
  index: PackIndex,
  idBytes: IdBytes,
): void {
  const byRank = inverse(ranks);
  const header = Buffer.alloc(MOST_HEADER_BYTES);
  for (let entry = 0; entry < count; entry++) {
    if (types[entry] !== REF_DELTA) continue;
    readSync(fd, header, 0, MOST_HEADER_BYTES, offsets[entry]!);
    let at = 1;
    while (at < MOST_HEADER_BYTES - idBytes && header[at - 1]! >= 128) at++;
    const rank = rankOf(index, header.subarray(at, at + idBytes));
    types[entry] = UNREADABLE;
    if (rank >= 0) parents[entry] = byRank[rank]!;
  }
}

/** The index by ascending offset: laid out by the lowest eleven bits, then by the next, and so on. */
function inOrder(
  room: PlanRoom,
  { count, offsets: byRank }: PackIndex,
  end: number,
): { readonly offsets: number; readonly ranks: number; readonly low: number; readonly free: number } {
  const { exports } = room;
  const starts = room.any(2049 * 4);
  // Numbers become words without what is beyond 32 bits.
  const low = room.put(new Uint32Array(byRank));
  const high = end < 2 ** 32 ? 0 : room.put(Uint32Array.from(byRank, (offset) => Math.floor(offset / 2 ** 32)));
  let [from, to, free] = [0, room.any(count * 4), room.any(count * 4)];
  for (const key of high === 0 ? [low] : [low, high])
    for (let shift = 0; shift < 32; shift += 11) {
      exports.layOutBy(shift, count, key, from, to, starts);
      [from, to, free] = [to, free, to];
    }
  const offsets = room.any((count + 1) * 8);
  if (!exports.offsetsBy(count, from, low, high, offsets))
    throw new CorruptStore('An index names two objects at one place.');
  room.replace(offsets + count * 8, Float64Array.of(end));
  return { offsets, ranks: from, low, free: to };
}

function inverse(ranks: Uint32Array): Uint32Array {
  const byRank = new Uint32Array(ranks.length);
  for (let entry = 0; entry < ranks.length; entry++) byRank[ranks[entry]!] = entry;
  return byRank;
}

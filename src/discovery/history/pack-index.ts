import { CorruptStore } from './errors.js';
import type { IdBytes } from './object-id.js';

/** What lies in a pack and where, by ascending id: the place in that order is an object's rank. */
export interface PackIndex {
  readonly count: number;
  /** Ids one after the other, `count * idBytes` bytes: a view of the file that was read. */
  readonly ids: Uint8Array;
  /** Byte offset in the pack, by rank. */
  readonly offsets: Float64Array;
  /** The pack's own trailer as the index has it; null where it comes from a multi-pack index, which has none. */
  readonly packTrailer: Uint8Array | null;
}

const SIGNATURE = 0xff744f63;
const FANOUT_BYTES = 256 * 4;
/** An index for more objects than that is nobody's: four billion offsets would not fit into memory. */
const MOST_OBJECTS = 100_000_000;
const PACK_HEADER_BYTES = 12;

/**
 * Reads a pack's index, version 1 or 2 (gitformat-pack, "Version 2 pack-*.idx files"), SHA-1 or SHA-256.
 *
 * The file is an attacker's: counts are those that its length allows, and no offset points outside of the pack.
 *
 * @param packBytes length of the pack
 * @throws CorruptStore
 */
export function readPackIndex(file: Uint8Array, idBytes: IdBytes, packBytes: number): PackIndex {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < FANOUT_BYTES + 2 * idBytes) throw new CorruptStore('An index is shorter than its fan-out table.');
  return view.getUint32(0) === SIGNATURE ? version2(file, view, idBytes, packBytes) : version1(file, view, packBytes);
}

/** The fan-out table: ascending, its last entry the count. */
export function countOf(view: DataView, at: number): number {
  let before = 0;
  for (let byte = 0; byte < 256; byte++) {
    const upTo = view.getUint32(at + byte * 4);
    if (upTo < before) throw new CorruptStore('A fan-out table does not ascend.');
    before = upTo;
  }
  if (before > MOST_OBJECTS) throw new CorruptStore('An index claims more objects than any repository has.');
  return before;
}

function version2(file: Uint8Array, view: DataView, idBytes: IdBytes, packBytes: number): PackIndex {
  if (view.getUint32(4) !== 2) throw new CorruptStore('An index is of a version that nobody has described.');
  const count = countOf(view, 8);
  const idsAt = 8 + FANOUT_BYTES;
  const offsetsAt = idsAt + count * (idBytes + 4);
  const largeAt = offsetsAt + count * 4;
  const largeEnd = file.length - 2 * idBytes;
  if (largeAt > largeEnd) throw new CorruptStore('An index is shorter than its count of objects says.');
  const words = Buffer.from(file.subarray(offsetsAt, largeAt)).swap32();
  const offsets = new Float64Array(new Uint32Array(words.buffer, words.byteOffset, count));
  if (largeAt < largeEnd)
    for (let rank = 0; rank < count; rank++)
      if (offsets[rank]! >= 0x80000000)
        offsets[rank] = largeOffset(view, largeAt, largeEnd, offsets[rank]! - 0x80000000);
  checkOffsets(offsets, packBytes - idBytes);
  return {
    count,
    ids: file.subarray(idsAt, idsAt + count * idBytes),
    offsets,
    packTrailer: file.subarray(largeEnd, largeEnd + idBytes),
  };
}

/** Version 1 has no signature, four bytes of offset before each id, and knows only SHA-1. */
function version1(file: Uint8Array, view: DataView, packBytes: number): PackIndex {
  const count = countOf(view, 0);
  const end = FANOUT_BYTES + count * 24;
  if (end + 40 > file.length) throw new CorruptStore('An index is shorter than its count of objects says.');
  const ids = new Uint8Array(count * 20);
  const offsets = new Float64Array(count);
  for (let rank = 0; rank < count; rank++) {
    const at = FANOUT_BYTES + rank * 24;
    offsets[rank] = view.getUint32(at);
    ids.set(file.subarray(at + 4, at + 24), rank * 20);
  }
  checkOffsets(offsets, packBytes - 20);
  return { count, ids, offsets, packTrailer: file.subarray(end, end + 20) };
}

/** An eight-byte offset, for packs beyond two gibibytes. */
export function largeOffset(view: DataView, tableAt: number, tableEnd: number, index: number): number {
  const at = tableAt + index * 8;
  if (at + 8 > tableEnd) throw new CorruptStore('An index names a large offset that it does not have.');
  return view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4);
}

function checkOffsets(offsets: Float64Array, end: number): void {
  for (let rank = 0; rank < offsets.length; rank++)
    if (offsets[rank]! < PACK_HEADER_BYTES || offsets[rank]! >= end)
      throw new CorruptStore('An index points outside of its pack.');
}

/** Where an id stands in an index's order, or -1. */
export function rankOf({ ids, count }: PackIndex, id: Uint8Array): number {
  const { length } = id;
  let low = 0;
  let high = count - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const order = compareAt(ids, middle * length, id);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

function compareAt(ids: Uint8Array, at: number, id: Uint8Array): number {
  for (let index = 0; index < id.length; index++) {
    const difference = ids[at + index]! - id[index]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

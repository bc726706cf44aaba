// Plans the scan of a pack: passes over all of its entries, of which there are many, at a time when JavaScript is not warm yet. What the
// arrays mean say `history/pack-entries.ts` and `history/families.ts`; they are the caller's, who says where they lie. Those of which
// nothing is said are to be noughts at first.

// gitformat-pack, "Object types"
const BLOB: u8 = 3;
const TAG: u8 = 4;
const OFS_DELTA: u8 = 6;
const REF_DELTA: u8 = 7;
const CHAIN_TOO_LONG: u8 = 8;
const LOOPING: u8 = 9;
const LONGEST_CHAIN: u32 = 4095;
const MOST_HEADER_BYTES: f64 = 64;
const DIGITS: u32 = 2048;
const NONE: u32 = 0xffffffff;

// @ts-ignore: decorator
@inline
function word(array: usize, index: u32): u32 {
  return load<u32>(array + (<usize>index << 2));
}

// @ts-ignore: decorator
@inline
function put(array: usize, index: u32, value: u32): void {
  store<u32>(array + (<usize>index << 2), value);
}

// @ts-ignore: decorator
@inline
function offsetOf(offsets: usize, entry: u32): f64 {
  return load<f64>(offsets + (<usize>entry << 3));
}

/** Lays out by eleven bits of a key what is in some order: of those with the same bits it stays. @param from 0 for that of the numbers */
export function layOutBy(shift: u32, count: u32, keys: usize, from: usize, to: usize, starts: usize): void {
  memory.fill(starts, 0, (DIGITS + 1) << 2);
  for (let index: u32 = 0; index < count; index++) {
    const digit = (word(keys, index) >> shift) & (DIGITS - 1);
    put(starts, digit + 1, word(starts, digit + 1) + 1);
  }
  for (let digit: u32 = 0; digit < DIGITS; digit++) put(starts, digit + 1, word(starts, digit + 1) + word(starts, digit));
  for (let place: u32 = 0; place < count; place++) {
    const index = from === 0 ? place : word(from, place);
    const digit = (word(keys, index) >> shift) & (DIGITS - 1);
    const next = word(starts, digit);
    put(to, next, index);
    put(starts, digit, next + 1);
  }
}

/**
 * Offsets in the order of their ranks, from the lower words and the upper ones.
 *
 * @param high 0 where there are none
 * @returns whether no two are the same
 */
export function offsetsBy(count: u32, ranks: usize, low: usize, high: usize, offsets: usize): bool {
  let before: f64 = -1;
  let isAscending = true;
  for (let place: u32 = 0; place < count; place++) {
    const rank = word(ranks, place);
    const upper = high === 0 ? 0 : word(high, rank);
    const offset = <f64>upper * 4294967296.0 + <f64>word(low, rank);
    store<f64>(offsets + (<usize>place << 3), offset);
    if (offset <= before) isAscending = false;
    before = offset;
  }
  return isAscending;
}

/**
 * Reads the headers of entries as far as they lie in a window of the pack. Of a delta whose base is named by its id nothing is said but
 * that it is one.
 *
 * @param parents -1 each at first
 * @param windowFrom offset in the pack; no farther than where the first entry begins
 * @returns the entry to go on from: the first that was not read
 */
export function readHeaders(
  first: u32,
  count: u32,
  offsets: usize,
  parents: usize,
  types: usize,
  idBytes: usize,
  window: usize,
  windowFrom: f64,
  windowBytes: f64,
): u32 {
  for (let entry = first; entry < count; entry++) {
    const offset = offsetOf(offsets, entry);
    if (entry !== first && offset - windowFrom + MOST_HEADER_BYTES > windowBytes) return entry;
    let at = window + <usize>min<f64>(offset - windowFrom, windowBytes);
    const end = window + <usize>min<f64>(offsetOf(offsets, entry + 1) - windowFrom, windowBytes);
    if (at >= end) continue;
    let byte = load<u8>(at++);
    const type = (byte >> 4) & 7;
    while (byte >= 128 && at < end) byte = load<u8>(at++);
    if ((type > 0 && type <= TAG) || (type === REF_DELTA && at + idBytes <= end)) store<u8>(types + entry, type);
    if (type !== OFS_DELTA || at >= end) continue;
    byte = load<u8>(at++);
    let distance = <u64>(byte & 127);
    while (byte >= 128 && at < end && distance < 0x200000000000) {
      byte = load<u8>(at++);
      distance = ((distance + 1) << 7) + <u64>(byte & 127);
    }
    put(parents, entry, <u32>placeBefore(offsets, entry, offset - <f64>distance));
  }
  return count;
}

/** The entry that begins at `offset`, before `entry`; -1 where none does. Bases lie near: the steps double. */
function placeBefore(offsets: usize, entry: u32, offset: f64): i32 {
  let high = <i32>entry - 1;
  let step = 1;
  while (high - step >= 0 && offsetOf(offsets, high - step) > offset) {
    high -= step;
    step <<= 1;
  }
  let low = max(0, high - step);
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = offsetOf(offsets, middle);
    if (found === offset) return middle;
    if (found < offset) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/**
 * Gives every delta the type of its root, unless its chain loops or is longer than git makes them.
 *
 * @param metBy from which entry the walk came that met this one first, counted from 1
 * @param depths of two bytes
 * @param path room for all entries
 */
export function followChains(count: u32, parents: usize, types: usize, metBy: usize, depths: usize, path: usize): void {
  for (let entry: u32 = 0; entry < count; entry++) {
    let length: u32 = 0;
    let at = <i32>entry;
    for (; at >= 0 && word(metBy, at) === 0; at = <i32>word(parents, at)) {
      put(metBy, at, entry + 1);
      put(path, length++, at);
    }
    if (at >= 0 && word(metBy, at) === entry + 1) store<u8>(types + at, LOOPING);
    while (length > 0) {
      const next = word(path, --length);
      const parent = <i32>word(parents, next);
      if (parent < 0) continue;
      const depth = min<u32>(<u32>load<u16>(depths + (<usize>parent << 1)) + 1, 0xffff);
      store<u16>(depths + (<usize>next << 1), <u16>depth);
      store<u8>(types + next, depth > LONGEST_CHAIN ? CHAIN_TOO_LONG : load<u8>(types + parent));
    }
  }
}

/** Which entries are blobs that are new. @returns how many */
export function wantBlobs(count: u32, types: usize, ranks: usize, isNew: usize, wanted: usize): u32 {
  let blobs: u32 = 0;
  for (let entry: u32 = 0; entry < count; entry++) {
    if (load<u8>(types + entry) !== BLOB || load<u8>(isNew + word(ranks, entry)) === 0) continue;
    store<u8>(wanted + entry, 1);
    blobs++;
  }
  return blobs;
}

/**
 * Orders the wanted entries, and the bases that they need, by families.
 *
 * @param starts one more than there are entries
 * @param path room for all entries
 * @returns how many stand in `order`
 */
export function orderFamilies(
  count: u32,
  parents: usize,
  wanted: usize,
  needed: usize,
  children: usize,
  roots: usize,
  starts: usize,
  path: usize,
  order: usize,
): u32 {
  let total: u32 = 0;
  for (let entry: u32 = 0; entry < count; entry++) {
    if (load<u8>(wanted + entry) === 0) continue;
    let at = <i32>entry;
    while (at >= 0 && load<u8>(needed + at) === 0) {
      store<u8>(needed + at, 1);
      total++;
      at = <i32>word(parents, at);
      if (at >= 0) put(children, at, word(children, at) + 1);
    }
  }
  findRoots(count, parents, needed, roots, path);
  for (let entry: u32 = 0; entry < count; entry++) {
    if (load<u8>(needed + entry) === 0) continue;
    const behind = word(roots, entry) + 1;
    put(starts, behind, word(starts, behind) + 1);
  }
  for (let entry: u32 = 0; entry < count; entry++) put(starts, entry + 1, word(starts, entry + 1) + word(starts, entry));
  for (let entry: u32 = 0; entry < count; entry++) {
    let length: u32 = 0;
    // Placed is what is no longer needed: a base that lies behind its delta is placed before it.
    for (let at = <i32>entry; at >= 0 && load<u8>(needed + at) === 1; at = <i32>word(parents, at)) {
      store<u8>(needed + at, 0);
      put(path, length++, at);
    }
    const root = word(roots, entry);
    while (length > 0) {
      const place = word(starts, root);
      put(order, place, word(path, --length));
      put(starts, root, place + 1);
    }
  }
  return total;
}

function findRoots(count: u32, parents: usize, needed: usize, roots: usize, path: usize): void {
  for (let entry: u32 = 0; entry < count; entry++) put(roots, entry, NONE);
  for (let entry: u32 = 0; entry < count; entry++) {
    if (load<u8>(needed + entry) === 0) continue;
    let length: u32 = 0;
    let at = entry;
    for (; word(roots, at) === NONE && <i32>word(parents, at) >= 0; at = word(parents, at)) put(path, length++, at);
    const root = word(roots, at) === NONE ? at : word(roots, at);
    put(roots, at, root);
    while (length > 0) put(roots, word(path, --length), root);
  }
}

/** What an entry costs beside its packed bytes, in such bytes. */
const ENTRY_COST_BYTES: f64 = 200;

// @ts-ignore: decorator
@inline
function costOf(offsets: usize, entry: u32): f64 {
  return offsetOf(offsets, entry + 1) - offsetOf(offsets, entry) + ENTRY_COST_BYTES;
}

/**
 * Cuts an order into tasks of about the same work: whole families.
 *
 * @param tasks where each begins, and at last the end: room for two more than there are to be at most
 * @returns how many
 */
export function cutTasks(most: u32, total: u32, offsets: usize, roots: usize, order: usize, tasks: usize): u32 {
  let whole: f64 = 0;
  for (let index: u32 = 0; index < total; index++) whole += costOf(offsets, word(order, index));
  let count: u32 = 0;
  let cost: f64 = 0;
  let before = NONE;
  put(tasks, 0, 0);
  for (let index: u32 = 0; index < total; index++) {
    const entry = word(order, index);
    const root = word(roots, entry);
    if (cost >= whole / <f64>most && root !== before && count < most) {
      put(tasks, ++count, index);
      cost = 0;
    }
    cost += costOf(offsets, entry);
    before = root;
  }
  put(tasks, ++count, total);
  return count;
}

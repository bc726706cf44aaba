// Lines that give no anchor, by their hashes: versions of a file hold the same lines again and again. Of an object's lines only those are
// looked through that are not known to be such, by themselves alone: without anything beyond their ends having been looked at.
//
// The hash is UMAC's NH (Black, Halevi, Krawczyk, Krovetz and Rogaway, 1999), twice with shifted keys, each folded to 32 bits: whoever does
// not know the keys, which are drawn for each scan, cannot write two lines that are taken for one another.
//
// Layout of the room, little endian: keys (u32 × 260, then u64 × 3: of the length, and two odd ones to fold by), the known lines' hashes
// (u64 × 131,072, 0 for none, each where its lowest bits say: another of the same place takes it), then lines that wait to be looked
// through: hashes (u64), where they end (u32), whether they are not to be known (u8), 1,024 of each.

const FOLDING: usize = 1040;
const SLOT_BITS: u32 = 17;
const SLOTS: usize = FOLDING + 24;
const HASHES: usize = SLOTS + (8 << SLOT_BITS);
const MOST_WAITING: u32 = 1024;
const ENDS: usize = HASHES + MOST_WAITING * 8;
const MARKS: usize = ENDS + MOST_WAITING * 4;
/** Longer ones are looked through each time: there are no keys for more. */
const MOST_LINE: usize = 1024;

let room: usize = 0;
let waiting: u32 = 0;
let hash: u64 = 0;

/** Says where room is for what is remembered of lines; 0 where nothing is. */
export function useLines(at: usize): void {
  room = at;
  waiting = 0;
}

export function knowsLines(): bool {
  return room !== 0;
}

export function nobodyWaits(): bool {
  return waiting === 0;
}

/** Reads the line that begins here. @returns where the next begins, or 0 where it does not end before `end`, or is too long */
export function readLine(at: usize, end: usize): usize {
  const most = end - at > MOST_LINE ? at + MOST_LINE : end;
  let key = room;
  let one = i64x2.splat(0);
  let other = i64x2.splat(0);
  for (let from = at; from < most; from += 16, key += 16) {
    let bytes = v128.load(from);
    const ends = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(10)));
    // What stands before the line's end alone; behind it noughts.
    if (ends !== 0) bytes = v128.and(bytes, before(ctz(ends)));
    one = i64x2.add(one, products(bytes, key));
    other = i64x2.add(other, products(bytes, key + 16));
    if (ends === 0) continue;
    const lineEnd = from + ctz(ends);
    if (lineEnd >= end) return 0;
    const length = <u64>(lineEnd - at) * load<u64>(room, FOLDING);
    const high = (sum(one) + length) * load<u64>(room, FOLDING + 8);
    const low = (sum(other) + length) * load<u64>(room, FOLDING + 16);
    hash = (high & 0xffffffff00000000) | (low >> 32) | 1;
    return lineEnd + 1;
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function before(count: i32): v128 {
  return i8x16.lt_u(i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), i8x16.splat(<i8>count));
}

/** The first word and the third, the second and the fourth, each with its key added, multiplied. */
// @ts-ignore: decorator
@inline
function products(bytes: v128, key: usize): v128 {
  const keyed = i32x4.add(bytes, v128.load(key));
  return i64x2.extmul_low_i32x4_u(keyed, i32x4.shuffle(keyed, keyed, 2, 3, 0, 1));
}

// @ts-ignore: decorator
@inline
function sum(pair: v128): u64 {
  return i64x2.extract_lane(pair, 0) + i64x2.extract_lane(pair, 1);
}

/** Whether the line that was read last is known to give no anchor. */
export function isKnown(): bool {
  return load<u64>(slotOf(hash)) === hash;
}

/** Has the line that was read last wait. @returns whether there is room for another */
export function wait(end: usize): bool {
  return put(hash, end, 0);
}

/** Has what is not to be remembered wait. @returns whether there is room for another */
export function passOver(end: usize): bool {
  return put(0, end, 1);
}

function put(line: u64, end: usize, mark: u8): bool {
  store<u64>(room + HASHES + (<usize>waiting << 3), line);
  store<u32>(room + ENDS + (<usize>waiting << 2), <u32>end);
  store<u8>(room + MARKS + <usize>waiting, mark);
  return ++waiting < MOST_WAITING;
}

/** Says that what begins at a place gives an anchor, or may with what follows its line. */
export function mark(place: usize): void {
  let low: u32 = 0;
  let high = waiting;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (<usize>load<u32>(room + ENDS + (<usize>middle << 2)) > place) high = middle;
    else low = middle + 1;
  }
  if (low < waiting) store<u8>(room + MARKS + <usize>low, 1);
}

/** Says that those that waited were looked through: those that are not marked are known now. */
export function learn(): void {
  for (let index: usize = 0; index < <usize>waiting; index++)
    if (load<u8>(room + MARKS + index) === 0) {
      const line = load<u64>(room + HASHES + (index << 3));
      store<u64>(slotOf(line), line);
    }
  waiting = 0;
}

/** Says that those that waited were not all looked through. */
export function forget(): void {
  waiting = 0;
}

// @ts-ignore: decorator
@inline
function slotOf(line: u64): usize {
  return room + SLOTS + ((<usize>(line >> 1) & ((1 << SLOT_BITS) - 1)) << 3);
}

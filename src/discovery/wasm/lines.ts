// Lines that give no anchor, by their hashes: versions of a file hold the same lines again and again. Of an object's lines only those are
// looked through that are not known to be such, by themselves alone: without anything beyond their ends having been looked at.
//
// Whoever does not know the keys of the hash, which are drawn for each scan, cannot write two lines that are taken for one another.
//
// Layout of the room, little endian: keys (`hash.ts`), the known lines' hashes (u64 × 131,072, 0 for none, each where its lowest bits say:
// another of the same place takes it), then lines that wait to be looked through: hashes (u64), where they end (u32), whether they are not
// to be known (u8), 1,024 of each.
import { hashed, hashTo, KEY_BYTES } from './hash';

const SLOT_BITS: u32 = 17;
const SLOTS: usize = KEY_BYTES;
const HASHES: usize = SLOTS + (8 << SLOT_BITS);
const MOST_WAITING: u32 = 1024;
const ENDS: usize = HASHES + MOST_WAITING * 8;
const MARKS: usize = ENDS + MOST_WAITING * 4;
const LINE_FEED: u8 = 10;

let room: usize = 0;
let waiting: u32 = 0;

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
  return hashTo(at, end, LINE_FEED, room);
}

/** Whether the line that was read last is known to give no anchor. */
export function isKnown(): bool {
  return load<u64>(slotOf(hashed())) === hashed();
}

/** Has the line that was read last wait. @returns whether there is room for another */
export function wait(end: usize): bool {
  return put(hashed(), end, 0);
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

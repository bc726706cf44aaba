// Reads what `git log -c --raw -z` prints behind a format of ours (`history/raw-log.ts`): what changed, at which path, by which commit.
// Of each change its numbers are put down, as nine u32: where its commit begins, where its id, where its path and where that ends, all
// counted from the text; the slot of its path; how many parents its commit has that it was compared with; the first eight digits of the
// id, and the next eight; whether the id is one of those that are known.
//
// A path has the same slot wherever it stands. Layout of the room that says which, little endian: keys (`hash.ts`), then hashes of paths
// (u64 × 262,144, 0 for none), each at the place that its lowest bits say, or one of the next. A path for which no place is left, or that
// is longer than there are keys for, has none.
import { hashed, hashTo, KEY_BYTES } from './hash';

const SLOT_BITS: u32 = 18;
const MOST_TRIED: u32 = 16;
const NO_SLOT: u32 = 1 << SLOT_BITS;
const CHANGE_BYTES: usize = 36;
const NO_COMMIT: u32 = 0xffffffff;

const NUL: u8 = 0;
const MARK: u8 = 1;
const LINE_FEED: u8 = 10;
const COLON: u8 = 58;
/** `:<modes> <ids> <letters>`, of which the first colon says that there is a mode and an id more than parents. */
const MODE_BYTES: usize = 7;
/** Of a link to a commit of another repository, which is no blob, the mode is the only one that begins with it: 160000. */
const GITLINK: u16 = 0x3631;
/** What was taken away has an id of noughts; no other begins with sixteen. */
const DIGITS: usize = 8;

let idCharacters: usize = 0;
let slots: usize = 0;
let knownUpper: usize = 0;
let knownLower: usize = 0;
let knownCount: u32 = 0;
let next: usize = 0;
let commit: u32 = NO_COMMIT;
let text: usize = 0;
let end: usize = 0;

/**
 * Says how long ids are, where the room for slots lies, and where the ids that are known: ascending, the first four bytes of each, and the
 * next four.
 */
export function useLog(idBytes: usize, room: usize, upper: usize, lower: usize, count: u32): void {
  idCharacters = idBytes * 2;
  slots = room;
  knownUpper = upper;
  knownLower = lower;
  knownCount = count;
}

/** Where the last call stopped: a record begins there that is not whole, or for which there was no room. */
export function logAt(): u32 {
  return <u32>(next - text);
}

/** Where the commit begins whose changes were read last. */
export function logCommit(): u32 {
  return commit;
}

/**
 * @param at where the text begins
 * @param from where in it a record begins
 * @param to where it ends
 * @param by the commit whose changes stand there before another: where it begins, or anything else that is put down as that, or 2^32 - 1 for none
 * @param changes where they are put down
 * @param most as many at most
 * @returns how many
 */
export function readLog(
  at: usize,
  from: usize,
  to: usize,
  by: u32,
  changes: usize,
  most: u32,
): u32 {
  text = at;
  next = at + from;
  end = at + to;
  commit = by;
  let count: u32 = 0;
  while (next < end && count < most) {
    const first = load<u8>(next);
    let behind = next + 1;
    if (first === MARK) behind = readCommit();
    else if (first === COLON) {
      const put = changes + <usize>count * CHANGE_BYTES;
      behind = readChange(put);
      if (isTold) count++;
    } else if (first !== NUL && first !== LINE_FEED) behind = behindNul(next);
    if (behind === 0) break;
    next = behind;
  }
  return count;
}

/** @returns where what ends with the next NUL has ended, or 0 */
function behindNul(at: usize): usize {
  for (; at < end; at += 16) {
    const ends = i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(NUL)));
    if (ends === 0) continue;
    const stop = at + ctz(ends);
    return stop < end ? stop + 1 : 0;
  }
  return 0;
}

/** A mark, and three fields that end with NUL. */
function readCommit(): usize {
  const idEnd = behindNul(next);
  const timeEnd = idEnd === 0 ? 0 : behindNul(idEnd);
  const authorEnd = timeEnd === 0 ? 0 : behindNul(timeEnd);
  if (authorEnd !== 0) commit = <u32>(next - text);
  return authorEnd;
}

let isTold = false;

/** `:100644 100644 <id> <id> M\0path\0`; of a merge, with a colon, a mode and an id for each parent (git-diff-tree, combined). */
function readChange(put: usize): usize {
  isTold = false;
  let parents: usize = 1;
  while (next + parents < end && load<u8>(next + parents) === COLON) parents++;
  const mode = next + parents + MODE_BYTES * parents;
  const id = next + parents + MODE_BYTES * (parents + 1) + (idCharacters + 1) * parents;
  // A letter for each parent says what became of it.
  const path = behindNul(id + idCharacters);
  if (path === 0) return 0;
  let slot = NO_SLOT;
  let behind = hashTo(path, end, NUL, slots);
  if (behind !== 0) slot = slotOf(hashed(), slots + KEY_BYTES);
  else behind = behindNul(path);
  if (behind === 0) return 0;
  if (commit === NO_COMMIT || load<u16>(mode) === GITLINK) return behind;
  const upper = numberAt(id);
  const lower = numberAt(id + DIGITS);
  if ((upper | lower) === 0) return behind;
  isTold = true;
  store<u32>(put, commit);
  store<u32>(put, <u32>(id - text), 4);
  store<u32>(put, <u32>(path - text), 8);
  store<u32>(put, <u32>(behind - 1 - text), 12);
  store<u32>(put, slot, 16);
  store<u32>(put, <u32>parents, 20);
  store<u32>(put, upper, 24);
  store<u32>(put, lower, 28);
  store<u32>(put, isKnown(upper, lower) ? 1 : 0, 32);
  return behind;
}

function slotOf(hash: u64, slots: usize): u32 {
  for (let tried: u32 = 0; tried < MOST_TRIED; tried++) {
    const slot = (<u32>(hash >> 1) + tried) & (NO_SLOT - 1);
    const at = slots + ((<usize>slot) << 3);
    const there = load<u64>(at);
    if (there === 0) store<u64>(at, hash);
    if (there === 0 || there === hash) return slot;
  }
  return NO_SLOT;
}

function isKnown(upper: u32, lower: u32): bool {
  let low: u32 = 0;
  let high = knownCount;
  while (low < high) {
    const middle = (low + high) >> 1;
    const there = load<u32>(knownUpper + (<usize>middle << 2));
    if (there < upper || (there === upper && load<u32>(knownLower + (<usize>middle << 2)) < lower)) low = middle + 1;
    else high = middle;
  }
  const at = <usize>low << 2;
  return low < knownCount && load<u32>(knownUpper + at) === upper && load<u32>(knownLower + at) === lower;
}

/** Eight digits of sixteen, as git prints them. */
function numberAt(at: usize): u32 {
  let number: u32 = 0;
  for (let digit: usize = 0; digit < DIGITS; digit++) {
    const byte = <u32>load<u8>(at + digit);
    number = (number << 4) | ((byte & 15) + (byte >> 6) * 9);
  }
  return number;
}

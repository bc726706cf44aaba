// Finds keywords by the tables that `domain/prefilter.ts` makes; the layout is written down there.

const BUCKETS: usize = 8192;
const EXACT: u32 = 1;
const GLUED: u32 = 2;

let tables: usize = 0;
let entries: usize = 0;
let keywords: usize = 0;
let words: usize = 0;
let resumed: usize = 0;

/** Says where the tables lie; once, before anything is looked for. */
export function usePrefilter(at: usize, entriesAt: usize, keywordsAt: usize, textAt: usize): void {
  tables = at;
  entries = at + entriesAt;
  keywords = at + keywordsAt;
  words = at + textAt;
}

/** Where the last call to `prefilter` stopped for want of room: the place to go on from, or the end. */
export function resumeAt(): usize {
  return resumed;
}

/**
 * Keywords that stand whole in [from, to): two u32 each, the place counted from `text` and the keyword.
 *
 * Reads up to four bytes past `to` and before `from`, which must be memory of ours.
 *
 * @param text where the object begins: what stands before it is not looked at
 * @param hits where they go to
 * @param room how many fit; where as many were found, there may be more from `resumeAt` on
 * @returns how many were found
 */
export function prefilter(text: usize, from: usize, to: usize, hits: usize, room: u32): u32 {
  const bits = tables;
  const start = text + from;
  const end = text + to;
  let found: u32 = 0;
  for (let at = start & ~1; at < end; at += 2) {
    const hash = (((load<u32>(at) | 0x20202020) & 0xffffff) * 0x9e3779b1) >>> 16;
    if (((load<u8>(bits + (hash >> 3)) >> (<u8>(hash & 7))) & 1) == 0) continue;
    const first = <u32>load<u16>(bits + BUCKETS + ((hash & 4095) << 1));
    if (first == 0) continue;
    let entry = entries + ((first - 1) << 3);
    while (true) {
      if (<u32>load<u16>(entry) == hash) {
        const keyword = <u32>load<u16>(entry, 2);
        const place = at - <isize>load<i16>(entry, 4);
        if (stands(keyword, place, start, end, text)) {
          store<u32>(hits + (found << 3), <u32>(place - text));
          store<u32>(hits + (found << 3), keyword, 4);
          found++;
        }
      }
      if (load<u16>(entry, 6) != 0) break;
      entry += 8;
    }
    // One bucket never holds more than `spare` keywords at one place: the caller leaves that room.
    if (found + 256 > room) {
      resumed = at + 2 - text;
      return found;
    }
  }
  resumed = to;
  return found;
}

function stands(keyword: u32, place: usize, start: usize, end: usize, text: usize): bool {
  const entry = keywords + (keyword << 3);
  const length = <usize>load<u16>(entry, 4);
  if (place < start || place + length > end) return false;
  const flags = <u32>load<u16>(entry, 6);
  const word = words + load<u32>(entry);
  if (flags & EXACT) {
    for (let index: usize = 0; index < length; index++)
      if (load<u8>(place + index) != load<u8>(word + index)) return false;
  } else {
    for (let index: usize = 0; index < length; index++)
      if (folded(load<u8>(place + index)) != load<u8>(word + index)) return false;
  }
  return (flags & GLUED) != 0 || place == text || begins(place, text);
}

/** Whether no letter, digit or underscore stands before, but that of an escape: `\n`, `%3D`, `\u003d`, `\x3d`. */
function begins(place: usize, text: usize): bool {
  const before = load<u8>(place - 1);
  if (!isWord(before)) return true;
  const room = place - text;
  if (room < 2) return false;
  if (load<u8>(place - 2) == 0x5c) return true;
  if (!isHex(before)) return false;
  if (room >= 3 && load<u8>(place - 3) == 0x25 && isHex(load<u8>(place - 2))) return true;
  if (room >= 4 && load<u8>(place - 4) == 0x5c && load<u8>(place - 3) == 0x78) return true;
  return room >= 6 && load<u8>(place - 6) == 0x5c && load<u8>(place - 5) == 0x75;
}

function folded(byte: u8): u8 {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}

function isWord(byte: u8): bool {
  const small = byte | 0x20;
  return (small >= 0x61 && small <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte == 0x5f;
}

function isHex(byte: u8): bool {
  const small = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (small >= 0x61 && small <= 0x66);
}

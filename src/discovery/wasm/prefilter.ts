// Finds keywords by the tables that `domain/prefilter.ts` makes; the layout is written down there.
import { crossed, passes, startObject, stayHere, useChecks } from './checks';
import { forget, isKnown, knowsLines, learn, mark, nobodyWaits, passOver, readLine, wait } from './lines';

const SHORT_BITS: usize = 65536;
const BUCKETS: usize = 73728;
const SHORT_BUCKETS: usize = BUCKETS + 16384;
const EXACT: u32 = 1;
const GLUED: u32 = 2;
const LAST: u32 = 1;
const FOLDED: u32 = 2;
/** One place never gives more anchors than this: the room for hits has so many to spare. */
const SPARE: u32 = 256;
const KEYWORD_BYTES: usize = 12;

let tables: usize = 0;
let entries: usize = 0;
let keywords: usize = 0;
let words: usize = 0;
let multiplier: u32 = 0;
let resumed: usize = 0;
let resumedPart: u32 = 0;
let objectEnd: usize = 0;

/** Says where the tables lie; once, before anything is looked for. */
export function usePrefilter(
  at: usize,
  by: u32,
  entriesAt: usize,
  keywordsAt: usize,
  textAt: usize,
  checksAt: usize,
): void {
  multiplier = by;
  tables = at;
  entries = at + entriesAt;
  keywords = at + keywordsAt;
  words = at + textAt;
  useChecks(at + checksAt);
}

/** Says how long the object is that parts of are looked through next. */
export function useObject(text: usize, length: usize): void {
  objectEnd = text + length;
  startObject();
}

/** Where the last call to `prefilter` stopped for want of room: in which part, or how many there are, and at which place of it. */
export function resumePart(): u32 {
  return resumedPart;
}

export function resumeAt(): usize {
  return resumed;
}

/**
 * Anchors whose keywords stand whole in one of some parts of an object, and whose rules may match there: two u32 each, the place
 * counted from `text` and the anchor.
 *
 * Reads up to a hundred bytes past a part and before it, which must be memory of ours.
 *
 * @param text where the object begins: what stands before it is not looked at
 * @param parts where they lie, ascending and apart: two u32 each, from where and to where, counted from `text`
 * @param first the part to go on with, 0 at first, then `resumePart`; and from where in it, 0 at first, then `resumeAt`
 * @param hits where they go to
 * @param room how many fit
 * @returns how many were found; there may be more unless `resumePart` is the number of parts
 */
export function prefilter(
  text: usize,
  parts: usize,
  count: u32,
  first: u32,
  from: usize,
  hits: usize,
  room: u32,
): u32 {
  const most = hits + ((room - SPARE) << 3);
  const looks = knowsLines();
  let free = hits;
  let start = text + from;
  for (resumedPart = first; resumedPart < count; resumedPart++) {
    const least = text + <usize>load<u32>(parts + ((<usize>resumedPart) << 3));
    const to = text + <usize>load<u32>(parts + ((<usize>resumedPart) << 3), 4);
    if (start < least) start = least;
    free = looks
      ? newLines(text, least, start, to, free, most)
      : part(text, least, start, to, free, most);
    if (resumed < to) {
      resumed -= text;
      return <u32>((free - hits) >> 3);
    }
  }
  return <u32>((free - hits) >> 3);
}

/** What of a part stands in lines of which it is not known that they give no anchor. @returns the next place for a hit */
function newLines(text: usize, least: usize, start: usize, end: usize, hits: usize, most: usize): usize {
  let free = hits;
  let at = start;
  if (at > text && load<u8>(at - 1) !== 10) {
    at = nextLine(at, end);
    free = part(text, least, start, at, free, most);
    if (resumed < at) return free;
  }
  let from = at;
  while (at < end) {
    const next = readLine(at, end);
    if (next !== 0 && isKnown()) {
      if (from < at) {
        free = waited(text, from, at, free, most);
        if (resumed < at) return free;
      }
      from = at = next;
      continue;
    }
    at = next === 0 ? nextLine(at, end) : next;
    if (next === 0 ? passOver(at) : wait(at)) continue;
    free = waited(text, from, at, free, most);
    if (resumed < at) return free;
    from = at;
  }
  if (from < end) return waited(text, from, end, free, most);
  resumed = end;
  return free;
}

function waited(text: usize, from: usize, to: usize, hits: usize, most: usize): usize {
  const free = part(text, from, from, to, hits, most);
  if (resumed < to) forget();
  else learn();
  return free;
}

function nextLine(from: usize, end: usize): usize {
  let at = from;
  while (at < end && load<u8>(at) !== 10) at++;
  return at < end ? at + 1 : end;
}

/** @returns the next place for a hit; `resumed` is where it stopped */
function part(text: usize, least: usize, start: usize, end: usize, hits: usize, most: usize): usize {
  const bits = tables;
  const by = multiplier;
  const shortBits = tables + SHORT_BITS;
  let free = hits;
  for (let at = start & ~1; at < end; at += 2) {
    const four = load<u32>(at);
    const long = ((four | 0x20202020) * by) >>> 13;
    const even = ((four & 0xffffff) * by) >>> 16;
    const odd = ((four >>> 8) * by) >>> 16;
    const isLong = ((<u32>load<u8>(bits + (long >> 3))) >> (long & 7)) & 1;
    const isEven = ((<u32>load<u8>(shortBits + (even >> 3))) >> (even & 7)) & 1;
    const isOdd = ((<u32>load<u8>(shortBits + (odd >> 3))) >> (odd & 7)) & 1;
    if ((isLong | isEven | isOdd) == 0) continue;
    if (isLong) free = compare(BUCKETS, long, at, least, end, text, free);
    if (isEven) free = compare(SHORT_BUCKETS, even, at, least, end, text, free);
    if (isOdd) free = compare(SHORT_BUCKETS, odd, at + 1, least, end, text, free);
    if (free > most) {
      resumed = min(at + 2, end);
      return free;
    }
  }
  resumed = end;
  return free;
}

/** Compares the keywords of one bucket, and puts down those that stand here. @returns the next place for one */
function compare(buckets: usize, hash: u32, at: usize, least: usize, end: usize, text: usize, hits: usize): usize {
  const first = <usize>load<u16>(tables + buckets + ((hash & 8191) << 1));
  if (first == 0) return hits;
  let free = hits;
  let entry = entries + ((first - 1) << 4);
  while (true) {
    const flags = <u32>load<u16>(entry, 14);
    if (<u32>load<u16>(entry, 8) == (hash & 0xffff)) {
      const other = load<u32>(at + <isize>load<i8>(entry, 13));
      const seen = (flags & FOLDED ? other | 0x20202020 : other) & load<u32>(entry, 4);
      if (seen == load<u32>(entry)) {
        const keyword = <u32>load<u16>(entry, 10);
        const place = at - <isize>load<i8>(entry, 12);
        if (stands(keyword, place, least, end, text)) {
          const before = free;
          stayHere();
          free = putAnchors(keyword, place, text, free);
          if ((free > before || crossed()) && !nobodyWaits()) mark(place);
        }
      }
    }
    if (flags & LAST) return free;
    entry += 16;
  }
}

/** Puts down those anchors of a keyword whose rules may match. @returns the next place for one */
function putAnchors(keyword: u32, place: usize, text: usize, hits: usize): usize {
  const entry = keywords + keyword * KEYWORD_BYTES;
  const length = <usize>load<u16>(entry, 4);
  const first = <u32>load<u16>(entry, 8);
  const end = first + <u32>load<u16>(entry, 10);
  let free = hits;
  for (let anchor = first; anchor < end; anchor++)
    if (passes(anchor, place, length, text, objectEnd)) {
      store<u32>(free, <u32>(place - text));
      store<u32>(free, anchor, 4);
      free += 8;
    }
  return free;
}

function stands(keyword: u32, place: usize, least: usize, end: usize, text: usize): bool {
  const entry = keywords + keyword * KEYWORD_BYTES;
  const length = <usize>load<u16>(entry, 4);
  if (place < least || place + length > end) return false;
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
  if (!isHex(load<u8>(place - 2))) return false;
  if (room >= 3 && load<u8>(place - 3) == 0x25) return true;
  if (room >= 4 && load<u8>(place - 4) == 0x5c && load<u8>(place - 3) == 0x78) return true;
  if (room < 6 || !isHex(load<u8>(place - 3)) || !isHex(load<u8>(place - 4))) return false;
  return load<u8>(place - 6) == 0x5c && load<u8>(place - 5) == 0x75;
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

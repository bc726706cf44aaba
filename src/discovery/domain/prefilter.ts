import type { Keyword } from './keyword.js';
import { pairRarity } from './wordiness.js';

/**
 * Tables by which `wasm/prefilter.ts` finds keywords. Of the long ones (five bytes or more) a window of five bytes is chosen: of its two
 * groups of four one begins at an even address, wherever the keyword stands, so only those are looked up, in small letters. The few
 * short ones are looked up by three bytes at every place, as they are written. What is looked up is one bit by a hash; where it is set,
 * the few keywords with that hash are compared whole.
 *
 * Layout, little endian: bits of long ones (64 KiB), bits of short ones (8 KiB), buckets (u16 × 16,384: the first entry + 1, or 0),
 * entries (16 bytes: other bytes of the keyword u32, their mask u32, hash u16, keyword u16, back i8, from what is looked up to the other
 * bytes i8, flags u16), keywords (12 bytes: offset u32, length u16, flags u16, first anchor u16, anchors u16), their text, the checks of
 * the anchors (`checks.ts`).
 */
export interface PrefilterTables {
  /** Of the hashes. */
  readonly multiplier: number;
  readonly bytes: Uint8Array;
  readonly entriesAt: number;
  readonly keywordsAt: number;
  readonly textAt: number;
  readonly checksAt: number;
}

/** Of one keyword, at most: the inner loop keeps room for so many. */
export const MOST_ANCHORS = 128;

const LONG_BITS_BYTES = 65_536;
const SHORT_BITS_BYTES = 8192;
const BUCKETS = 16_384;
const BUCKETS_AT = LONG_BITS_BYTES + SHORT_BITS_BYTES;
const ENTRIES_AT = BUCKETS_AT + BUCKETS * 2;
/** Hashes of long ones have 19 bits, of short ones 16: with fewer, one place in fourteen was looked at for nothing. */
const LONG_SHIFT = 13;
const SHORT_SHIFT = 16;
const EXACT = 1;
const GLUED = 2;
const ENTRY_BYTES = 16;
const KEYWORD_BYTES = 12;
const LAST = 1;
const FOLDED = 2;
const LONG_BYTES = 5;

/** What is looked up, and what it means. */
interface Entry {
  /** Four bytes, or three. */
  readonly gram: number;
  readonly keyword: number;
  /** From the start of the keyword to what is looked up. */
  readonly back: number;
  readonly short: boolean;
  /** Four other bytes of the keyword, that tell most places from it without reading it whole. */
  readonly other: number;
  readonly mask: number;
  readonly otherAt: number;
  readonly folded: boolean;
}

/**
 * @param counts how many anchors each keyword has
 * @param checks of all anchors, as `checkTable` makes them
 * @throws RangeError for a keyword of fewer than two bytes, or more than 100, or too many keywords
 */
export function prefilterTables(
  keywords: readonly Keyword[],
  counts: readonly number[],
  checks: Uint8Array,
): PrefilterTables {
  const entries: Entry[] = [];
  for (let number = 0; number < keywords.length; number++) putEntries(keywords[number]!, number, entries);
  if (keywords.length > 0xffff || entries.length >= 0xffff)
    throw new RangeError('There are too many keywords at once.');
  if (counts.some((count) => count > MOST_ANCHORS) || counts.reduce((sum, count) => sum + count, 0) > 0xffff)
    throw new RangeError('There are too many rules for one keyword.');
  const multiplier = quietest(entries);
  const hash = ({ gram, short }: Entry) => Math.imul(gram, multiplier) >>> (short ? SHORT_SHIFT : LONG_SHIFT);
  const bucket = (entry: Entry) => (hash(entry) & 8191) | (entry.short ? 8192 : 0);
  const keywordsAt = ENTRIES_AT + entries.length * ENTRY_BYTES;
  const textAt = keywordsAt + keywords.length * KEYWORD_BYTES;
  const checksAt = (textAt + keywords.reduce((sum, { text }) => sum + text.length, 0) + 7) & ~7;
  const bytes = new Uint8Array(checksAt + checks.length);
  bytes.set(checks, checksAt);
  const view = new DataView(bytes.buffer);
  const byBucket: Entry[][] = Array.from({ length: BUCKETS }, () => []);
  for (const entry of entries) byBucket[bucket(entry)]!.push(entry);
  let index = 0;
  for (let number = 0; number < BUCKETS; number++) {
    const inIt = byBucket[number]!;
    if (inIt.length > 0) view.setUint16(BUCKETS_AT + number * 2, index + 1, true);
    for (let place = 0; place < inIt.length; place++, index++) {
      const { keyword, back, short, other, mask, otherAt, folded } = inIt[place]!;
      const hashed = hash(inIt[place]!);
      const at = ENTRIES_AT + index * ENTRY_BYTES;
      bytes[(short ? LONG_BITS_BYTES : 0) + (hashed >> 3)]! |= 1 << (hashed & 7);
      view.setUint32(at, other, true);
      view.setUint32(at + 4, mask, true);
      view.setUint16(at + 8, hashed & 0xffff, true);
      view.setUint16(at + 10, keyword, true);
      view.setInt8(at + 12, back);
      view.setInt8(at + 13, otherAt);
      view.setUint16(at + 14, (place === inIt.length - 1 ? LAST : 0) | (folded ? FOLDED : 0), true);
    }
  }
  let offset = 0;
  let anchor = 0;
  for (let number = 0; number < keywords.length; number++) {
    const { text, exact, glued } = keywords[number]!;
    const at = keywordsAt + number * KEYWORD_BYTES;
    view.setUint32(at, offset, true);
    view.setUint16(at + 4, text.length, true);
    view.setUint16(at + 6, (exact ? EXACT : 0) | (glued ? GLUED : 0), true);
    view.setUint16(at + 8, anchor, true);
    view.setUint16(at + 10, counts[number]!, true);
    anchor += counts[number]!;
    for (let place = 0; place < text.length; place++) bytes[textAt + offset++] = text.charCodeAt(place);
  }
  return { bytes, multiplier, entriesAt: ENTRIES_AT, keywordsAt, textAt, checksAt };
}

function putEntries({ text, exact, next }: Keyword, keyword: number, entries: Entry[]): void {
  if (text.length < 2 || text.length > 100) throw new RangeError('A keyword has from 2 to 100 bytes.');
  const folded = !exact;
  if (text.length >= LONG_BYTES) {
    const start = rarest(text, 4, 1);
    for (let back = start; back <= start + 1; back++) {
      const at = back * 2 > text.length - 4 ? 0 : text.length - 4;
      const other = folded ? longGram(text, at) : gramOf(text, at, 4);
      const place = { back, otherAt: at - back };
      entries.push({ gram: longGram(text, back), keyword, ...place, other, mask: -1, folded, short: false });
    }
    return;
  }
  const back = text.length === 2 ? 0 : rarest(text, 3, 0);
  const mask = text.length === 4 ? -1 : text.length === 3 ? 0xffffff : 0xffff;
  const other = gramOf(text, 0, text.length) | (folded ? 0x20202020 & mask : 0);
  for (const gram of shortGrams(text.slice(back, back + 3), exact, next))
    entries.push({ gram, keyword, back, other, mask, otherAt: -back, folded, short: true });
}

/** Multipliers for hashes (after Knuth): odd, with ones and noughts all over. */
const MULTIPLIERS = [0x9e3779b1, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f, 0x165667b1, 0xd3a2646d, 0xb55a4f09, 0x8da6b343];
/** What text and code are full of: no keyword's hash should be one of theirs. */
const FREQUENT = [
  ...[
    '    ',
    '\n   ',
    '   *',
    '----',
    '====',
    '    "',
    'the ',
    ' the',
    'tion',
    'ing ',
    ' and',
    'and ',
    'ment',
    'retu',
    'turn',
    'urn ',
  ],
  ...[
    'self',
    'this',
    'func',
    'ncti',
    'ctio',
    'ion ',
    'ions',
    'cons',
    'onst',
    'nst ',
    'impo',
    'mpor',
    'port',
    'ort ',
    'stri',
    'trin',
    'ring',
  ],
  ...[
    'end\n',
    'nd\n ',
    'test',
    'est ',
    'asse',
    'sser',
    'ssert',
    'equa',
    'ual ',
    'def ',
    'clas',
    'lass',
    'ass ',
    ' = "',
    '": "',
    '", "',
    '() {',
  ],
  ...[
    'for ',
    'that',
    'with',
    'ith ',
    'from',
    'rom ',
    'name',
    'ame ',
    'type',
    'ype ',
    'valu',
    'alue',
    'lue ',
    'ecor',
    'cord',
    'err ',
    ' err',
    'rror',
  ],
];

/** The multiplier by which the fewest of the frequent ones look like a keyword. */
function quietest(entries: readonly Entry[]): number {
  let best = MULTIPLIERS[0]!;
  let fewest = Infinity;
  for (const multiplier of MULTIPLIERS) {
    const long = new Set<number>();
    const short = new Set<number>();
    for (const { gram, short: isShort } of entries)
      if (isShort) short.add(Math.imul(gram, multiplier) >>> SHORT_SHIFT);
      else long.add(Math.imul(gram, multiplier) >>> LONG_SHIFT);
    let noise = 0;
    // The first of them are by far the most frequent.
    for (let index = 0; index < FREQUENT.length; index++) {
      const text = FREQUENT[index]!;
      if (long.has(Math.imul(longGram(text, 0), multiplier) >>> LONG_SHIFT)) noise += 1 / (index + 1);
      if (short.has(Math.imul(gramOf(text, 0, 3), multiplier) >>> SHORT_SHIFT)) noise += 1 / (index + 1);
      if (short.has(Math.imul(gramOf(text, 1, 3), multiplier) >>> SHORT_SHIFT)) noise += 1 / (index + 1);
    }
    if (noise < fewest) [best, fewest] = [multiplier, noise];
  }
  return best;
}

function longGram(text: string, at: number): number {
  return gramOf(text, at, 4) | 0x20202020;
}

function gramOf(text: string, at: number, length: number): number {
  let gram = 0;
  for (let index = 0; index < length; index++) gram |= text.charCodeAt(at + index) << (index * 8);
  return gram;
}

/** Every way to write three bytes; a third that is not known may be any printable character. */
function shortGrams(text: string, exact: boolean, next = PRINTABLE): readonly number[] {
  let spellings = [''];
  for (const letter of text)
    spellings = spellings.flatMap((start) =>
      exact || letter === letter.toUpperCase() ? [start + letter] : [start + letter, start + letter.toUpperCase()],
    );
  if (text.length === 2) spellings = spellings.flatMap((start) => next.map((letter) => start + letter));
  return spellings.map((spelling) => gramOf(spelling, 0, 3));
}

const PRINTABLE: readonly string[] = Array.from({ length: 95 }, (_, index) => String.fromCharCode(index + 0x20));

/**
 * Where the bytes begin that are looked up: those that are rarest in text and code.
 *
 * @param length of a group
 * @param further groups that begin right after the first
 */
function rarest(text: string, length: number, further: number): number {
  let best = 0;
  let least = Infinity;
  for (let start = 0; start + length + further <= text.length; start++) {
    let often = 0;
    for (let group = start; group <= start + further; group++) often += 2 ** -rarity(text, group, length);
    if (often < least) [best, least] = [start, often];
  }
  return best;
}

/** Of a few bytes, in bits. */
function rarity(text: string, start: number, length: number): number {
  let bits = 0;
  for (let at = start + 1; at < start + length; at++) bits += pairRarity(text.charCodeAt(at - 1), text.charCodeAt(at));
  return bits;
}

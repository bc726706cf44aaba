import type { Keyword } from './keyword.js';

/**
 * Tables by which `wasm/prefilter.ts` finds keywords: every keyword has a window of four bytes, and of two neighbouring
 * trigrams in it one begins at an even position of the text, wherever the keyword stands. So only every second position is
 * looked at, by one bit of the trigram's hash; where that is set, the few keywords with this trigram are compared whole.
 *
 * Layout, little endian: bits (8 KiB) · buckets (u16 × 4,096: the first entry + 1, or 0) · entries (8 bytes: hash u16,
 * keyword u16, back i16, last u16) · keywords (8 bytes: offset u32, length u16, flags u16) · their text.
 */
export interface PrefilterTables {
  readonly bytes: Uint8Array;
  readonly entriesAt: number;
  readonly keywordsAt: number;
  readonly textAt: number;
}

const BITS_BYTES = 8192;
const BUCKETS = 4096;
const ENTRIES_AT = BITS_BYTES + BUCKETS * 2;
const EXACT = 1;
const GLUED = 2;
const WINDOW = 4;
/** What a byte beside a short keyword may be, as the hash folds it: every printable character, a tab and the ends of lines. */
const ANY = Array.from({ length: 64 }, (_, index) => (index < 32 ? index + 0x20 : index + 0x40));
const ANY_BYTE = -1;

interface Entry {
  readonly hash: number;
  readonly keyword: number;
  /** From the start of the keyword to the sampled position. */
  readonly back: number;
}

/** @throws RangeError for a keyword of fewer than two bytes, or more than 255, or more than 65,535 keywords */
export function prefilterTables(keywords: readonly Keyword[]): PrefilterTables {
  if (keywords.length > 0xffff) throw new RangeError('There are too many keywords for one prefilter.');
  const texts = keywords.map(({ text }) => Buffer.from(text, 'latin1'));
  const entries = texts.flatMap((text, keyword) => entriesOf(text, keyword));
  const byBucket = new Map<number, Entry[]>();
  for (const entry of entries) {
    const inIt = byBucket.get(entry.hash & (BUCKETS - 1));
    if (inIt) inIt.push(entry);
    else byBucket.set(entry.hash & (BUCKETS - 1), [entry]);
  }
  const keywordsAt = ENTRIES_AT + entries.length * 8;
  const textAt = keywordsAt + keywords.length * 8;
  const bytes = new Uint8Array(textAt + texts.reduce((sum, { length }) => sum + length, 0));
  const view = new DataView(bytes.buffer);
  let index = 0;
  for (const [bucket, inIt] of byBucket) {
    view.setUint16(BITS_BYTES + bucket * 2, index + 1, true);
    for (const [place, { hash, keyword, back }] of inIt.entries()) {
      bytes[hash >> 3]! |= 1 << (hash & 7);
      const at = ENTRIES_AT + index++ * 8;
      view.setUint16(at, hash, true);
      view.setUint16(at + 2, keyword, true);
      view.setInt16(at + 4, back, true);
      view.setUint16(at + 6, place === inIt.length - 1 ? 1 : 0, true);
    }
  }
  let offset = 0;
  for (const [number, { exact, glued }] of keywords.entries()) {
    const at = keywordsAt + number * 8;
    view.setUint32(at, offset, true);
    view.setUint16(at + 4, texts[number]!.length, true);
    view.setUint16(at + 6, (exact ? EXACT : 0) | (glued ? GLUED : 0), true);
    bytes.set(texts[number]!, textAt + offset);
    offset += texts[number]!.length;
  }
  return { bytes, entriesAt: ENTRIES_AT, keywordsAt, textAt };
}

function entriesOf(text: Uint8Array, keyword: number): Entry[] {
  if (text.length < 2 || text.length > 255) throw new RangeError('A keyword has from 2 to 255 bytes.');
  const start = windowOf(text);
  const trigrams = [start, start + 1].flatMap((at) =>
    trigramsAt(text, at).map((hash) => ({ hash, keyword, back: at })),
  );
  return [...new Map(trigrams.map((entry) => [`${entry.hash} ${entry.back}`, entry])).values()];
}

/** Where the four bytes begin whose trigrams are rarest in text and code; before the keyword or past its end for short ones. */
function windowOf(text: Uint8Array): number {
  if (text.length === 2) return -1;
  const starts = Array.from({ length: Math.max(text.length - WINDOW + 1, 1) }, (_, start) => start);
  const cost = (start: number) => commonness(text, start) + commonness(text, start + 1);
  return starts.reduce((best, start) => (cost(start) < cost(best) ? start : best), 0);
}

/** How often the trigram stands in text, by its letters alone: enough to prefer `rok` to `ent`. */
function commonness(text: Uint8Array, start: number): number {
  let product = 1;
  for (let at = start; at < start + 3; at++) product *= frequency(text[at] ?? 0x20);
  return product;
}

/** Per thousand characters of source code, roughly. */
const FREQUENCY: Readonly<Record<string, number>> = Object.fromEntries(
  [...'etaoinsrlcdupmfhgbyvwkxjqz_. -/0123456789:'].map((letter, index) => [
    letter,
    [
      90, 68, 62, 55, 54, 52, 52, 50, 38, 36, 33, 26, 26, 23, 20, 19, 17, 14, 11, 9, 8, 7, 4, 2, 2, 1, 12, 12, 120, 8,
      10, 6, 6, 5, 4, 4, 4, 4, 4, 4, 4, 8,
    ][index]!,
  ]),
);

function frequency(byte: number): number {
  return FREQUENCY[String.fromCharCode(byte).toLowerCase()] ?? 3;
}

function trigramsAt(text: Uint8Array, at: number): number[] {
  let partial = [0];
  for (let place = 0; place < 3; place++) {
    const byte = text[at + place] ?? ANY_BYTE;
    const values = byte === ANY_BYTE ? ANY : [byte];
    partial = partial.flatMap((lower) => values.map((value) => lower | ((value | 0x20) << (place * 8))));
  }
  return partial.map(hashOf);
}

/** The same as in `wasm/prefilter.ts`: the upper half of a product (Knuth's multiplicative hashing). */
function hashOf(trigram: number): number {
  return Math.imul(trigram, 0x9e3779b1) >>> 16;
}

/** Ranges lie in a row: two u32 each, from where and to where. */
export function putRange(at: usize, from: u32, to: u32): void {
  store<u32>(at, from);
  store<u32>(at, to, 4);
}

/** How many bytes they have together. */
export function lengthOf(ranges: usize, count: i32): u32 {
  let sum: u32 = 0;
  for (let at = ranges, end = ranges + ((<usize>count) << 3); at < end; at += 8) sum += load<u32>(at, 4) - load<u32>(at);
  return sum;
}

const MARGIN: usize = 256;
/** How far a line is followed. */
const LINE: usize = 8192;
/** How far back a block of base64 is followed, to the line that begins it. */
const BLOCK: usize = 8192;
const BLOCK_RUN: usize = 40;
/** What may stand round it on its line, beside blanks: quotes, an escape, a plus sign. */
const BLOCK_QUOTES = 16;

/**
 * Widens ranges to where a secret that they touch may begin and end: to their lines, back over lines of base64 (the head
 * of a PEM block decides what its late line is), and by a margin. What meets becomes one.
 *
 * @returns how many ranges remain, ascending and apart
 */
export function widen(text: usize, length: usize, ranges: usize, count: i32): i32 {
  let kept: usize = 0;
  let reached: usize = 0;
  for (let index: usize = 0; index < <usize>count; index++) {
    let from = <usize>load<u32>(ranges + (index << 3));
    let to = <usize>load<u32>(ranges + (index << 3) + 4);
    from = blockStart(text, lineStart(text, from));
    from = from > MARGIN ? from - MARGIN : 0;
    to = lineEnd(text, to, length);
    to = length - to > MARGIN ? to + MARGIN : length;
    if (kept > 0 && from <= reached) {
      if (to > reached) reached = to;
      // A block that is followed back may begin before ranges that are kept already.
      while (kept > 1 && from <= <usize>load<u32>(ranges + ((kept - 2) << 3) + 4)) kept--;
      const start = <usize>load<u32>(ranges + ((kept - 1) << 3));
      store<u32>(ranges + ((kept - 1) << 3), from < start ? from : start);
    } else {
      store<u32>(ranges + (kept << 3), from);
      kept++;
      reached = to;
    }
    store<u32>(ranges + (kept << 3) - 4, reached);
  }
  return <i32>kept;
}

function lineStart(text: usize, from: usize): usize {
  const bound = from > LINE ? from - LINE : 0;
  while (from > bound && load<u8>(text + from - 1) !== 10) from--;
  return from;
}

function lineEnd(text: usize, to: usize, length: usize): usize {
  const bound = length - to > LINE ? to + LINE : length;
  while (to < bound && load<u8>(text + to) !== 10) to++;
  return to;
}

/** From the start of a line back over the lines before it that are base64, quoted or not. */
function blockStart(text: usize, line: usize): usize {
  const bound = line > BLOCK ? line - BLOCK : 0;
  let start = line;
  while (start > bound) {
    const before = base64Line(text, start - 1, bound);
    if (before === start) return start;
    start = before;
  }
  return start;
}

/** The start of the line that ends at `end`, where it is a run as long as a key's lines with little round it; else the next line's. */
function base64Line(text: usize, end: usize, bound: usize): usize {
  let at = end;
  let around = 0;
  while (at > bound && !isBase64(load<u8>(text + at - 1))) {
    if (++around > BLOCK_QUOTES || load<u8>(text + at - 1) === 10) return end + 1;
    at--;
  }
  const runEnd = at;
  while (at > bound && isBase64(load<u8>(text + at - 1))) at--;
  if (runEnd - at < BLOCK_RUN) return end + 1;
  while (at > bound && load<u8>(text + at - 1) !== 10) {
    const byte = load<u8>(text + at - 1);
    if (byte !== 32 && byte !== 9 && ++around > BLOCK_QUOTES) return end + 1;
    at--;
  }
  return at;
}

// @ts-ignore: decorator
@inline
function isBase64(byte: u8): bool {
  const letter = byte | 32;
  return (
    (letter >= 97 && letter <= 122) ||
    (byte >= 47 && byte <= 57) ||
    byte === 43 ||
    byte === 61 ||
    byte === 95 ||
    byte === 45
  );
}

/** git's own test of what is binary looks at so many. */
const BINARY_TEST: usize = 8000;

/** Whether it is text of one byte a character: no NUL stands at its beginning, nor does it begin as UTF-16 does, which may do without one. */
export function isText(text: usize, length: usize): bool {
  return !hasNul(text, length < BINARY_TEST ? length : BINARY_TEST) && !hasByteOrderMark(text, length);
}

function hasNul(text: usize, length: usize): bool {
  let at = text;
  const end = text + length;
  for (; at + 16 <= end; at += 16) if (!i8x16.all_true(v128.load(at))) return true;
  for (; at < end; at++) if (load<u8>(at) === 0) return true;
  return false;
}

function hasByteOrderMark(text: usize, length: usize): bool {
  if (length < 2) return false;
  const mark = load<u16>(text);
  return mark === 0xfeff || mark === 0xfffe;
}

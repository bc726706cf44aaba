// What is looked at behind a keyword before a rule is tried there, by the table of `domain/checks.ts`; the layout is written down there.
// It may let through what the rule refuses, never the other way round.

const HEAD: usize = 16;
const PROGRAM_BYTES: usize = 40;
const TOKEN: u32 = 1;
const ASSIGNED: u32 = 2;
const ESCAPABLE: u32 = 1;
/** How far blanks are followed where the rules follow them without end; beyond, a rule is tried. */
const MOST_BLANKS: usize = 300;
const MOST_NAME: usize = 40;
const MOST_SPACES: usize = 64;
/** What is not looked for: the rule is to say. */
const PERHAPS: usize = usize.MAX_VALUE;

/** No check looks farther on, or back: names are short. */
const REACH: usize = 4096;
const BACK: usize = 512;

let checks: usize = 0;
let programs: usize = 0;
let sets: usize = 0;
let names: usize = 0;

/** Room for the end of an object, with nothing behind it, where what lies behind the object in memory is another's. */
let tail: usize = 0;
let tailFrom: usize = 0;
let tailEnd: usize = 0;

/** Says where 16 KiB are free. */
export function useTail(at: usize): void {
  tail = at;
}

/** Says that another object is looked through. */
export function startObject(): void {
  tailEnd = 0;
  forgetRuns();
}

/** Where nothing stands that ends the search for an escape: keywords that stand in one run look through it once. */
let plainFrom: usize = 0;
let plainTo: usize = 0;

function forgetRuns(): void {
  plainFrom = 0;
  plainTo = 0;
}

/** Whether what was looked at lay beyond the keyword's line; its owner resets it. */
let hasCrossed = false;

export function crossed(): bool {
  return hasCrossed;
}

export function stayHere(): void {
  hasCrossed = false;
}

/** Whether the rule of an anchor may match where its keyword stands, in an object that ends at `end`. */
export function passes(anchor: u32, place: usize, length: usize, text: usize, end: usize): bool {
  const check = checks + (anchor << 3);
  if (load<u16>(check, 6) === 0) return true;
  if (place + REACH <= end) return isPossible(check, place, length, text);
  if (tailEnd !== end) {
    tailEnd = end;
    forgetRuns();
    tailFrom = end - text > REACH + BACK ? end - REACH - BACK : text;
    memory.copy(tail, tailFrom, end - tailFrom);
    memory.fill(tail + (end - tailFrom), 0, REACH);
  }
  return isPossible(check, tail + (place - tailFrom), length, tail);
}

export function useChecks(at: usize): void {
  checks = at + HEAD;
  programs = at + load<u32>(at);
  sets = at + load<u32>(at, 4);
  names = at + load<u32>(at, 8);
}

function isPossible(check: usize, place: usize, length: usize, text: usize): bool {
  const kind = <u32>load<u16>(check, 6);
  const program = programs + <usize>load<u16>(check, 4) * PROGRAM_BYTES;
  if (kind === TOKEN) return fits(program, place + length) || isEscaped(program, place);
  let at = names + load<u32>(check);
  let left = <u32>load<u8>(at++);
  while (left-- > 0) {
    const before = <u32>load<u8>(at);
    const after = <u32>load<u8>(at, 1);
    at += 2;
    const words = at;
    for (let word: u32 = 0; word < before + after; word++) at += 1 + <usize>load<u8>(at);
    if (before > 0 && !standsBefore(words, before, place, text)) continue;
    const end = endOfName(words, before, after, place + length);
    if (end === 0) continue;
    const start = valueAfter(place, end, text);
    if (start === 0) continue;
    if (start === PERHAPS || fits(program, start) || isEscaped(program, start)) return true;
  }
  return false;
}

/** Whether the bytes from a place on are such as a match begins with, and what it needs follows before anything that it cannot hold. */
function fits(program: usize, from: usize): bool {
  const count = <usize>load<u8>(program);
  for (let index: usize = 0; index < count; index++) {
    const byte = load<u8>(from + index);
    if (!isIn(<u32>load<u16>(program + 8 + (index << 1)), byte)) return false;
    if (byte === 10) hasCrossed = true;
  }
  const needed = load<u8>(program, 1);
  if (needed === 0) return true;
  const all = <u32>load<u16>(program, 2);
  const end = from + <usize>load<u16>(program, 4);
  for (let at = from; at < end; at++) {
    const byte = load<u8>(at);
    if (byte === needed) return true;
    if (!isIn(all, byte)) return false;
    if (byte === 10) hasCrossed = true;
  }
  return true;
}

/** Whether what follows holds an escape: without it, it might be what the rule looks for. */
function isEscaped(program: usize, from: usize): bool {
  if ((<u32>load<u16>(program, 6) & ESCAPABLE) === 0) return false;
  const end = from + 3 * min<usize>(<usize>load<u16>(program, 4), 1024);
  const at = endOfPlain(from, end);
  if (at >= end) return false;
  const byte = load<u8>(at);
  return byte === 0x25 || byte === 0x5c;
}

/** Where a run ends that holds neither an escape nor what ends the search for one: no sooner than `end` if not before it. */
function endOfPlain(from: usize, end: usize): usize {
  const isKnown = from >= plainFrom && from <= plainTo;
  let at = isKnown ? plainTo : from;
  while (at < end && isPlain(load<u8>(at))) {
    at++;
    if (at === plainFrom) at = plainTo;
  }
  if (!isKnown) plainFrom = from;
  plainTo = at;
  return at;
}

function isPlain(byte: u8): bool {
  if (byte === 0x25 || byte === 0x5c || byte === 32 || (byte >= 9 && byte <= 13)) return false;
  return !isQuote(byte) && byte !== 0x3c && byte !== 0x3e;
}

function isIn(set: u32, byte: u8): bool {
  return ((load<u8>(sets + (set << 5) + (byte >> 3)) >> (byte & 7)) & 1) !== 0;
}

/** Words before a keyword, each with a separator behind it or none. */
function standsBefore(words: usize, count: u32, place: usize, text: usize): bool {
  let end = place;
  for (let left = count; left > 0; left--) {
    let word = words;
    for (let index: u32 = 1; index < left; index++) word += 1 + <usize>load<u8>(word);
    const length = <usize>load<u8>(word);
    if (end > text && isSeparator(load<u8>(end - 1)) && isWord(word + 1, length, end - 1, text)) end -= length + 1;
    else if (isWord(word + 1, length, end, text)) end -= length;
    else return false;
  }
  return true;
}

/** Whether a word ends at a place. */
function isWord(word: usize, length: usize, end: usize, text: usize): bool {
  if (end < text + length) return false;
  return isSame(word, length, end - length);
}

function isSame(word: usize, length: usize, at: usize): bool {
  for (let index: usize = 0; index < length; index++) {
    const byte = load<u8>(at + index);
    const small = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (small !== load<u8>(word + index)) return false;
  }
  return true;
}

/** Where the words end that are to follow a keyword, or 0. */
function endOfName(words: usize, before: u32, after: u32, from: usize): usize {
  let word = words;
  for (let index: u32 = 0; index < before; index++) word += 1 + <usize>load<u8>(word);
  let at = from;
  for (let index: u32 = 0; index < after; index++) {
    const length = <usize>load<u8>(word);
    if (isSeparator(load<u8>(at)) && isSame(word + 1, length, at + 1)) at += length + 1;
    else if (isSame(word + 1, length, at)) at += length;
    else return 0;
    word += 1 + length;
  }
  return at;
}

/** As `domain/assignment.ts` has it, step by step: where the value begins, 0 for nowhere. */
function valueAfter(nameStart: usize, nameEnd: usize, text: usize): usize {
  const named = skipName(nameEnd);
  let closed = named;
  while (closed - named < 4 && isClosing(load<u8>(closed))) closed++;
  if (mayStandElsewhere(closed)) {
    hasCrossed = true;
    return PERHAPS;
  }
  const below = valueBelow(closed);
  if (below === PERHAPS) return PERHAPS;
  if (below !== 0) return opened(below);
  const at = skipSpaces(closed);
  let after = operatorAfter(at);
  if (after === 0) {
    const type = typeAt(at, true);
    if (type !== 0) after = operatorAfter(type);
  } else if (load<u8>(after - 1) === 0x3a) {
    const type = typeAt(skipSpaces(after), false);
    if (type !== 0) after = operatorAfter(type);
  }
  if (after !== 0) return opened(after);
  if (closed > named && load<u8>(closed - 1) === 0x3e) return opened(closed);
  if (at === closed) return 0;
  if (isQuote(load<u8>(at)) || isOption(nameStart, text) || mayBeginLine(nameStart, text)) return opened(at);
  return 0;
}

/** Whether nothing, or one word, stands before a name in its line. */
function mayBeginLine(nameStart: usize, text: usize): boolean {
  let at = beginningOf(nameStart, text);
  while (at > text && isTab(load<u8>(at - 1))) at--;
  while (at > text && isLetter(load<u8>(at - 1))) at--;
  while (at > text && isTab(load<u8>(at - 1))) at--;
  return at === text || load<u8>(at - 1) === 10;
}

function opened(from: usize): usize {
  let at = skipSpaces(from);
  const first = load<u8>(at);
  if (first === 10 || first === 13) {
    hasCrossed = true;
    const blank = at;
    while (at - blank < MOST_SPACES && isBlank(load<u8>(at))) at++;
    if (!isQuote(load<u8>(at))) return 0;
  }
  const call = callAt(at);
  if (call !== 0) at = call;
  at = skipPrefix(at);
  const open = at;
  while (at - open < 4 && isOpening(load<u8>(at))) at++;
  at = skipSpaces(at);
  return skipScheme(at);
}

/** Whether `value` or `default` stands beside a name, or an element or a block begins behind it. */
function mayStandElsewhere(from: usize): boolean {
  let at = from;
  if (load<u8>(at) === 0x3c) return load<u8>(at, 1) === 0x2f || isLetter(load<u8>(at, 1));
  if (load<u8>(at) === 0x2c) at++;
  at = skipSpaces(at);
  if (load<u8>(at) === 0x7b) return true;
  if (load<u8>(at) === 0x5c) at++;
  if (load<u8>(at) === 0x22 || load<u8>(at) === 0x27) at++;
  const four = load<u32>(at) | 0x20202020;
  // "valu", "defa".
  return four === 0x756c6176 || four === 0x61666564;
}

/** `,?[ \t\r]*\n[ \t-]*["']?value["']?[ \t]*[:=][ \t]*` */
function valueBelow(from: usize): usize {
  let at = from;
  if (load<u8>(at) === 0x2c) at++;
  let bound = at + MOST_BLANKS;
  while (load<u8>(at) === 32 || load<u8>(at) === 9 || load<u8>(at) === 13) if (++at === bound) return PERHAPS;
  if (load<u8>(at) !== 10) return 0;
  hasCrossed = true;
  at++;
  bound = at + MOST_BLANKS;
  while (load<u8>(at) === 32 || load<u8>(at) === 9 || load<u8>(at) === 0x2d) if (++at === bound) return PERHAPS;
  if (load<u8>(at) === 0x22 || load<u8>(at) === 0x27) at++;
  // "valu", then "e".
  if ((load<u32>(at) | 0x20202020) !== 0x756c6176 || (load<u8>(at, 4) | 0x20) !== 0x65) return 0;
  at += 5;
  if (load<u8>(at) === 0x22 || load<u8>(at) === 0x27) at++;
  at = skipTabs(at);
  if (at === PERHAPS) return PERHAPS;
  if (load<u8>(at) !== 0x3a && load<u8>(at) !== 0x3d) return 0;
  return skipTabs(at + 1);
}

/** Blanks without end, as far as they are followed. */
function skipTabs(from: usize): usize {
  let at = from;
  while (load<u8>(at) === 32 || load<u8>(at) === 9) if (++at === from + MOST_BLANKS) return PERHAPS;
  return at;
}

function operatorAfter(at: usize): usize {
  const first = load<u8>(at);
  const second = load<u8>(at, 1);
  const third = load<u8>(at, 2);
  if (first === 0x3d) return second === 0x3d ? (third === 0x3d ? at + 3 : at + 2) : second === 0x3e ? at + 2 : at + 1;
  if (first === 0x3a) return second === 0x3d ? at + 2 : at + 1;
  if (first === 0x2c || first === 0x28) return at + 1;
  if (first === 0x3f) return second === 0x3d ? at + 2 : second === 0x3f ? (third === 0x3d ? at + 3 : at + 2) : 0;
  if (first === 0x7c) return second === 0x7c ? (third === 0x3d ? at + 3 : at + 2) : at + 1;
  if (first === 0x2b) return second === 0x3d ? at + 2 : 0;
  if (first === 0x2d) return second === 0x3e ? at + 2 : 0;
  return first === 0x3c && second === 0x2d ? at + 2 : 0;
}

/**
 * `(?:&(?:'[a-z]{1,16}[ \t]{1,8})?)?[A-Za-z][\w.:<>[\]?]{0,47}(?:[ \t]{1,8}(?=:?=)|(?=:?=[^=\s\0]))`; a bare one stands behind no
 * colon, has blanks behind it, and may have `as` before it or be `\[\d{0,6}\]`.
 */
function typeAt(start: usize, isBare: bool): usize {
  let from = start;
  if (isBare && load<u8>(from) === 0x5b) {
    from++;
    while (from - start < 8 && load<u8>(from) >= 0x30 && load<u8>(from) <= 0x39) from++;
    if (load<u8>(from) !== 0x5d) return 0;
    const behind = skipSpaces(from + 1);
    if (behind === from + 1) return 0;
    return load<u8>(behind) === 0x3d || (load<u8>(behind) === 0x3a && load<u8>(behind, 1) === 0x3d) ? behind : 0;
  }
  if (!isBare && load<u8>(from) === 0x26) {
    from++;
    if (load<u8>(from) === 0x27) {
      from++;
      while (from - start < 18 && isLetter(load<u8>(from))) from++;
      from = skipSpaces(from);
    }
  } else if (isBare && (load<u16>(from) | 0x2020) === 0x7361 && isTab(load<u8>(from, 2))) {
    const named = skipSpaces(from + 2);
    if (isLetter(load<u8>(named))) from = named;
  }
  if (!isLetter(load<u8>(from))) return 0;
  let at = from + 1;
  while (at - from < 48 && isOfType(load<u8>(at))) at++;
  let end = at;
  while (end - at < 8 && (load<u8>(end) === 32 || load<u8>(end) === 9)) end++;
  if (isBare && end === at) return 0;
  const sign = load<u8>(end) === 0x3a ? end + 1 : end;
  if (load<u8>(sign) === 0x3d) return end > at || isGiven(sign + 1) ? end : 0;
  return at - 1 > from && load<u8>(at - 1) === 0x3a && load<u8>(at) === 0x3d && isGiven(at + 1) ? at - 1 : 0;
}

/** `[^=\s\0]` */
function isGiven(at: usize): bool {
  const byte = load<u8>(at);
  return byte !== 0x3d && byte !== 0 && !isBlank(byte);
}

/** `[A-Za-z][\w.:]{0,47}\([ \t]{0,8}(?=[brfuLN@$]{0,2}["'`])` */
function callAt(from: usize): usize {
  if (!isLetter(load<u8>(from))) return 0;
  let at = from + 1;
  while (at - from < 48 && isOfCall(load<u8>(at))) at++;
  if (load<u8>(at) !== 0x28) return 0;
  at++;
  const blank = at;
  while (at - blank < 8 && (load<u8>(at) === 32 || load<u8>(at) === 9)) at++;
  let end = at;
  while (end - at < 2 && isPrefix(load<u8>(end))) end++;
  return isQuote(load<u8>(end)) ? at : 0;
}

/** `[brfuLN@$]{1,2}(?=["'])` */
function skipPrefix(at: usize): usize {
  if (!isPrefix(load<u8>(at))) return at;
  const end = isPrefix(load<u8>(at, 1)) ? at + 2 : at + 1;
  return load<u8>(end) === 0x22 || load<u8>(end) === 0x27 ? end : at;
}

/** `(?:bearer|basic|token|apikey|bot)[ \t]+` */
function skipScheme(from: usize): usize {
  const four = load<u32>(from) | 0x20202020;
  const more = <u32>load<u16>(from, 4) | 0x2020;
  let at = from;
  if (four === 0x72616562 && more === 0x7265) at += 6;
  else if (four === 0x6b697061 && more === 0x7965) at += 6;
  else if (four === 0x69736162 && (more & 0xff) === 0x63) at += 5;
  else if (four === 0x656b6f74 && (more & 0xff) === 0x6e) at += 5;
  else if ((four & 0xffffff) === 0x746f62) at += 3;
  else return from;
  const end = skipTabs(at);
  return end === at ? from : end;
}

function isOption(nameStart: usize, text: usize): bool {
  return load<u8>(beginningOf(nameStart, text)) === 0x2d;
}

function beginningOf(nameStart: usize, text: usize): usize {
  let at = nameStart;
  while (nameStart - at < MOST_NAME && at > text && isName(load<u8>(at - 1))) at--;
  return at;
}

function isTab(byte: u8): bool {
  return byte === 32 || byte === 9;
}

function skipName(from: usize): usize {
  let at = from;
  while (at - from < MOST_NAME && isName(load<u8>(at))) at++;
  return at;
}

function skipSpaces(from: usize): usize {
  let at = from;
  while (at - from < MOST_SPACES && (load<u8>(at) === 32 || load<u8>(at) === 9)) at++;
  return at;
}

function isSeparator(byte: u8): bool {
  return byte === 0x5f || byte === 0x2d || byte === 0x2e || byte === 32;
}

function isLetter(byte: u8): bool {
  const small = byte | 0x20;
  return small >= 0x61 && small <= 0x7a;
}

function isAlphanumeric(byte: u8): bool {
  return isLetter(byte) || (byte >= 0x30 && byte <= 0x39);
}

function isName(byte: u8): bool {
  return isAlphanumeric(byte) || (isSeparator(byte) && byte !== 32) || byte >= 0x80;
}

/** `\w.:<>[]?` */
function isOfType(byte: u8): bool {
  return isOfCall(byte) || byte === 0x3c || byte === 0x3e || byte === 0x5b || byte === 0x5d || byte === 0x3f;
}

function isOfCall(byte: u8): bool {
  return isAlphanumeric(byte) || byte === 0x5f || byte === 0x2e || byte === 0x3a;
}

/** `brfuLN@$` */
function isPrefix(byte: u8): bool {
  return byte === 0x62 || byte === 0x72 || byte === 0x66 || byte === 0x75 || byte === 0x4c || byte === 0x4e || byte === 0x40 || byte === 0x24;
}

function isQuote(byte: u8): bool {
  return byte === 0x22 || byte === 0x27 || byte === 0x60;
}

/** `\"'`])}>*` */
function isClosing(byte: u8): bool {
  return isQuote(byte) || byte === 0x5c || byte === 0x5d || byte === 0x29 || byte === 0x7d || byte === 0x3e || byte === 0x2a;
}

/** `\"'`([{<` */
function isOpening(byte: u8): bool {
  return isQuote(byte) || byte === 0x5c || byte === 0x28 || byte === 0x5b || byte === 0x7b || byte === 0x3c;
}

function isBlank(byte: u8): bool {
  return byte === 32 || (byte >= 9 && byte <= 13) || byte === 160;
}

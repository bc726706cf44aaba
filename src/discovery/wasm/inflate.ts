/**
 * Inflates one zlib stream (RFC 1950, RFC 1951) whose inflated size is known, as git stores every object.
 *
 * The stream and the size are an attacker's: nothing is written beyond `dstLength` + 32 bytes, and nothing read beyond
 * `srcLength` + 16, which the caller keeps free. Equal to zlib on every stream that zlib takes.
 */

const LITERAL: u32 = 0x80000000;
const END: u32 = 0x8000;
const SUBTABLE: u32 = 0x4000;
const INVALID: u32 = 0x2000;
const EXCEPTIONAL: u32 = END | SUBTABLE | INVALID;

const LITERAL_BITS = 10;
const DISTANCE_BITS = 8;
const CODE_BITS = 7;

// Sizes: the root, and what subtables of 15-bit codes take at most (zlib's `enough`: 1332 and 592 for these roots).
const literalTable = memory.data(1440 * 4);
const distanceTable = memory.data(640 * 4);
const fixedLiteralTable = memory.data(1440 * 4);
const fixedDistanceTable = memory.data(640 * 4);
const codeTable = memory.data(128 * 4);
const lengths = memory.data(352);
const counts = memory.data(16 * 4);
const nextCode = memory.data(16 * 4);
const firstOf = memory.data(16 * 4);
const sorted = memory.data(320 * 2);

// RFC 1951 §3.2.5, §3.2.7
const LENGTH_BASE: StaticArray<u16> = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const LENGTH_EXTRA: StaticArray<u8> = [
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];
const DISTANCE_BASE: StaticArray<u16> = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
];
const CODE_ORDER: StaticArray<u8> = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

const LITERALS = 0;
const DISTANCES = 1;
const CODES = 2;

let fixedReady = false;

/** What a symbol means: value in the upper half, extra bits in bits 8 to 11, flags between. */
// @ts-ignore: decorator
@inline
function meaning(kind: i32, symbol: u32): u32 {
  if (kind === CODES) return symbol << 16;
  if (kind === DISTANCES) {
    if (symbol >= 30) return INVALID;
    const extra: u32 = symbol < 4 ? 0 : (symbol >> 1) - 1;
    return ((<u32>unchecked(DISTANCE_BASE[symbol])) << 16) | (extra << 8);
  }
  if (symbol < 256) return LITERAL | (symbol << 16);
  if (symbol === 256) return END;
  if (symbol > 285) return INVALID;
  return ((<u32>unchecked(LENGTH_BASE[symbol - 257])) << 16) | ((<u32>unchecked(LENGTH_EXTRA[symbol - 257])) << 8);
}

// @ts-ignore: decorator
@inline
function reversed(code: u32, length: u32): u32 {
  let bits = ((code >> 1) & 0x5555) | ((code & 0x5555) << 1);
  bits = ((bits >> 2) & 0x3333) | ((bits & 0x3333) << 2);
  bits = ((bits >> 4) & 0x0f0f) | ((bits & 0x0f0f) << 4);
  bits = ((bits >> 8) & 0x00ff) | ((bits & 0x00ff) << 8);
  return bits >> (16 - length);
}

/** Whether none of the eight symbols from here on has a code: most have none. */
// @ts-ignore: decorator
@inline
function noneOfEight(from: usize, symbol: i32, size: i32): bool {
  return (symbol & 7) === 0 && symbol + 8 <= size && load<u64>(from + symbol) === 0;
}

/** Writes a table's entries behind it once more; as few as four words too many may be written. @returns how many there are now */
// @ts-ignore: decorator
@inline
function doubled(table: usize, filled: u32): u32 {
  const bytes = <usize>filled << 2;
  for (let at: usize = 0; at < bytes; at += 16) v128.store(table + bytes + at, v128.load(table + at));
  return filled << 1;
}

/** Lays out a canonical Huffman code (RFC 1951 §3.2.2); false for a set of lengths that zlib refuses. */
function layOut(kind: i32, from: usize, size: i32, table: usize, rootBits: u32): bool {
  for (let at: usize = 0; at < 64; at += 16) v128.store(counts + at, i8x16.splat(0));
  for (let symbol = 0; symbol < size; symbol++) {
    if (noneOfEight(from, symbol, size)) {
      symbol += 7;
      continue;
    }
    const at = counts + ((<usize>load<u8>(from + symbol)) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  let longest: u32 = 15;
  while (longest > 0 && load<u32>(counts + (longest << 2)) === 0) longest--;
  let left: i32 = 1;
  for (let length: u32 = 1; length <= 15; length++) {
    left = (left << 1) - <i32>load<u32>(counts + (length << 2));
    if (left < 0) return false;
  }
  if (left > 0 && longest > 0 && (kind === CODES || longest !== 1)) return false;
  let code: u32 = 0;
  let first: u32 = 0;
  store<u32>(counts, 0);
  for (let length: u32 = 1; length <= 15; length++) {
    const before = load<u32>(counts + ((length - 1) << 2));
    code = (code + before) << 1;
    first += before;
    store<u32>(nextCode + (length << 2), code);
    store<u32>(firstOf + (length << 2), first);
  }
  for (let symbol = 0; symbol < size; symbol++) {
    if (noneOfEight(from, symbol, size)) {
      symbol += 7;
      continue;
    }
    const length = <u32>load<u8>(from + symbol);
    if (length === 0) continue;
    const at = firstOf + (length << 2);
    const place = load<u32>(at);
    store<u16>(sorted + (place << 1), <u16>symbol);
    store<u32>(at, place + 1);
  }
  // The table doubles with each length: an entry of n bits is copied to wherever its n bits stand at the end.
  store<u32>(table, INVALID);
  let place: u32 = 0;
  const shortEnd = longest < rootBits ? longest : rootBits;
  let filled: u32 = 1;
  for (let length: u32 = 1; length <= shortEnd; length++) {
    filled = doubled(table, filled);
    let next = load<u32>(nextCode + (length << 2));
    for (let count = load<u32>(counts + (length << 2)); count > 0; count--) {
      const symbol = <u32>load<u16>(sorted + (place++ << 1));
      store<u32>(table + (reversed(next++, length) << 2), meaning(kind, symbol) | length);
    }
  }
  while (filled < 1 << rootBits) filled = doubled(table, filled);
  if (longest <= rootBits) return true;
  const mask: u32 = (1 << rootBits) - 1;
  let end: u32 = 1 << rootBits;
  let prefix: u32 = 0xffffffff;
  let start: u32 = 0;
  let bits: u32 = 0;
  for (let length = rootBits + 1; length <= longest; length++) {
    let next = load<u32>(nextCode + (length << 2));
    for (let count = load<u32>(counts + (length << 2)); count > 0; count--) {
      const symbol = <u32>load<u16>(sorted + (place++ << 1));
      const word = reversed(next++, length);
      if ((word & mask) !== prefix) {
        prefix = word & mask;
        start = end;
        // As many bits as the codes need that remain with this prefix: all of one length, or of longer ones too.
        bits = length - rootBits;
        let room: i32 = (1 << bits) - <i32>count;
        while (room > 0 && bits + rootBits < longest) {
          bits++;
          room = (room << 1) - <i32>load<u32>(counts + ((bits + rootBits) << 2));
        }
        end += 1 << bits;
        store<u32>(table + (prefix << 2), SUBTABLE | (start << 16) | (bits << 8) | rootBits);
        for (let index = start; index < end; index++) store<u32>(table + (index << 2), INVALID);
      }
      const entry = meaning(kind, symbol) | (length - rootBits);
      for (let index = word >> rootBits; index < 1 << bits; index += 1 << (length - rootBits))
        store<u32>(table + ((start + index) << 2), entry);
    }
  }
  return true;
}

function layOutFixed(): void {
  memory.fill(lengths, 8, 144);
  memory.fill(lengths + 144, 9, 112);
  memory.fill(lengths + 256, 7, 24);
  memory.fill(lengths + 280, 8, 8);
  layOut(LITERALS, lengths, 288, fixedLiteralTable, LITERAL_BITS);
  memory.fill(lengths, 5, 32);
  layOut(DISTANCES, lengths, 32, fixedDistanceTable, DISTANCE_BITS);
  fixedReady = true;
}

const TRUNCATED = -1;
const MALFORMED = -2;
const WRONG_SIZE = -3;

/** RFC 1950 §8.2; the sums are taken modulo 65521 before they can overflow. */
function adler32(at: usize, length: usize): u32 {
  let a: u32 = 1;
  let b: u32 = 0;
  while (length > 0) {
    let block: usize = length < 5552 ? length : 5552;
    length -= block;
    // How often each byte of sixteen is counted in the second sum.
    const weights = i8x16(16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1);
    let sums = i32x4.splat(0);
    let sumsBefore = i32x4.splat(0);
    let weighted = i32x4.splat(0);
    b += a * <u32>(block & ~15);
    for (; block >= 16; block -= 16, at += 16) {
      const bytes = v128.load(at);
      sumsBefore = i32x4.add(sumsBefore, sums);
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes)));
      const products = i16x8.add(i16x8.extmul_low_i8x16_u(bytes, weights), i16x8.extmul_high_i8x16_u(bytes, weights));
      weighted = i32x4.add(weighted, i32x4.extadd_pairwise_i16x8_u(products));
    }
    a += lanes(sums);
    b += 16 * lanes(sumsBefore) + lanes(weighted);
    for (; block > 0; block--) {
      a += load<u8>(at++);
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return (b << 16) | a;
}

// @ts-ignore: decorator
@inline
function lanes(sums: v128): u32 {
  const pairs = i32x4.add(sums, i32x4.shuffle(sums, sums, 2, 3, 0, 1));
  return <u32>(i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1));
}

/**
 * @returns how many bytes of the source the stream took; or -1 where it ends too early, -2 where it is malformed, -3 where it
 *   holds more or less than `dstLength` bytes
 */
export function inflate(src: usize, srcLength: usize, dst: usize, dstLength: usize): i32 {
  if (srcLength < 6) return TRUNCATED;
  const cmf = <u32>load<u8>(src);
  const flags = <u32>load<u8>(src, 1);
  if ((cmf & 15) !== 8 || cmf >> 4 > 7 || ((cmf << 8) | flags) % 31 !== 0 || (flags & 0x20) !== 0) return MALFORMED;
  if (!fixedReady) layOutFixed();
  const srcEnd = src + srcLength;
  const dstEnd = dst + dstLength;
  let next = src + 2;
  let out = dst;
  let buffer: u64 = 0;
  let held: u32 = 0;
  let last = false;
  while (!last) {
    buffer |= load<u64>(next) << (<u64>held);
    next += (63 - held) >> 3;
    held |= 56;
    if (next - (held >> 3) >= srcEnd) return TRUNCATED;
    last = (buffer & 1) !== 0;
    const kind = <u32>(buffer >> 1) & 3;
    buffer >>= 3;
    held -= 3;
    if (kind === 3) return MALFORMED;
    if (kind === 0) {
      next -= held >> 3;
      if (next + 4 > srcEnd) return TRUNCATED;
      const size = <usize>load<u16>(next);
      if (size !== (<usize>load<u16>(next, 2) ^ 0xffff)) return MALFORMED;
      next += 4;
      if (next + size > srcEnd) return TRUNCATED;
      if (out + size > dstEnd) return WRONG_SIZE;
      memory.copy(out, next, size);
      next += size;
      out += size;
      buffer = 0;
      held = 0;
      continue;
    }
    let literals = fixedLiteralTable;
    let distances = fixedDistanceTable;
    if (kind === 2) {
      const literalCount = (<u32>buffer & 31) + 257;
      const distanceCount = (<u32>(buffer >> 5) & 31) + 1;
      const codeCount = (<u32>(buffer >> 10) & 15) + 4;
      buffer >>= 14;
      held -= 14;
      if (literalCount > 286 || distanceCount > 30) return MALFORMED;
      v128.store(lengths, i8x16.splat(0));
      v128.store(lengths + 16, i8x16.splat(0));
      for (let index: u32 = 0; index < codeCount; index++) {
        if (held < 3) {
          buffer |= load<u64>(next) << (<u64>held);
          next += (63 - held) >> 3;
          held |= 56;
        }
        store<u8>(lengths + <usize>unchecked(CODE_ORDER[index]), <u8>(buffer & 7));
        buffer >>= 3;
        held -= 3;
      }
      if (next - (held >> 3) > srcEnd) return TRUNCATED;
      if (!layOut(CODES, lengths, 19, codeTable, CODE_BITS)) return MALFORMED;
      const total = literalCount + distanceCount;
      let index: u32 = 0;
      while (index < total) {
        if (next - (held >> 3) > srcEnd) return TRUNCATED;
        buffer |= load<u64>(next) << (<u64>held);
        next += (63 - held) >> 3;
        held |= 56;
        const entry = load<u32>(codeTable + ((<u32>buffer & 127) << 2));
        if ((entry & INVALID) !== 0) return MALFORMED;
        buffer >>= <u64>(entry & 15);
        held -= entry & 15;
        const symbol = entry >> 16;
        if (symbol < 16) {
          store<u8>(lengths + index++, <u8>symbol);
          continue;
        }
        let repeat: u32;
        let value: u8 = 0;
        if (symbol === 16) {
          if (index === 0) return MALFORMED;
          value = load<u8>(lengths + index - 1);
          repeat = 3 + (<u32>buffer & 3);
          buffer >>= 2;
          held -= 2;
        } else if (symbol === 17) {
          repeat = 3 + (<u32>buffer & 7);
          buffer >>= 3;
          held -= 3;
        } else {
          repeat = 11 + (<u32>buffer & 127);
          buffer >>= 7;
          held -= 7;
        }
        if (index + repeat > total) return MALFORMED;
        // What is written too much the next lengths are written over.
        const repeated = i8x16.splat(<i8>value);
        const after = index + repeat;
        for (; index < after; index += 16) v128.store(lengths + index, repeated);
        index = after;
      }
      if (load<u8>(lengths, 256) === 0) return MALFORMED;
      literals = literalTable;
      distances = distanceTable;
      if (!layOut(LITERALS, lengths, literalCount, literals, LITERAL_BITS)) return MALFORMED;
      if (!layOut(DISTANCES, lengths + literalCount, distanceCount, distances, DISTANCE_BITS)) return MALFORMED;
    }
    while (true) {
      if (next - (held >> 3) > srcEnd) return TRUNCATED;
      if (out > dstEnd) return WRONG_SIZE;
      buffer |= load<u64>(next) << (<u64>held);
      next += (63 - held) >> 3;
      held |= 56;
      let entry = load<u32>(literals + ((<u32>buffer & 1023) << 2));
      if (<i32>entry < 0) {
        buffer >>= <u64>(entry & 15);
        held -= entry & 15;
        store<u8>(out++, <u8>(entry >> 16));
        entry = load<u32>(literals + ((<u32>buffer & 1023) << 2));
        if (<i32>entry < 0) {
          buffer >>= <u64>(entry & 15);
          held -= entry & 15;
          store<u8>(out++, <u8>(entry >> 16));
          entry = load<u32>(literals + ((<u32>buffer & 1023) << 2));
          if (<i32>entry < 0) {
            buffer >>= <u64>(entry & 15);
            held -= entry & 15;
            store<u8>(out++, <u8>(entry >> 16));
            continue;
          }
        }
        // A length and a distance take 48 bits at most.
        buffer |= load<u64>(next) << (<u64>held);
        next += (63 - held) >> 3;
        held |= 56;
      }
      if ((entry & EXCEPTIONAL) !== 0) {
        if ((entry & SUBTABLE) !== 0) {
          buffer >>= LITERAL_BITS;
          held -= LITERAL_BITS;
          entry = load<u32>(
            literals + ((((entry >> 16) & 0x7fff) + (<u32>buffer & ((1 << ((entry >> 8) & 15)) - 1))) << 2),
          );
          if (<i32>entry < 0) {
            buffer >>= <u64>(entry & 15);
            held -= entry & 15;
            store<u8>(out++, <u8>(entry >> 16));
            continue;
          }
        }
        if ((entry & INVALID) !== 0) return next - (held >> 3) > srcEnd ? TRUNCATED : MALFORMED;
        if ((entry & END) !== 0) {
          buffer >>= <u64>(entry & 15);
          held -= entry & 15;
          break;
        }
      }
      buffer >>= <u64>(entry & 15);
      held -= entry & 15;
      let extra = (entry >> 8) & 15;
      const length = <usize>((entry >> 16) + (<u32>buffer & ((1 << extra) - 1)));
      buffer >>= <u64>extra;
      held -= extra;
      entry = load<u32>(distances + ((<u32>buffer & 255) << 2));
      if ((entry & (SUBTABLE | INVALID)) !== 0) {
        if ((entry & SUBTABLE) !== 0) {
          buffer >>= DISTANCE_BITS;
          held -= DISTANCE_BITS;
          entry = load<u32>(distances + (((entry >> 16) + (<u32>buffer & ((1 << ((entry >> 8) & 15)) - 1))) << 2));
        }
        if ((entry & INVALID) !== 0) return next - (held >> 3) > srcEnd ? TRUNCATED : MALFORMED;
      }
      buffer >>= <u64>(entry & 15);
      held -= entry & 15;
      extra = (entry >> 8) & 15;
      const distance = <usize>((entry >> 16) + (<u32>buffer & ((1 << extra) - 1)));
      buffer >>= <u64>extra;
      held -= extra;
      if (distance > out - dst) return MALFORMED;
      if (out + length > dstEnd) return WRONG_SIZE;
      let from = out - distance;
      const end = out + length;
      if (distance >= 16) {
        do {
          v128.store(out, v128.load(from));
          out += 16;
          from += 16;
        } while (out < end);
      } else if (distance >= 8) {
        do {
          store<u64>(out, load<u64>(from));
          out += 8;
          from += 8;
        } while (out < end);
      } else if (distance === 1) {
        const bytes = i8x16.splat(load<i8>(from));
        do {
          v128.store(out, bytes);
          out += 16;
        } while (out < end);
      } else {
        do store<u8>(out++, load<u8>(from++));
        while (out < end);
      }
      out = end;
    }
  }
  next -= held >> 3;
  if (next + 4 > srcEnd) return TRUNCATED;
  if (out !== dstEnd) return WRONG_SIZE;
  const sum = bswap<u32>(load<u32>(next));
  if (sum !== adler32(dst, dstLength)) return MALFORMED;
  return <i32>(next + 4 - src);
}

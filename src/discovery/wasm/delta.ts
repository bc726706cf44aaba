/** The nearest two ranges of a delta stand apart; closer ones are one, as they would be once they are widened. */
const TOGETHER: usize = 512;

const MALFORMED = -2;
const WRONG_BASE = -3;

/** Longer pieces are the engine's own to copy; to ask it for a shorter one takes longer than to copy it. */
const SHORT: usize = 256;

let at: usize = 0;

/** Sixteen bytes at a time, where so many have room before the end. */
// @ts-ignore: decorator
@inline
function copy(to: usize, from: usize, length: usize, end: usize): void {
  if (length > SHORT || to + length + 15 > end) {
    memory.copy(to, from, length);
    return;
  }
  for (let done: usize = 0; done < length; done += 16) v128.store(to + done, v128.load(from + done));
}

/** gitformat-pack, "Size encoding": seven bits a byte, the least first. Beyond 2^53 it is nobody's size. */
function size(end: usize): u64 {
  let value: u64 = 0;
  let shift: u64 = 0;
  while (at < end && shift < 56) {
    const byte = <u64>load<u8>(at++);
    value |= (byte & 127) << shift;
    if (byte < 128) return value;
    shift += 7;
  }
  return 0xffffffffffff;
}

/** What the delta says its result is long, or -2 where it is none for a base of that length. */
export function deltaTarget(delta: usize, deltaLength: usize, baseLength: usize): f64 {
  at = delta;
  const end = delta + deltaLength;
  if (size(end) !== <u64>baseLength) return WRONG_BASE;
  const target = size(end);
  return target === 0xffffffffffff ? MALFORMED : <f64>target;
}

/**
 * Applies a delta (gitformat-pack, "Deltified representation"), and says what of its result stands in no part of the base
 * as one piece: the inserted ranges, and, as empty ones, the places where two copies meet that are no neighbours in it.
 *
 * Up to fifteen bytes behind its sources are read.
 *
 * @param ranges receives pairs of u32 offsets into the result, ascending; a pair for every 512 bytes of it, and one, suffice
 * @returns how many ranges, or -2 where the delta is malformed: an instruction of the attacker's may point anywhere
 */
export function applyDelta(
  base: usize,
  baseLength: usize,
  delta: usize,
  deltaLength: usize,
  dst: usize,
  dstLength: usize,
  ranges: usize,
): i32 {
  at = delta;
  const end = delta + deltaLength;
  if (size(end) !== <u64>baseLength || size(end) !== <u64>dstLength) return MALFORMED;
  let next = at;
  let out: usize = 0;
  let count: usize = 0;
  let lastEnd: usize = 0;
  // Where the copy before ended in the base; the beginning counts as such, what follows an insertion is of its range.
  let expected: usize = 0;
  while (next < end) {
    const code = <u32>load<u8>(next++);
    let from = out;
    if ((code & 128) !== 0) {
      let offset: usize = 0;
      let length: usize = 0;
      if (next + popcnt<u32>(code & 127) > end) return MALFORMED;
      if ((code & 1) !== 0) offset = load<u8>(next++);
      if ((code & 2) !== 0) offset |= (<usize>load<u8>(next++)) << 8;
      if ((code & 4) !== 0) offset |= (<usize>load<u8>(next++)) << 16;
      if ((code & 8) !== 0) offset |= (<usize>load<u8>(next++)) << 24;
      if ((code & 16) !== 0) length = load<u8>(next++);
      if ((code & 32) !== 0) length |= (<usize>load<u8>(next++)) << 8;
      if ((code & 64) !== 0) length |= (<usize>load<u8>(next++)) << 16;
      if (length === 0) length = 0x10000;
      if (offset > baseLength || length > baseLength - offset || length > dstLength - out) return MALFORMED;
      copy(dst + out, base + offset, length, dst + dstLength);
      out += length;
      const follows = offset === expected;
      expected = offset + length;
      if (follows) continue;
      if (count > 0 && from <= lastEnd + TOGETHER) {
        if (from > lastEnd) lastEnd = from;
        store<u32>(ranges + (count << 3) - 4, lastEnd);
        continue;
      }
      store<u32>(ranges + (count << 3), from);
      store<u32>(ranges + (count << 3) + 4, from);
      lastEnd = from;
      count++;
      continue;
    }
    const length = <usize>code;
    if (length === 0 || next + length > end || length > dstLength - out) return MALFORMED;
    copy(dst + out, next, length, dst + dstLength);
    next += length;
    out += length;
    if (count > 0 && from <= lastEnd + TOGETHER) store<u32>(ranges + (count << 3) - 4, out);
    else {
      store<u32>(ranges + (count << 3), from);
      store<u32>(ranges + (count << 3) + 4, out);
      count++;
    }
    lastEnd = out;
  }
  if (out !== dstLength) return MALFORMED;
  if (expected !== baseLength && lastEnd !== out) {
    if (count > 0 && out <= lastEnd + TOGETHER) store<u32>(ranges + (count << 3) - 4, out);
    else {
      store<u32>(ranges + (count << 3), out);
      store<u32>(ranges + (count << 3) + 4, out);
      count++;
    }
  }
  return <i32>count;
}

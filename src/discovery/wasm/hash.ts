// A keyed hash of what ends with a byte: UMAC's NH (Black, Halevi, Krawczyk, Krovetz and Rogaway, 1999), twice with shifted keys, each folded
// to 32 bits. Whoever does not know the keys cannot write two texts that have the same.
//
// Layout of the keys, little endian: u32 × 260, then u64 × 3, of the length, and two odd ones to fold by.

const FOLDING: usize = 1040;
export const KEY_BYTES: usize = FOLDING + 24;
/** There are no keys for more. */
const MOST_BYTES: usize = 1024;

let hash: u64 = 0;

/** Of what was hashed last; it is odd. */
// @ts-ignore: decorator
@inline
export function hashed(): u64 {
  return hash;
}

/** Hashes what begins here, up to the first of a byte. @returns the place behind that, or 0 where it does not stand before `end`, or too far away */
// @ts-ignore: decorator
@inline
export function hashTo(at: usize, end: usize, last: u8, keys: usize): usize {
  const most = end - at > MOST_BYTES ? at + MOST_BYTES : end;
  let key = keys;
  let one = i64x2.splat(0);
  let other = i64x2.splat(0);
  for (let from = at; from < most; from += 16, key += 16) {
    let bytes = v128.load(from);
    const ends = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(last)));
    // What stands before the end alone; behind it noughts.
    if (ends !== 0) bytes = v128.and(bytes, before(ctz(ends)));
    one = i64x2.add(one, products(bytes, key));
    other = i64x2.add(other, products(bytes, key + 16));
    if (ends === 0) continue;
    const stop = from + ctz(ends);
    if (stop >= end) return 0;
    const length = <u64>(stop - at) * load<u64>(keys, FOLDING);
    const high = (sum(one) + length) * load<u64>(keys, FOLDING + 8);
    const low = (sum(other) + length) * load<u64>(keys, FOLDING + 16);
    hash = (high & 0xffffffff00000000) | (low >> 32) | 1;
    return stop + 1;
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function before(count: i32): v128 {
  return i8x16.lt_u(i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), i8x16.splat(<i8>count));
}

/** The first word and the third, the second and the fourth, each with its key added, multiplied. */
// @ts-ignore: decorator
@inline
function products(bytes: v128, key: usize): v128 {
  const keyed = i32x4.add(bytes, v128.load(key));
  return i64x2.extmul_low_i32x4_u(keyed, i32x4.shuffle(keyed, keyed, 2, 3, 0, 1));
}

// @ts-ignore: decorator
@inline
function sum(pair: v128): u64 {
  return i64x2.extract_lane(pair, 0) + i64x2.extract_lane(pair, 1);
}

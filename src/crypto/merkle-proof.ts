import { nodeHash, type Range } from './merkle.js';

/**
 * The ranges whose hashes prove that leaf `index` is in the tree of `size` leaves, from the leaf upwards
 * (RFC 6962 §2.1.1).
 *
 * @throws RangeError unless 0 ≤ index < size
 */
export function inclusionRanges(index: number, size: number): Range[] {
  if (!isSize(size) || !isSize(index) || index >= size) throw new RangeError('The index lies outside the tree.');
  const proof: Range[] = [];
  let { start, end } = { start: 0, end: size };
  while (end - start > 1) {
    const middle = start + largestPowerBelow(end - start);
    if (index < middle) {
      proof.unshift({ start: middle, end });
      end = middle;
    } else {
      proof.unshift({ start, end: middle });
      start = middle;
    }
  }
  return proof;
}

/**
 * The ranges whose hashes prove that the tree of `to` leaves extends the tree of `from` leaves (RFC 6962 §2.1.2).
 *
 * @throws RangeError unless 0 < from ≤ to
 */
export function consistencyRanges(from: number, to: number): Range[] {
  if (!isSize(from) || !isSize(to) || from === 0 || from > to) throw new RangeError('The sizes are not in order.');
  const proof: Range[] = [];
  let { start, end, whole } = { start: 0, end: to, whole: true };
  while (end !== from) {
    const middle = start + largestPowerBelow(end - start);
    if (from <= middle) {
      proof.unshift({ start: middle, end });
      end = middle;
    } else {
      proof.unshift({ start, end: middle });
      start = middle;
      whole = false;
    }
  }
  return whole ? proof : [{ start, end }, ...proof];
}

/**
 * Whether the proof shows that a leaf stands at `index` of the tree with that root (RFC 9162 §2.1.3.2).
 *
 * Every argument may come from an attacker; anything malformed is simply not proved.
 */
export function provesInclusion(
  index: number,
  size: number,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!isSize(size) || !isSize(index) || index >= size) return false;
  let hash: Uint8Array = leaf;
  let [node, last] = [index, size - 1];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equal(hash, root);
}

/**
 * Whether the proof shows that the tree of `to` leaves begins with the tree of `from` leaves (RFC 9162 §2.1.4.2).
 *
 * Nothing is proved from an empty tree: every tree extends it, and there is nothing to compare.
 */
export function provesConsistency(
  from: number,
  to: number,
  fromRoot: Uint8Array,
  toRoot: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  if (!isSize(from) || !isSize(to) || from === 0 || from > to) return false;
  if (from === to) return proof.length === 0 && equal(fromRoot, toRoot);
  const path = isPowerOfTwo(from) ? [fromRoot, ...proof] : [...proof];
  if (path.length === 0) return false;
  let [node, last] = [from - 1, to - 1];
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  const [seed, ...siblings] = path;
  let [older, newer] = [seed!, seed!];
  for (const sibling of siblings) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      older = nodeHash(sibling, older);
      newer = nodeHash(sibling, newer);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      newer = nodeHash(newer, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equal(older, fromRoot) && equal(newer, toRoot);
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

/** Bit operators would cut to 32 bits; a log may grow past that. */
function half(value: number): number {
  return Math.floor(value / 2);
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isPowerOfTwo(value: number): boolean {
  return largestPowerBelow(value * 2) === value;
}

/** The largest power of two smaller than the value, which is at least 2. */
function largestPowerBelow(value: number): number {
  let power = 1;
  while (power * 2 < value) power *= 2;
  return power;
}

import { createHash } from 'node:crypto';

/** Bytes of a SHA-256 hash. */
export const HASH_BYTES = 32;

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

/** The hash of an entry (RFC 6962 §2.1); its prefix keeps it from passing for a node. */
export function leafHash(entry: Uint8Array): Buffer {
  return createHash('sha256').update(LEAF).update(entry).digest();
}

/** The hash of a node over its two subtrees (RFC 6962 §2.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash('sha256').update(NODE).update(left).update(right).digest();
}

/** The root of a tree without leaves: the hash of nothing (RFC 6962 §2.1). */
export function emptyRoot(): Buffer {
  return createHash('sha256').digest();
}

/** The root over leaf hashes, left to right (RFC 6962 §2.1). */
export function rootOf(leafHashes: readonly Buffer[]): Buffer {
  if (leafHashes.length === 0) return emptyRoot();
  let level = leafHashes;
  while (level.length > 1) level = pairUp(level);
  return level[0]!;
}

/** One level up: neighbours are joined, and an odd one out at the right edge moves up as it is. */
function pairUp(level: readonly Buffer[]): Buffer[] {
  const above: Buffer[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const right = level[i + 1];
    above.push(right ? nodeHash(level[i]!, right) : level[i]!);
  }
  return above;
}

/** Leaves from `start` up to, not including, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A whole subtree: the leaves from `index · 2^level` to `(index + 1) · 2^level`. Its hash never changes again. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

/**
 * Cuts a range into the largest whole subtrees, left to right.
 *
 * The range must be one whose hash occurs in a tree: it starts at a multiple of every subtree's size in it, as all
 * ranges of RFC 6962 do. Sizes up to 2^53 - 1.
 */
export function subtreesOf({ start, end }: Range): Subtree[] {
  const subtrees: Subtree[] = [];
  for (let at = start; at < end;) {
    const level = Math.floor(Math.log2(end - at));
    const size = 2 ** level;
    subtrees.push({ level, index: at / size });
    at += size;
  }
  return subtrees;
}

/** The hash of a range from those of its subtrees, in the order of {@link subtreesOf}. */
export function joinSubtrees(hashes: readonly Buffer[]): Buffer {
  if (hashes.length === 0) return emptyRoot();
  return hashes.reduceRight((right, left) => nodeHash(left, right));
}

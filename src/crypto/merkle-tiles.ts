import { type Subtree, joinSubtrees, nodeHash, subtreesOf } from './merkle.js';

/** Hashes in a whole tile (C2SP tlog-tiles). */
export const TILE_WIDTH = 256;
/** Levels of the binary tree that one tile spans. */
const TILE_HEIGHT = 8;

/** Hashes `from` up to, not including, `to` of one level of tiles: each the root of a whole subtree of 256^level leaves. */
export interface TileRange {
  readonly level: number;
  readonly from: number;
  readonly to: number;
}

/** Where the tiles keep what a subtree's hash is computed from; never more than 128 hashes, all of one tile. */
export function tileRangeOf({ level, index }: Subtree): TileRange {
  const width = 2 ** (level % TILE_HEIGHT);
  return { level: Math.floor(level / TILE_HEIGHT), from: index * width, to: (index + 1) * width };
}

/** The hash of a whole subtree from the hashes that {@link tileRangeOf} names. */
export function subtreeHash(hashes: readonly Buffer[]): Buffer {
  let level = hashes;
  while (level.length > 1)
    level = Array.from({ length: level.length / 2 }, (_, i) => nodeHash(level[2 * i]!, level[2 * i + 1]!));
  return level[0]!;
}

/** One hash of a tile above the leaves, complete for ever. */
export interface TileHash {
  readonly level: number;
  readonly index: number;
  readonly hash: Buffer;
}

/**
 * The right edge of a growing tree: for every level of tiles the hashes of its last, partial tile. That is all it takes
 * to append, however large the tree.
 */
export class TreeEdge {
  private constructor(
    /** Leaves in the tree. */
    readonly size: number,
    private readonly levels: readonly (readonly Buffer[])[],
  ) {}

  static readonly empty = new TreeEdge(0, []);

  /** Which hashes make the edge of a tree of that size, one range for each level, some of them empty. */
  static rangesOf(size: number): TileRange[] {
    const ranges: TileRange[] = [];
    for (
      let { level, count } = { level: 0, count: size };
      count > 0;
      level += 1, count = Math.floor(count / TILE_WIDTH)
    )
      ranges.push({ level, from: count - (count % TILE_WIDTH), to: count });
    return ranges;
  }

  /** The edge from the hashes that {@link rangesOf} names, level by level. */
  static of(size: number, levels: readonly (readonly Buffer[])[]): TreeEdge {
    const expected = TreeEdge.rangesOf(size).map(({ from, to }) => to - from);
    if (expected.length !== levels.length || levels.some((hashes, level) => hashes.length !== expected[level]))
      throw new RangeError('The hashes are not those at the edge of a tree of that size.');
    return new TreeEdge(size, levels);
  }

  /** The edge after these leaves were appended, and the tiles' hashes that have become complete on the way. */
  append(leafHashes: readonly Buffer[]): { readonly edge: TreeEdge; readonly complete: readonly TileHash[] } {
    const levels: Buffer[][] = [];
    const complete: TileHash[] = [];
    let { arriving, level, count } = { arriving: [...leafHashes], level: 0, count: this.size };
    while (arriving.length > 0 || level < this.levels.length) {
      const open = [...(this.levels[level] ?? []), ...arriving];
      const firstAbove = Math.floor(count / TILE_WIDTH);
      const whole = Math.floor(open.length / TILE_WIDTH);
      arriving = Array.from({ length: whole }, (_, i) => subtreeHash(open.slice(i * TILE_WIDTH, (i + 1) * TILE_WIDTH)));
      complete.push(...arriving.map((hash, i) => ({ level: level + 1, index: firstAbove + i, hash })));
      levels.push(open.slice(whole * TILE_WIDTH));
      count = firstAbove;
      level += 1;
    }
    return { edge: new TreeEdge(this.size + leafHashes.length, levels), complete };
  }

  /** The tree's root (RFC 6962 §2.1). */
  root(): Buffer {
    const subtrees = subtreesOf({ start: 0, end: this.size });
    return joinSubtrees(subtrees.map((subtree) => this.hashOf(subtree)));
  }

  private hashOf(subtree: Subtree): Buffer {
    const { level, from, to } = tileRangeOf(subtree);
    const open = this.levels[level]!;
    const first = TreeEdge.rangesOf(this.size)[level]!.from;
    return subtreeHash(open.slice(from - first, to - first));
  }
}

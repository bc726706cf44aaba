import {
  HASH_BYTES,
  joinSubtrees,
  type Range,
  subtreeHash,
  subtreesOf,
  TILE_WIDTH,
  type TileRange,
  tileRangeOf,
} from '../crypto/index.js';
import type { Query } from './query.js';

const TILES = `
  SELECT wanted.level, wanted.tile, string_agg(held.hash, ''::bytea ORDER BY held.index) AS hashes
  FROM unnest($1::int[], $2::bigint[]) AS wanted (level, tile),
    LATERAL (
      SELECT index, leaf_hash AS hash FROM audit.leaves
        WHERE wanted.level = 0 AND index >= wanted.tile * ${TILE_WIDTH} AND index < (wanted.tile + 1) * ${TILE_WIDTH}
      UNION ALL
      SELECT index, hash FROM audit.tile_hashes
        WHERE wanted.level > 0 AND level = wanted.level
          AND index >= wanted.tile * ${TILE_WIDTH} AND index < (wanted.tile + 1) * ${TILE_WIDTH}
    ) AS held
  GROUP BY wanted.level, wanted.tile`;

/** Hashes of the tree as stored, read tile by tile (C2SP tlog-tiles). */
export class TreeHashes {
  private constructor(private readonly tiles: ReadonlyMap<string, Buffer>) {}

  /** Reads every tile that these ranges of hashes lie in, each once. A range never crosses two tiles. */
  static async load(query: Query, ranges: readonly TileRange[]): Promise<TreeHashes> {
    const wanted = new Map(ranges.map((range) => [nameOf(range), { level: range.level, tile: tileOf(range) }]));
    const rows = await query<{ level: number; tile: string; hashes: Buffer }>(TILES, [
      [...wanted.values()].map(({ level }) => level),
      [...wanted.values()].map(({ tile }) => tile),
    ]);
    return new TreeHashes(new Map(rows.map(({ level, tile, hashes }) => [`${level}/${tile}`, hashes])));
  }

  /** Reads what the hashes of these ranges of leaves are computed from. */
  static loadFor(query: Query, ranges: readonly Range[]): Promise<TreeHashes> {
    return TreeHashes.load(query, ranges.flatMap(subtreesOf).map(tileRangeOf));
  }

  /** The hash of a range of leaves. */
  hashOf(range: Range): Buffer {
    return joinSubtrees(subtreesOf(range).map((subtree) => subtreeHash(this.slice(tileRangeOf(subtree)))));
  }

  /** @throws Error when the tree does not reach that far */
  slice(range: TileRange): Buffer[] {
    const tile = this.tiles.get(nameOf(range)) ?? Buffer.alloc(0);
    const first = tileOf(range) * TILE_WIDTH;
    if (tile.length < (range.to - first) * HASH_BYTES)
      throw new Error(`The tree lacks hashes ${range.from} to ${range.to} of level ${range.level}.`);
    return Array.from({ length: range.to - range.from }, (_, i) => {
      const at = (range.from - first + i) * HASH_BYTES;
      return tile.subarray(at, at + HASH_BYTES);
    });
  }
}

function tileOf({ from }: TileRange): number {
  return Math.floor(from / TILE_WIDTH);
}

function nameOf(range: TileRange): string {
  return `${range.level}/${tileOf(range)}`;
}

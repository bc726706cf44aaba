import { leafHash, TreeEdge, type TileHash } from '../crypto/index.js';
import { SEQUENCED } from './channels.js';
import { type LeafColumns, leafColumns } from './domain/leaf-columns.js';
import type { Query } from './query.js';
import { TreeHashes } from './tree-hashes.js';

/** Records taken into the tree by one transaction. */
export const BATCH_RECORDS = 5_000;

/** A number that was handed out, and a transaction id above those of all who had drawn one up to it. */
interface Watched {
  readonly n: number;
  readonly beforeId: bigint;
}

interface NumberedLeaf {
  readonly n: number;
  readonly leaf: LeafColumns;
  readonly hash: Buffer;
}

/** What one turn did. `full`: there may be more, take another turn at once. */
export interface Turn {
  readonly added: number;
  readonly full: boolean;
}

/**
 * Takes committed records into the tree, on one connection that holds the sequencer's lock.
 *
 * Every turn is one transaction: a crash anywhere leaves the tree as it was before or as it is after. The database holds
 * it to that: an index or a record is taken once, and indexes have no gap.
 */
export class Sequencing {
  private watched: Watched | undefined;

  private constructor(
    private readonly query: Query,
    private tree: TreeEdge,
    private completeTo: number,
  ) {}

  /**
   * Takes up the tree where the last batch left it.
   *
   * @throws Error when leaves and batches disagree: somebody changed them
   */
  static async resume(query: Query): Promise<Sequencing> {
    const [last] = await query<{ size: string; complete_to: string; leaves: string }>(
      `SELECT size, complete_to, (SELECT coalesce(max(index) + 1, 0) FROM audit.leaves) AS leaves FROM (
         SELECT size, complete_to FROM audit.batches UNION ALL SELECT 0, 0 ORDER BY size DESC LIMIT 1) AS last`,
    );
    const size = Number(last!.size);
    if (Number(last!.leaves) !== size)
      throw new Error(`The log was altered: ${last!.leaves} leaves, but its last batch ended at ${size}.`);
    const ranges = TreeEdge.rangesOf(size);
    const hashes = await TreeHashes.load(query, ranges);
    const edge = TreeEdge.of(
      size,
      ranges.map((range) => hashes.slice(range)),
    );
    return new Sequencing(query, edge, Number(last!.complete_to));
  }

  /** Leaves in the tree. */
  get size(): number {
    return this.tree.size;
  }

  /** Takes the next records that are committed and have no leaf, in order of their numbers. */
  async turn(limit = BATCH_RECORDS): Promise<Turn> {
    await this.watch();
    // No number was handed out since all of them were complete: there is nothing to be seen.
    if (!this.watched) return { added: 0, full: false };
    await this.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    const [snapshot] = await this.query<{ seen_at: Date; oldest: string }>(
      `SELECT now() AS seen_at, pg_snapshot_xmin(pg_current_snapshot())::text AS oldest`,
    );
    const waiting = await this.waiting(limit);
    const full = waiting.length === limit;
    const completeTo = full ? this.completeTo : this.completeAt(BigInt(snapshot!.oldest));
    const { edge, complete } = this.tree.append(waiting.map(({ hash }) => hash));
    if (waiting.length > 0) await this.store(waiting, complete, edge.size, completeTo, full ? null : snapshot!.seen_at);
    await this.query('COMMIT');
    this.advance(edge, completeTo);
    return { added: waiting.length, full };
  }

  /**
   * Remembers the last number handed out, and takes a transaction id after it. Whoever drew that number or a lower one
   * had a lower id by then (`audit.next_number`), so once all lower ids have ended, whatever will ever be committed up
   * to that number is there to be seen. (A snapshot's xmax would not do: it lies above the last id that *ended*, and
   * newer ones may be open.)
   */
  private async watch(): Promise<void> {
    if (this.watched) return;
    const [drawn] = await this.query<{ n: string }>(
      `SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS n FROM audit.record_numbers`,
    );
    if (Number(drawn!.n) <= this.completeTo) return;
    const [own] = await this.query<{ id: string }>(`SELECT pg_current_xact_id()::text AS id`);
    this.watched = { n: Number(drawn!.n), beforeId: BigInt(own!.id) };
  }

  /** The low-water mark in a snapshot whose oldest running transaction is that one. */
  private completeAt(oldest: bigint): number {
    return this.watched && oldest >= this.watched.beforeId ? this.watched.n : this.completeTo;
  }

  private advance(edge: TreeEdge, completeTo: number): void {
    this.tree = edge;
    this.completeTo = completeTo;
    if (this.watched && completeTo >= this.watched.n) this.watched = undefined;
  }

  private async waiting(limit: number): Promise<NumberedLeaf[]> {
    const rows = await this.query<{ n: string; leaf: string }>(
      `SELECT r.n, r.leaf FROM audit.records r LEFT JOIN audit.leaves l ON l.n = r.n AND l.n > $1
       WHERE r.n > $1 AND l.n IS NULL ORDER BY r.n LIMIT $2`,
      [this.completeTo, limit],
    );
    return rows.map(({ n, leaf: text }) => ({
      n: Number(n),
      leaf: leafColumns(text),
      hash: leafHash(Buffer.from(text)),
    }));
  }

  private async store(
    waiting: readonly NumberedLeaf[],
    complete: readonly TileHash[],
    size: number,
    completeTo: number,
    seenAt: Date | null,
  ): Promise<void> {
    await this.query(
      `INSERT INTO audit.leaves (index, n, leaf_hash, type, actor, subject, at)
       SELECT $1::bigint + place - 1, n, leaf_hash, type, actor, subject, at
       FROM unnest($2::bigint[], $3::bytea[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
         WITH ORDINALITY AS list (n, leaf_hash, type, actor, subject, at, place)`,
      [
        this.tree.size,
        waiting.map(({ n }) => n),
        waiting.map(({ hash }) => hash),
        waiting.map(({ leaf }) => leaf.type),
        waiting.map(({ leaf }) => leaf.actor),
        waiting.map(({ leaf }) => leaf.subject),
        waiting.map(({ leaf }) => leaf.at),
      ],
    );
    if (complete.length > 0)
      await this.query(
        `INSERT INTO audit.tile_hashes (level, index, hash)
         SELECT level, index, hash FROM unnest($1::int[], $2::bigint[], $3::bytea[]) AS list (level, index, hash)`,
        [complete.map(({ level }) => level), complete.map(({ index }) => index), complete.map(({ hash }) => hash)],
      );
    await this.query(`INSERT INTO audit.batches (size, complete_to, seen_at) VALUES ($1, $2, $3)`, [
      size,
      completeTo,
      seenAt,
    ]);
    await this.query(`SELECT pg_notify('${SEQUENCED}', $1::text)`, [size]);
  }
}

import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** One line of the log with its place, as other modules follow it. */
export interface LogEntry {
  readonly index: number;
  readonly type: string;
  readonly actor: string;
  readonly subject: string;
  readonly at: Date;
  /** The whole leaf, canonical JSON. */
  readonly leaf: string;
}

/** Every record that was committed before `at` has an index below `size`. */
export interface Horizon {
  readonly at: Date;
  readonly size: number;
}

interface EntryRow {
  readonly index: string;
  readonly type: string;
  readonly actor: string;
  readonly subject: string;
  readonly at: Date;
  readonly leaf: string;
}

/** Reads the log in order, for everything that reacts to it: the reader keeps the index it has come to. */
@Injectable()
export class LogReader {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Entries after that index in order, without gaps: what is missing at the end is not there yet.
   *
   * @param index the last one read; -1 before the first
   */
  async readAfter(index: number, limit: number): Promise<LogEntry[]> {
    const rows = await this.dataSource.query<EntryRow[]>(
      `SELECT l.index, l.type, l.actor, l.subject, l.at, r.leaf FROM audit.leaves l JOIN audit.records r USING (n)
       WHERE l.index > $1 ORDER BY l.index LIMIT $2`,
      [index, limit],
    );
    return rows.map((row) => ({ ...row, index: Number(row.index) }));
  }

  /** Leaves in the tree. */
  async size(): Promise<number> {
    const [row] = await this.dataSource.query<{ size: string }[]>(
      'SELECT coalesce(max(index) + 1, 0) AS size FROM audit.leaves',
    );
    return Number(row!.size);
  }

  /**
   * Up to when the log is complete, by the database's clock.
   *
   * It is now when no committed record waits for its leaf; else it is when the sequencer last saw all of them. A record
   * whose transaction is still open is of no account: its change has not happened yet either.
   */
  async horizon(): Promise<Horizon> {
    const [row] = await this.dataSource.query<{ now: Date; size: string; seen_at: Date | null; complete: boolean }[]>(
      `WITH mark AS (
         SELECT coalesce(max(complete_to), 0) AS n FROM (
           SELECT complete_to FROM audit.batches ORDER BY size DESC LIMIT 1) AS last)
       SELECT now() AS now, coalesce(seen.size, 0) AS size, seen.seen_at, NOT EXISTS (
           SELECT FROM audit.records r LEFT JOIN audit.leaves l ON l.n = r.n AND l.n > mark.n
           WHERE r.n > mark.n AND l.n IS NULL) AS complete
       FROM mark LEFT JOIN LATERAL (
         SELECT size, seen_at FROM audit.batches ORDER BY size DESC LIMIT 1) AS seen ON true`,
    );
    const { now, size, seen_at: seenAt, complete } = row!;
    if (complete) return { at: now, size: Number(size) };
    if (seenAt) return { at: seenAt, size: Number(size) };
    return this.lastComplete();
  }

  /** How many committed records wait for their leaf. */
  async lag(): Promise<number> {
    const [row] = await this.dataSource.query<{ count: string }[]>(
      `WITH mark AS (
         SELECT coalesce(max(complete_to), 0) AS n FROM (
           SELECT complete_to FROM audit.batches ORDER BY size DESC LIMIT 1) AS last)
       SELECT count(*) AS count FROM mark, audit.records r LEFT JOIN audit.leaves l ON l.n = r.n
       WHERE r.n > mark.n AND l.n IS NULL`,
    );
    return Number(row!.count);
  }

  /** Before the last batches, which were full. */
  private async lastComplete(): Promise<Horizon> {
    const [row] = await this.dataSource.query<{ size: string; seen_at: Date }[]>(
      'SELECT size, seen_at FROM audit.batches WHERE seen_at IS NOT NULL ORDER BY size DESC LIMIT 1',
    );
    return row ? { at: row.seen_at, size: Number(row.size) } : { at: new Date(0), size: 0 };
  }
}

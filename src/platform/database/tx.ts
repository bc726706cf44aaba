import { createHash } from 'node:crypto';
import type { QueryConfig, QueryResult } from 'pg';

/** SQL of the hot path: each connection has PostgreSQL parse it once, and after a few runs plan it once. */
export class Prepared {
  readonly name: string;

  /**
   * @param text name the columns: a `SELECT *` that was prepared fails from the moment a migration adds one, as long as
   *   the connection lives
   */
  constructor(readonly text: string) {
    this.name = createHash('sha256').update(text).digest('base64url').slice(0, 22);
  }
}

/** Whatever runs one statement: a connection, or a pool of them. */
export interface Session {
  query(statement: QueryConfig): Promise<QueryResult>;
}

/** One open transaction. Everything a use case reads and writes goes through it, so that it commits whole or not at all. */
export class Tx {
  constructor(private readonly session: Session) {}

  /** Runs SQL with positional parameters and returns its rows, also those of `RETURNING`. */
  async query<Row = Record<string, unknown>>(
    sql: string | Prepared,
    parameters: readonly unknown[] = [],
  ): Promise<Row[]> {
    return (await this.run(sql, parameters)).rows as Row[];
  }

  /** Runs SQL that changes rows and returns how many it changed. */
  async execute(sql: string | Prepared, parameters: readonly unknown[] = []): Promise<number> {
    return (await this.run(sql, parameters)).rowCount ?? 0;
  }

  private run(sql: string | Prepared, parameters: readonly unknown[]): Promise<QueryResult> {
    const statement = typeof sql === 'string' ? { text: sql } : { name: sql.name, text: sql.text };
    return this.session.query({ ...statement, values: [...parameters] });
  }
}

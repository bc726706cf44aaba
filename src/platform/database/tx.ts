import type { EntityManager, QueryResult } from 'typeorm';

/** One open transaction. Everything a use case reads and writes goes through it, so that it commits whole or not at all. */
export class Tx {
  /** TypeORM's manager bound to this transaction, for plain reads and writes of entities. */
  readonly manager: EntityManager;

  constructor(manager: EntityManager) {
    this.manager = manager;
  }

  /** Runs SQL with positional parameters and returns its rows, also those of `RETURNING`. */
  async query<Row = Record<string, unknown>>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return (await this.run(sql, parameters)).records as Row[];
  }

  /** Runs SQL that changes rows and returns how many it changed. */
  async execute(sql: string, parameters: readonly unknown[] = []): Promise<number> {
    return (await this.run(sql, parameters)).affected ?? 0;
  }

  private run(sql: string, parameters: readonly unknown[]): Promise<QueryResult> {
    return this.manager.queryRunner!.query(sql, [...parameters], true);
  }
}

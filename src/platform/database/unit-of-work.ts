import { Injectable } from '@nestjs/common';
import type { Pool, PoolClient, QueryConfig } from 'pg';
import { DataSource } from 'typeorm';
import { beforeCommit } from './before-commit.js';
import { Tx } from './tx.js';

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
const ATTEMPTS = 5;

/** Longer than anybody waits for an answer: a read that takes it would only keep the others from theirs. */
const READ_MILLISECONDS = 10_000;
const BEGIN_READ = `BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL statement_timeout = ${READ_MILLISECONDS}`;

@Injectable()
export class UnitOfWork {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Runs one use case in one READ COMMITTED transaction and commits it.
   *
   * The work is run again from the start, up to five times, when PostgreSQL breaks a deadlock or a serialization
   * conflict: it must have no effect outside the transaction.
   */
  run<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.retried('BEGIN', work);
  }

  /**
   * Runs one use case as `run` does, in one REPEATABLE READ snapshot: for a change that must be of one instant, however many
   * statements it takes.
   */
  runOfOneInstant<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.retried('BEGIN ISOLATION LEVEL REPEATABLE READ', work);
  }

  /**
   * Runs a transaction that is not the effect of the request it happens in: the record of a refusal, a counter. A
   * request with an idempotency key that came no further may be sent again.
   */
  aside<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return beforeCommit.exit(() => this.run(work));
  }

  /**
   * Runs reads that must agree with one another: one REPEATABLE READ snapshot. No statement of it runs for more than ten
   * seconds.
   */
  read<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.within(BEGIN_READ, work);
  }

  /**
   * Runs a read of one statement, which agrees with itself: one round trip and no transaction around it.
   *
   * @throws Error at a second statement, which would see another state of the database; that is what `read` is for
   */
  readOne<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.one(work);
  }

  /**
   * Runs a change of one statement, which is a transaction by itself: one round trip. For what no request is answered with: a claim,
   * a sign of life.
   *
   * @throws Error at a second statement: what changes together is for `run`
   */
  runOne<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.one(work);
  }

  private async one<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    let used = false;
    const once = async (statement: QueryConfig) => {
      if (used) throw new Error('Several statements must agree: have them in one transaction, by `read` or `run`.');
      used = true;
      return this.pool.query(statement);
    };
    return work(new Tx({ query: once }));
  }

  /** The driver's own pool: TypeORM would add to every statement of the hot path, and one more to every snapshot. */
  private get pool(): Pool {
    return (this.dataSource.driver as unknown as { readonly master: Pool }).master;
  }

  private async retried<Result>(begin: string, work: (tx: Tx) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.within(begin, async (tx) => {
          const result = await work(tx);
          await beforeCommit.getStore()?.(tx);
          return result;
        });
      } catch (error) {
        if (attempt >= ATTEMPTS || !isRetryable(error)) throw error;
      }
    }
  }

  private async within<Result>(begin: string, work: (tx: Tx) => Promise<Result>): Promise<Result> {
    const client = await this.pool.connect();
    // Without a listener, a connection that breaks would end the process; the statement under way tells it as well.
    client.on('error', ignore);
    let unusable = true;
    try {
      await client.query(begin);
      const result = await work(new Tx(client)).catch(async (error: unknown) => {
        unusable = !(await rolledBack(client));
        throw error;
      });
      await commit(client);
      unusable = false;
      return result;
    } finally {
      client.off('error', ignore);
      client.release(unusable);
    }
  }
}

/** @throws Error when PostgreSQL rolled back instead: a statement had failed, and the work went on as if it had not */
async function commit(client: PoolClient): Promise<void> {
  const { command } = await client.query('COMMIT');
  if (command !== 'COMMIT') throw new Error('A statement of this transaction failed unnoticed; it was rolled back.');
}

async function rolledBack(client: PoolClient): Promise<boolean> {
  return client.query('ROLLBACK').then(
    () => true,
    () => false,
  );
}

function ignore(): void {}

/** The SQLSTATE behind an error of the driver, or undefined when PostgreSQL did not raise it. */
export function sqlState(error: unknown): string | undefined {
  const cause = (error as { driverError?: { code?: unknown } } | null)?.driverError ?? error;
  const code = (cause as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** The name of the constraint that PostgreSQL says was broken, to be translated to the module's own code. */
export function brokenConstraint(error: unknown): string | undefined {
  const cause = (error as { driverError?: { constraint?: unknown } } | null)?.driverError ?? error;
  const constraint = (cause as { constraint?: unknown } | null)?.constraint;
  return typeof constraint === 'string' ? constraint : undefined;
}

function isRetryable(error: unknown): boolean {
  const state = sqlState(error);
  return state === SERIALIZATION_FAILURE || state === DEADLOCK_DETECTED;
}

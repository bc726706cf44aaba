import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { beforeCommit } from './before-commit.js';
import { Tx } from './tx.js';

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
const ATTEMPTS = 5;

@Injectable()
export class UnitOfWork {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Runs one use case in one READ COMMITTED transaction and commits it.
   *
   * The work is run again from the start, up to five times, when PostgreSQL breaks a deadlock or a serialization
   * conflict: it must have no effect outside the transaction.
   */
  async run<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.dataSource.transaction(async (manager) => {
          const tx = new Tx(manager);
          const result = await work(tx);
          await beforeCommit.getStore()?.(tx);
          return result;
        });
      } catch (error) {
        if (attempt >= ATTEMPTS || !isRetryable(error)) throw error;
      }
    }
  }

  /**
   * Runs a transaction that is not the effect of the request it happens in: the record of a refusal, a counter. A
   * request with an idempotency key that came no further may be sent again.
   */
  aside<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return beforeCommit.exit(() => this.run(work));
  }

  /** Runs reads that must agree with one another: one REPEATABLE READ snapshot. */
  async read<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.dataSource.transaction('REPEATABLE READ', (manager) => work(new Tx(manager)));
  }
}

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

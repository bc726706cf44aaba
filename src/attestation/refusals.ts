import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { addSeconds, DAY_SECONDS } from '../kernel/index.js';
import { sqlState, SystemClock, UnitOfWork } from '../platform/index.js';
import type { Evidence, Shown } from './domain/proof.js';
import type { Reason, Refusal } from './domain/refusal.js';
import { RefusalBudget } from './domain/refusal-budget.js';
import { sourceOf } from './domain/source.js';
import { RefusalsRepository, type StoredRefusal } from './refusals.repository.js';

const MAX_WAITING = 2000;
const MAX_ROWS = 100_000;
const KEEP_SECONDS = 30 * DAY_SECONDS;

type Noted = Omit<StoredRefusal, 'id'>;

/**
 * Writes down why strangers were refused, in a table of its own and never in the audit log (decision 2). It is bounded:
 * per source, in all, in rows, in age and in memory. To lose some of it is better than to serve a flood.
 */
@Injectable()
export class Refusals implements OnModuleDestroy {
  private readonly logger = new Logger(Refusals.name);
  private readonly budget = new RefusalBudget();
  private waiting: Noted[] = [];
  private writing: Promise<void> | undefined;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly repository: RefusalsRepository,
    private readonly clock: SystemClock,
  ) {}

  /** Notes a refusal. Returns at once, so that it can be called while a transaction is open; `written` waits. */
  note(refusal: Refusal, evidence: Evidence['kind'], shown: Shown): void {
    const at = this.clock.now();
    for (const { source, times } of this.budget.turn(at))
      this.push({ ...EMPTY, at, evidence: 'any', reason: 'suppressed', address: source, times });
    if (this.budget.admits(sourceOf(shown.address))) this.push(rowOf(refusal, evidence, shown, at));
    this.writing ??= this.writeWaiting();
  }

  /** Resolves when everything noted before is written, or given up. Not to be awaited inside a transaction. */
  async written(): Promise<void> {
    await this.writing;
  }

  list(before: string | undefined, reason: Reason | undefined, limit: number): Promise<StoredRefusal[]> {
    return this.unitOfWork.readOne((tx) => this.repository.list(tx, before, reason, limit));
  }

  /** Forgets refusals older than 30 days, and the oldest beyond 100,000. */
  prune(): Promise<number> {
    const before = addSeconds(this.clock.now(), -KEEP_SECONDS);
    return this.unitOfWork.run((tx) => this.repository.deleteOld(tx, before, MAX_ROWS));
  }

  async onModuleDestroy(): Promise<void> {
    await this.written();
  }

  private push(row: Noted): void {
    if (this.waiting.length < MAX_WAITING) this.waiting.push(row);
  }

  /** One statement for all that came while the last one was under way. */
  private async writeWaiting(): Promise<void> {
    // The caller may hold the connection of a transaction that is about to roll back: let it go on first.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      try {
        await this.unitOfWork.aside((tx) => this.repository.insertAll(tx, batch));
      } catch (error) {
        // Only the code: the error quotes what was to be written, and that is a stranger's.
        this.logger.error({
          message: 'Refusals could not be written down.',
          lost: batch.length,
          code: sqlState(error),
        });
      }
    }
    this.writing = undefined;
  }
}

const EMPTY = { issuer: null, providerId: null, trustId: null, identityId: null, requestId: null, times: 1 };

function rowOf({ reason, context }: Refusal, evidence: Evidence['kind'], shown: Shown, at: Date): Noted {
  return {
    ...{ at, evidence, reason },
    issuer: printable(context.issuer, 255),
    address: printable(shown.address, 64) ?? 'unknown',
    providerId: context.providerId ?? null,
    trustId: context.trustId ?? null,
    identityId: context.identityId ?? null,
    requestId: printable(shown.requestId, 64),
    times: 1,
  };
}

/** An attacker's text, made harmless to whoever reads the table in a terminal. */
function printable(text: string | undefined, maxLength: number): string | null {
  return text === undefined || text === '' ? null : text.replace(/[^\x20-\x7e]/g, '?').slice(0, maxLength);
}

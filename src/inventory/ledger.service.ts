import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import type { Actor } from '../kernel/index.js';
import { SystemClock, toInstant, UnitOfWork } from '../platform/index.js';
import { CredentialsRepository, type LedgerFilter, type LedgerPosition } from './credentials.repository.js';
import type { LedgerEntry } from './domain/credential.js';

/** What of the ledger somebody wants to see: what is valid, now or at an instant, or everything there ever was. */
export type LedgerQuestion = Omit<LedgerFilter, 'validAt'> & {
  readonly state: 'valid' | 'all';
  readonly validAt?: Date | undefined;
};

/** Everything that opens a door: issued here, or registered from elsewhere (INV-7). */
@Injectable()
export class Ledger {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly credentials: CredentialsRepository,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /**
   * One more than `limit` lines. The ledger is a map of every door and who holds the key, so who read which part of it
   * is recorded first.
   */
  read(
    actor: Actor,
    { state, validAt, ...filter }: LedgerQuestion,
    after: LedgerPosition | undefined,
    limit: number,
  ): Promise<(readonly [LedgerEntry, LedgerPosition])[]> {
    const at = state === 'all' ? null : (validAt ?? this.clock.now());
    return this.unitOfWork.run(async (tx) => {
      const lines = await this.credentials.list(tx, { ...filter, validAt: at }, after, limit + 1);
      await this.audit.append(tx, {
        type: 'ledger.read',
        actor,
        subject: filter.identityId ?? 'ledger',
        after: {
          valid_at: at && toInstant(at),
          kind: filter.kind ?? null,
          custodian_id: filter.custodianId ?? null,
          lines: Math.min(lines.length, limit),
        },
      });
      return lines;
    });
  }
}

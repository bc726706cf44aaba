import { Injectable } from '@nestjs/common';
import { People, UnusualSignIns } from '../../custodians/index.js';
import { Inventory } from '../../inventory/index.js';
import { type Id, isId } from '../../kernel/index.js';
import type { Tx } from '../../platform/index.js';
import { ApprovalsRepository } from '../approvals.repository.js';
import { Circles } from '../circles.js';
import { isOpen } from '../domain/approval.js';
import type { Readers } from './domain/occasion.js';

const MOST = 1000;

/** Finds out who is to be told, as things are now. */
@Injectable()
export class LetterReaders {
  constructor(
    private readonly approvals: ApprovalsRepository,
    private readonly circles: Circles,
    private readonly people: People,
    private readonly inventory: Inventory,
    private readonly signIns: UnusualSignIns,
  ) {}

  /** @param happenedAt when what they are told of was recorded */
  async of(tx: Tx, readers: Readers, happenedAt: Date, now: Date): Promise<readonly Id<'person'>[]> {
    switch (readers.kind) {
      case 'eligible-approvers':
        return this.approvers(tx, readers.approvalId, now);
      case 'requester': {
        const { requester } = await this.approvals.get(tx, readers.approvalId);
        return isId('person', requester) ? [requester] : [];
      }
      case 'administrators':
        return this.administrators(tx);
      case 'administrators-and':
        return [...new Set([...(await this.administrators(tx)), readers.personId])];
      case 'remaining-custodian': {
        const { identity } = await this.inventory.lockForIssuance(tx, readers.identityId);
        return identity.handoverDueAt && identity.primaryCustodianId ? [identity.primaryCustodianId] : [];
      }
      case 'if-by-recovery-code':
        if (!(await this.signIns.wasByRecoveryCode(tx, readers.personId, happenedAt))) return [];
        return [...new Set([...(await this.administrators(tx)), readers.personId])];
    }
  }

  private async approvers(tx: Tx, id: Id<'approval'>, now: Date): Promise<readonly Id<'person'>[]> {
    const approval = await this.approvals.get(tx, id);
    return isOpen(approval, now) ? (await this.circles.eligibleFor(tx, [approval], now))(approval) : [];
  }

  private async administrators(tx: Tx): Promise<Id<'person'>[]> {
    return (await this.people.listLive(tx, ['administrator'], [], MOST)).map(({ id }) => id);
  }
}

import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { Inventory, type LedgerEntry } from '../inventory/index.js';
import type { Actor, Id } from '../kernel/index.js';
import { UnitOfWork } from '../platform/index.js';
import { IssuanceError } from './domain/errors.js';
import type { Receipt } from './domain/receipt.js';
import { ReceiptsRepository } from './receipts.repository.js';

/** Looks up what was issued, and why. */
@Injectable()
export class CertificateRecords {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly inventory: Inventory,
    private readonly receipts: ReceiptsRepository,
    private readonly audit: Audit,
  ) {}

  /** @throws IssuanceError `certificate_not_found` */
  async getCertificate(id: Id<'certificate'>): Promise<LedgerEntry> {
    const entry = await this.unitOfWork.readOne((tx) => this.inventory.findCredential(tx, id));
    if (!entry) throw new IssuanceError('certificate_not_found', 'There is no certificate with that id.');
    return entry;
  }

  /**
   * A certificate's receipt. Claims may name people, so the reading is recorded before anything is shown (P2).
   *
   * @throws IssuanceError `receipt_not_found`
   */
  async readReceipt(actor: Actor, id: Id<'certificate'>): Promise<Receipt> {
    return this.unitOfWork.run(async (tx) => {
      const receipt = await this.receipts.findByCredential(tx, id);
      if (!receipt) throw new IssuanceError('receipt_not_found', 'There is no certificate with that id.');
      await this.audit.append(tx, { type: 'receipt.read', actor, subject: receipt.id });
      return receipt;
    });
  }
}

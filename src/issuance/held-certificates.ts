import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import { Prepared, UnitOfWork } from '../platform/index.js';
import { issuedAt } from './domain/lifetime.js';

/** A certificate of an identity, and which one was shown for it. */
export interface HeldCertificate {
  readonly id: Id<'certificate'>;
  readonly serialNumber: string;
  readonly authorityId: Id<'authority'>;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
  /** Null where the workload proved itself otherwise. */
  readonly renewedId: Id<'certificate'> | null;
}

/** Which certificates of an identity are in somebody's hands. */
@Injectable()
export class HeldCertificates {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** Those that still held at an instant or were issued since, whatever became of them, the first to expire first. */
  async list(identityId: Id<'identity'>, since: Date): Promise<HeldCertificate[]> {
    const rows = await this.unitOfWork.readOne((tx) => tx.query<HeldRow>(LIST, [identityId, since]));
    return rows.map(({ notBefore, ...row }) => ({ ...row, issuedAt: issuedAt(row.id, notBefore) }));
  }
}

type HeldRow = Omit<HeldCertificate, 'issuedAt'> & { readonly notBefore: Date };

const LIST = new Prepared(
  `SELECT c.id, c.serial_number AS "serialNumber", c.authority_id AS "authorityId", c.not_before AS "notBefore",
     c.expires_at AS "expiresAt", c.revoked_at AS "revokedAt", c.last_used_at AS "lastUsedAt",
     CASE WHEN r.kind = 'certificate' THEN r.source_id END AS "renewedId"
   FROM muster.credentials c LEFT JOIN muster.receipts r ON r.id = c.receipt_id
   WHERE c.identity_id = $1 AND c.kind = 'certificate' AND c.expires_at > $2
   ORDER BY c.expires_at, c.id`,
);

import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { Inventory, type LedgerEntry } from '../inventory/index.js';
import { type Actor, type Id, type Role, rolesOf } from '../kernel/index.js';
import { crashPoint, SystemClock, type Tx, UnitOfWork } from '../platform/index.js';
import { IssuanceError } from './domain/errors.js';
import { ListNudge } from './list-nudge.js';

/** Whoever runs or watches the estate may revoke anything; a custodian revokes what their own identities hold. */
const REVOKE_ANY: readonly Role[] = ['administrator', 'analyst', 'platform-engineer'];

/** Ends certificates before their time. */
@Injectable()
export class Revocations {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly inventory: Inventory,
    private readonly audit: Audit,
    private readonly clock: SystemClock,
    private readonly nudge: ListNudge,
  ) {}

  /**
   * Revokes a certificate and the tokens bound to it, for good. From the answer on our enforcement points refuse it
   * within seconds (P6), and the authority's list carries it within a minute. One that was revoked before stays as it
   * was: asking again is no fault.
   *
   * @param reason words, or one of RFC 5280's (§5.3.1) like `key-compromise`, which the list then repeats
   * @throws IssuanceError `certificate_not_found`, `not_its_custodian`
   */
  async revoke(actor: Actor, id: Id<'certificate'>, reason: string): Promise<LedgerEntry> {
    await crashPoint('revoke', 1);
    const entry = await this.unitOfWork.run((tx) => this.record(tx, actor, id, reason));
    await crashPoint('revoke', 3);
    this.nudge.soon();
    return entry;
  }

  private async record(tx: Tx, actor: Actor, id: Id<'certificate'>, reason: string): Promise<LedgerEntry> {
    const before = await this.inventory.findCredential(tx, id);
    if (!before) throw new IssuanceError('certificate_not_found', 'There is no certificate with that id.');
    requireRight(actor, before);
    const at = this.clock.now();
    const ended = await this.inventory.revokeCredential(tx, id, reason, at);
    if (ended.length === 0) return (await this.inventory.findCredential(tx, id))!;
    await crashPoint('revoke', 2);
    const tokens = ended.flatMap((one) => (one.kind === 'token' ? [one.id] : [])).sort();
    await this.audit.append(tx, {
      type: 'certificate.revoked',
      actor,
      subject: id,
      before: { revokedAt: null },
      after: {
        identityId: before.identityId,
        serialNumber: before.serialNumber,
        revokedAt: at.toISOString(),
        reason,
        tokens,
      },
    });
    return { ...before, revokedAt: at, revocationReason: reason };
  }
}

function requireRight({ principal }: Actor, entry: LedgerEntry): void {
  if (principal.kind !== 'person' || rolesOf(principal).some((role) => REVOKE_ANY.includes(role))) return;
  if (entry.primaryCustodianId === principal.id || entry.backupCustodianId === principal.id) return;
  throw new IssuanceError('not_its_custodian', 'Ask a custodian of this identity, or an analyst, to revoke it.');
}

import { Injectable } from '@nestjs/common';
import { Audit, type AuditRecord } from '../audit/index.js';
import { Succession } from '../custodians/index.js';
import type { Actor, Id } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';
import { Consents } from './consents.js';
import { custodianLeaves } from './domain/custody.js';
import type { Identity } from './domain/identity.js';
import { identityImage } from './domain/images.js';
import { IdentitiesRepository } from './identities.repository.js';

/** Hands over what a departing person answers for (INV-3). */
@Injectable()
export class InventorySuccession extends Succession {
  constructor(
    private readonly identities: IdentitiesRepository,
    private readonly consents: Consents,
    private readonly audit: Audit,
  ) {
    super();
  }

  /** Each identity that changes is a record of its own, beside the departure's: they are so many changed things. */
  override async handOver(tx: Tx, actor: Actor, departing: Id<'person'>, at: Date): Promise<void> {
    const held = await this.identities.lockHeldBy(tx, departing);
    const custodians = held.flatMap(({ primaryCustodianId, backupCustodianId }) => [
      primaryCustodianId,
      backupCustodianId,
    ]);
    const live = await this.identities.liveAmong(
      tx,
      custodians.filter((id) => id !== departing),
    );
    const records: AuditRecord[] = [];
    for (const identity of held) {
      const left = custodianLeaves(identity, departing, live, at);
      const after = await this.consents.keepInStep(tx, actor, left, live);
      await this.identities.save(tx, after);
      records.push(recordOf(actor, identity, after));
    }
    if (records.length > 0) await this.audit.appendAll(tx, records);
  }
}

function recordOf(actor: Actor, before: Identity, after: Identity): AuditRecord {
  const suspended = before.status === 'active' && after.status === 'suspended';
  return {
    type: suspended ? 'identity.suspended' : 'identity.handed-over',
    actor,
    subject: after.id,
    before: { identity: identityImage(before) },
    after: { identity: identityImage(after) },
  };
}

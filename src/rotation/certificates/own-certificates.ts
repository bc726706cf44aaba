import { Injectable } from '@nestjs/common';
import { HeldCertificates, RevocationLists, Revocations, Usage } from '../../issuance/index.js';
import { Inventory } from '../../inventory/index.js';
import { systemActor } from '../../kernel/index.js';
import { Ids, SystemClock, UnitOfWork } from '../../platform/index.js';
import { RotationError } from '../domain/errors.js';
import type { Rotation } from '../domain/rotation.js';
import { CertificatesRotator, type Instruments } from './certificates-rotator.js';
import { DutiesRepository } from './duties.repository.js';

/** Muster's own certificates, as what rotates without a target. */
@Injectable()
export class OwnCertificates {
  private readonly instruments: Instruments;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly inventory: Inventory,
    private readonly duties: DutiesRepository,
    held: HeldCertificates,
    reports: Usage,
    revocations: Revocations,
    lists: RevocationLists,
    ids: Ids,
    clock: SystemClock,
  ) {
    const actor = () => systemActor('rotation', ids.next('request'));
    const now = () => clock.now();
    this.instruments = { held, reports, revocations, lists, inventory, unitOfWork, actor, now };
  }

  async rotator({
    identityId,
    id,
  }: Pick<Rotation, 'identityId'> & { readonly id?: Rotation['id'] }): Promise<CertificatesRotator> {
    const line = id === undefined ? null : await this.unitOfWork.readOne((tx) => this.duties.findLine(tx, id));
    return new CertificatesRotator(identityId, line, this.instruments);
  }

  /** @throws RotationError `accounts_unfit` */
  async requireFit(wanted: Pick<Rotation, 'identityId' | 'accounts' | 'expectedConsumers'>): Promise<void> {
    const { spiffeId } = await this.inventory.getIdentity(wanted.identityId);
    if (wanted.accounts.length !== 1 || wanted.accounts[0] !== spiffeId)
      throw new RotationError('accounts_unfit', `Certificates are issued for one name: give ${spiffeId} as account.`);
    if (wanted.expectedConsumers.length > 0)
      throw new RotationError(
        'accounts_unfit',
        'Holders of certificates are known by the ledger: expect none by name.',
      );
  }
}

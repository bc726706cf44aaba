import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { Inventory } from '../inventory/index.js';
import type { Actor, Id } from '../kernel/index.js';
import { Ids, RequestError, SystemClock, UnitOfWork } from '../platform/index.js';
import { refuseRetired } from './domain/errors.js';
import { trustImage } from './domain/images.js';
import { changeTrust, createTrust, type Trust, type TrustChange } from './domain/trust.js';
import { ProvidersRepository } from './providers.repository.js';
import { type TrustFilter, TrustsRepository } from './trusts.repository.js';

export type NewTrust = Omit<Trust, 'id' | 'status' | 'version' | 'createdAt' | 'changedAt'>;

/** Which tokens of a provider stand for which identity. */
@Injectable()
export class Trusts {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly trusts: TrustsRepository,
    private readonly providers: ProvidersRepository,
    private readonly inventory: Inventory,
    private readonly audit: Audit,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  /** One more than `limit` trusts, in order of id. */
  list(filter: TrustFilter): Promise<readonly Trust[]> {
    return this.unitOfWork.readOne((tx) => this.trusts.list(tx, { ...filter, limit: filter.limit + 1 }));
  }

  /** @throws AttestationError `trust_not_found` */
  get(id: Id<'trust'>): Promise<Trust> {
    return this.unitOfWork.readOne((tx) => this.trusts.get(tx, id));
  }

  /** @throws AttestationError as `createTrust`; `provider_not_found`, `identity_retired`; InventoryError `identity_not_found` */
  create(actor: Actor, wanted: NewTrust): Promise<Trust> {
    return this.unitOfWork.run(async (tx) => {
      refuseRetired((await this.inventory.lockForIssuance(tx, wanted.identityId)).identity.status);
      const { kind } = await this.providers.get(tx, wanted.providerId);
      const trust = createTrust({ ...wanted, id: this.ids.next('trust'), createdAt: this.clock.now() }, kind);
      await this.trusts.insert(tx, trust);
      const after = trustImage(trust);
      await this.audit.append(tx, { type: 'trust.created', actor, subject: trust.id, before: null, after });
      return trust;
    });
  }

  /**
   * @param version what the caller last saw
   * @throws AttestationError as `changeTrust`; `trust_not_found`; RequestError `version_conflict`
   */
  revise(actor: Actor, id: Id<'trust'>, version: number, wanted: TrustChange): Promise<Trust> {
    return this.unitOfWork.run(async (tx) => {
      const trust = await this.trusts.lock(tx, id);
      if (trust.version !== version)
        throw new RequestError('version_conflict', 'Somebody changed this trust meanwhile; read it again.');
      const { kind } = await this.providers.get(tx, trust.providerId);
      const changed = changeTrust(trust, wanted, kind, this.clock.now());
      if (changed === trust) return trust;
      await this.trusts.save(tx, changed);
      const images = { before: trustImage(trust), after: trustImage(changed) };
      await this.audit.append(tx, { type: 'trust.changed', actor, subject: id, ...images });
      return changed;
    });
  }

  /** @throws AttestationError `trust_not_found` */
  remove(actor: Actor, id: Id<'trust'>): Promise<void> {
    return this.unitOfWork.run(async (tx) => {
      const trust = await this.trusts.lock(tx, id);
      await this.trusts.remove(tx, trust, this.clock.now());
      const before = trustImage(trust);
      await this.audit.append(tx, { type: 'trust.removed', actor, subject: id, before, after: null });
    });
  }
}

import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import type { Actor, Id } from '../kernel/index.js';
import { Ids, RequestError, SystemClock, UnitOfWork } from '../platform/index.js';
import { AttestationError } from './domain/errors.js';
import { providerImage } from './domain/images.js';
import {
  changeProvider,
  type PrivateNetworkConsent,
  type Provider,
  type ProviderChange,
  registerProvider,
} from './domain/provider.js';
import { ProvidersRepository } from './providers.repository.js';

/** A consent as an administrator gives it; who and when is for the service to say. */
interface GivenConsent {
  readonly reason: string;
}

export type NewProvider = Omit<Provider, 'id' | 'privateNetwork' | 'status' | 'version' | 'createdAt' | 'changedAt'> & {
  readonly privateNetwork: GivenConsent | null;
};

export type ProviderRevision = Omit<ProviderChange, 'privateNetwork'> & {
  readonly privateNetwork?: GivenConsent | null | undefined;
};

/** Issuers whose tokens may be looked at. Only administrators change them. */
@Injectable()
export class Providers {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly providers: ProvidersRepository,
    private readonly audit: Audit,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  /** One more than `limit` providers, in order of id. */
  list(after: Id<'provider'> | undefined, limit: number): Promise<readonly Provider[]> {
    return this.unitOfWork.readOne((tx) => this.providers.list(tx, after, limit + 1));
  }

  /** @throws AttestationError `provider_not_found` */
  get(id: Id<'provider'>): Promise<Provider> {
    return this.unitOfWork.readOne((tx) => this.providers.get(tx, id));
  }

  /** @throws AttestationError as `registerProvider`; `provider_name_taken`, `issuer_taken` */
  create(actor: Actor, wanted: NewProvider): Promise<Provider> {
    return this.unitOfWork.run(async (tx) => {
      const createdAt = this.clock.now();
      const privateNetwork = this.consentBy(actor, wanted.privateNetwork);
      const provider = registerProvider({ ...wanted, privateNetwork, id: this.ids.next('provider'), createdAt });
      await this.providers.insert(tx, provider);
      const after = providerImage(provider);
      await this.audit.append(tx, { type: 'provider.created', actor, subject: provider.id, before: null, after });
      return provider;
    });
  }

  /**
   * @param version what the caller last saw
   * @throws AttestationError as `changeProvider`; `provider_not_found`, `provider_name_taken`; RequestError `version_conflict`
   */
  revise(actor: Actor, id: Id<'provider'>, version: number, wanted: ProviderRevision): Promise<Provider> {
    return this.unitOfWork.run(async (tx) => {
      const provider = await this.providers.lock(tx, id);
      if (provider.version !== version)
        throw new RequestError('version_conflict', 'Somebody changed this provider meanwhile; read it again.');
      const changed = changeProvider(provider, this.changeBy(actor, wanted), this.clock.now());
      if (changed === provider) return provider;
      await this.providers.save(tx, changed);
      const images = { before: providerImage(provider), after: providerImage(changed) };
      await this.audit.append(tx, { type: 'provider.changed', actor, subject: id, ...images });
      return changed;
    });
  }

  /** @throws AttestationError `provider_not_found`, `provider_in_use` while trusts name it */
  remove(actor: Actor, id: Id<'provider'>): Promise<void> {
    return this.unitOfWork.run(async (tx) => {
      const provider = await this.providers.lock(tx, id);
      await this.providers.remove(tx, provider, this.clock.now());
      const before = providerImage(provider);
      await this.audit.append(tx, { type: 'provider.removed', actor, subject: id, before, after: null });
    });
  }

  private changeBy(actor: Actor, { privateNetwork, ...change }: ProviderRevision): ProviderChange {
    return privateNetwork === undefined ? change : { ...change, privateNetwork: this.consentBy(actor, privateNetwork) };
  }

  /** A consent is a person's word, so only a person can give it. */
  private consentBy({ principal }: Actor, given: GivenConsent | null): PrivateNetworkConsent | null {
    if (given === null) return null;
    if (principal.kind !== 'person')
      throw new AttestationError('consent_required', 'Sign in as an administrator to consent to a private address.');
    return { by: principal.id, consentedAt: this.clock.now(), reason: given.reason };
  }
}

import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { Inventory } from '../../inventory/index.js';
import { type Actor, type Id, type Json, principalName } from '../../kernel/index.js';
import { brokenConstraint, Ids, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { systemOf } from '../domain/identifiers.js';
import { DiscoveryError } from '../findings/domain/errors.js';
import { type Alias, identifierIn } from './alias.js';
import { AliasesRepository } from './aliases.repository.js';

/** What identities are called in other systems: by it their accounts and credentials are told from those of nobody. */
@Injectable()
export class Aliases {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly aliases: AliasesRepository,
    private readonly inventory: Inventory,
    private readonly audit: Audit,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
  ) {}

  /** One more than `limit`, in order of id. @throws InventoryError `identity_not_found` */
  async list(identityId: Id<'identity'>, after: string | undefined, limit: number): Promise<Alias[]> {
    await this.inventory.getIdentity(identityId);
    return this.unitOfWork.readOne((tx) => this.aliases.list(tx, identityId, after, limit + 1));
  }

  /** @throws DiscoveryError `alias_malformed`, `alias_taken`, `identity_retired`; InventoryError `identity_not_found` */
  async add(actor: Actor, identityId: Id<'identity'>, text: string): Promise<Alias> {
    const identifier = identifierIn(text);
    if (identifier === undefined)
      throw new DiscoveryError(
        'alias_malformed',
        'Write an ARN, an access key’s id, a service account’s address, an application’s id in Azure, postgresql://user@host:5432, https://user@host, a SPIFFE id, an SSH key’s public line or SHA256:…, or a name that a finding shows.',
      );
    try {
      return await this.unitOfWork.run((tx) => this.addIn(tx, actor, identityId, identifier));
    } catch (cause) {
      if (brokenConstraint(cause) !== 'identity_aliases_once') throw cause;
      throw await this.taken(identifier, cause);
    }
  }

  /** The same within a transaction of another use case's, whose record it adds to. */
  async addIn(tx: Tx, actor: Actor, identityId: Id<'identity'>, identifier: string): Promise<Alias> {
    const { identity } = await this.inventory.lockForIssuance(tx, identityId);
    if (identity.status === 'retired')
      throw new DiscoveryError('identity_retired', 'A retired identity has nothing any more; name one that is not.');
    const alias: Alias = {
      ...{ id: this.ids.next('alias'), identityId, identifier, system: systemOf(identifier) },
      ...{ addedBy: principalName(actor.principal), addedAt: this.clock.now(), removedBy: null, removedAt: null },
    };
    await this.aliases.insert(tx, alias);
    await this.audit.append(tx, { type: 'alias.added', actor, subject: identityId, after: aliasImage(alias) });
    return alias;
  }

  /** @throws DiscoveryError `alias_not_found` */
  remove(actor: Actor, id: Id<'alias'>): Promise<void> {
    return this.unitOfWork.run(async (tx) => {
      const alias = await this.aliases.lock(tx, id);
      if (!alias) throw new DiscoveryError('alias_not_found', 'No identity has an alias with that id.');
      const removed = { ...alias, removedBy: principalName(actor.principal), removedAt: this.clock.now() };
      await this.aliases.remove(tx, removed);
      const images = { before: aliasImage(alias), after: aliasImage(removed) };
      await this.audit.append(tx, { type: 'alias.removed', actor, subject: alias.identityId, ...images });
    });
  }

  private async taken(identifier: string, cause: unknown): Promise<DiscoveryError> {
    const other = await this.unitOfWork.readOne((tx) => this.aliases.findHolder(tx, identifier));
    const whose = other ? `${other.identityId}’s` : 'another identity’s';
    return new DiscoveryError('alias_taken', `That name is ${whose} already; remove it there first.`, {
      ...(other && { details: { aliasId: other.id, identityId: other.identityId } }),
      cause,
    });
  }
}

function aliasImage(alias: Alias): Json {
  return {
    id: alias.id,
    identity_id: alias.identityId,
    identifier: alias.identifier,
    added_by: alias.addedBy,
    removed_by: alias.removedBy,
  };
}

import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import type { Actor, Id, Json } from '../../kernel/index.js';
import { Ids, RequestError, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import {
  type Authenticator,
  type AuthenticatorKind,
  cameWithout,
  enrol,
  rename,
  requireRemainder,
  requireRoom,
} from '../domain/authenticator.js';
import { CustodyError } from '../domain/errors.js';
import { authenticatorImage } from '../domain/images.js';
import { personOf } from '../sessions.service.js';
import { AuthenticatorsRepository } from './authenticators.repository.js';
import { type Owner, Owners } from './owners.js';

/** An authenticator with what its owner calls it. */
export interface NamedAuthenticator {
  readonly authenticator: Authenticator;
  readonly name: string;
}

/** What a record says beside the authenticator itself. */
export interface Images {
  readonly before?: Readonly<Record<string, Json>>;
  readonly after?: Readonly<Record<string, Json>>;
}

/** What people have enrolled: their own, and nobody else's. */
@Injectable()
export class Authenticators {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly repository: AuthenticatorsRepository,
    private readonly owners: Owners,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /** The caller's own, in the order in which they came. */
  list(actor: Actor): Promise<NamedAuthenticator[]> {
    const { id } = personOf(actor);
    return this.unitOfWork.read(async (tx) => {
      const authenticators = await this.repository.listOf(tx, id);
      const names = await this.owners.namesOf(tx, id, authenticators);
      return authenticators.map((authenticator) => ({ authenticator, name: names.get(authenticator.id) ?? '' }));
    });
  }

  /**
   * @param version what the caller last saw
   * @throws CustodyError `authenticator_not_found`; RequestError `version_conflict`
   */
  rename(actor: Actor, id: Id<'authenticator'>, version: number, name: string): Promise<NamedAuthenticator> {
    return this.unitOfWork.run(async (tx) => {
      const owner = await this.owners.lock(tx, actor);
      const authenticator = among(owner, id);
      if (authenticator.version !== version)
        throw new RequestError('version_conflict', 'This was changed meanwhile; read it again.');
      const renamed = rename(authenticator, owner.sealName(id, name));
      await this.repository.save(tx, renamed);
      await this.audit.append(tx, {
        type: 'authenticator.renamed',
        actor,
        subject: id,
        before: authenticatorImage(authenticator),
        after: authenticatorImage(renamed),
      });
      return { authenticator: renamed, name };
    });
  }

  /** @throws CustodyError `authenticator_not_found`, `last_authenticator`, `presence_required`, `sign_in_too_old` */
  remove(actor: Actor, id: Id<'authenticator'>): Promise<void> {
    return this.unitOfWork.run(async (tx) => {
      const owner = await this.owners.lockPresent(tx, actor);
      const authenticator = among(owner, id);
      const rest = owner.authenticators.filter((other) => other !== authenticator);
      const administrator = owner.person.roles.includes('administrator');
      requireRemainder(rest, authenticator, administrator && !cameWithout(authenticator, owner.session));
      await this.repository.delete(tx, [id]);
      await this.owners.withdrawProofs(tx, owner, rest);
      await this.audit.append(tx, {
        type: 'authenticator.removed',
        actor,
        subject: id,
        before: authenticatorImage(authenticator),
      });
    });
  }

  /**
   * Adds one inside the use case that brought it, and records it.
   *
   * @param replaced those whose place it takes, which go
   * @param more what else its record says, before and after
   */
  async add(
    tx: Tx,
    actor: Actor,
    owner: Owner,
    wanted: {
      readonly kind: AuthenticatorKind;
      readonly name: string;
      readonly backupEligible?: boolean;
      readonly codesLeft?: number;
    },
    replaced: readonly Authenticator[] = [],
    more: Images = {},
  ): Promise<NamedAuthenticator> {
    const { name, ...rest } = wanted;
    const id = this.ids.next('authenticator');
    const authenticator = enrol({
      ...{ id, personId: owner.person.id, nameSealed: owner.sealName(id, name), createdAt: this.clock.now() },
      ...rest,
    });
    requireRoom(owner.authenticators);
    await this.repository.delete(
      tx,
      replaced.map((old) => old.id),
    );
    await this.repository.insert(tx, authenticator);
    await this.audit.append(tx, {
      type: 'authenticator.created',
      actor,
      subject: id,
      before: beforeOf(replaced, more.before),
      after: { authenticator: authenticatorImage(authenticator), ...more.after },
    });
    return { authenticator, name };
  }
}

function beforeOf(replaced: readonly Authenticator[], more: Images['before']): Json {
  if (replaced.length === 0 && more === undefined) return null;
  return { ...(replaced.length > 0 && { replaced: replaced.map(authenticatorImage) }), ...more };
}

/** @throws CustodyError `authenticator_not_found`, also for somebody else's, so that ids cannot be probed */
export function among({ authenticators }: Pick<Owner, 'authenticators'>, id: Id<'authenticator'>): Authenticator {
  const found = authenticators.find((authenticator) => authenticator.id === id);
  if (!found)
    throw new CustodyError('authenticator_not_found', 'No authenticator of yours has that id; list yours to find it.');
  return found;
}

import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import type { Actor, Id } from '../kernel/index.js';
import { Ids, SystemClock, type Tx, UnitOfWork } from '../platform/index.js';
import { translated } from './constraints.js';
import { mustAnswerFor } from './domain/custody.js';
import { InventoryError } from './domain/errors.js';
import { addGrant, type Grant, isUnused, type NewGrant, removeGrant, rightSized, verifyGrant } from './domain/grant.js';
import type { Identity } from './domain/identity.js';
import { grantImage } from './domain/images.js';
import { partyOf } from './domain/party.js';
import { GrantsRepository } from './grants.repository.js';
import { IdentitiesRepository } from './identities.repository.js';

/** A grant, and whether its use justifies it. */
export interface SeenGrant {
  readonly grant: Grant;
  readonly unused: boolean;
}

/** What an identity holds, and the smaller set that its use would have been enough for. */
export interface HeldGrants {
  readonly grants: readonly SeenGrant[];
  readonly proposal: ReturnType<typeof rightSized>;
}

/** The roles and scopes that identities hold elsewhere. */
@Injectable()
export class Grants {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly identities: IdentitiesRepository,
    private readonly grants: GrantsRepository,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  list(identityId: Id<'identity'>, unusedAfterDays: number): Promise<HeldGrants> {
    return this.unitOfWork.read(async (tx) => {
      await this.identities.get(tx, identityId);
      const grants = await this.grants.listHeldBy(tx, identityId);
      const at = this.clock.now();
      return {
        grants: grants.map((grant) => ({ grant, unused: isUnused(grant, unusedAfterDays, at) })),
        proposal: rightSized(grants, unusedAfterDays, at),
      };
    });
  }

  /** @throws InventoryError `identity_retired`, `not_its_custodian`, `self_verification`, `grants_full`, `grant_exists` */
  add(actor: Actor, wanted: Omit<NewGrant, 'id'>): Promise<SeenGrant> {
    return this.transact(async (tx) => {
      const identity = await this.identities.lock(tx, wanted.identityId);
      const by = partyOf(actor.principal);
      this.mayChange(identity, actor);
      await this.mustBeLive(tx, wanted.verifierId);
      const held = await this.grants.countHeldBy(tx, identity.id);
      const grant = addGrant({ ...wanted, id: this.ids.next('grant') }, by, held, this.clock.now());
      await this.grants.insert(tx, grant);
      await this.audit.append(tx, { type: 'grant.added', actor, subject: identity.id, after: grantImage(grant) });
      return { grant, unused: false };
    });
  }

  /** @throws InventoryError `grant_not_found`, `self_verification`, `not_the_verifier`, `not_its_custodian` */
  verify(actor: Actor, id: Id<'grant'>): Promise<SeenGrant> {
    const { principal } = actor;
    if (principal.kind !== 'person')
      throw new InventoryError('not_the_verifier', 'Only a person verifies a grant; sign in as one.');
    return this.transact(async (tx) => {
      const grant = await this.grants.lock(tx, id);
      const identity = await this.identities.hold(tx, grant.identityId);
      const verified = verifyGrant(grant, identity, principal, this.clock.now());
      await this.grants.save(tx, verified);
      await this.recordChange(tx, actor, 'grant.verified', grant, verified);
      return { grant: verified, unused: false };
    });
  }

  /** @throws InventoryError `grant_not_found`, `not_its_custodian` */
  remove(actor: Actor, id: Id<'grant'>): Promise<void> {
    return this.transact(async (tx) => {
      const grant = await this.grants.lock(tx, id);
      this.mayChange(await this.identities.hold(tx, grant.identityId), actor);
      const removed = removeGrant(grant, partyOf(actor.principal), this.clock.now());
      await this.grants.save(tx, removed);
      await this.recordChange(tx, actor, 'grant.removed', grant, removed);
    });
  }

  private mayChange(identity: Identity, actor: Actor): void {
    if (identity.status === 'retired')
      throw new InventoryError('identity_retired', 'A retired identity stays as it was; register a new one.');
    mustAnswerFor(identity, partyOf(actor.principal), ['administrator', 'platform-engineer']);
  }

  private async mustBeLive(tx: Tx, verifier: Id<'person'> | null): Promise<void> {
    if (verifier !== null && !(await this.identities.liveAmong(tx, [verifier])).has(verifier))
      throw new InventoryError('custodian_not_live', 'Name a verifier who has signed in and not left.');
  }

  private recordChange(
    tx: Tx,
    actor: Actor,
    type: 'grant.verified' | 'grant.removed',
    before: Grant,
    after: Grant,
  ): Promise<void> {
    const images = { before: grantImage(before), after: grantImage(after) };
    return this.audit.append(tx, { type, actor, subject: after.identityId, ...images });
  }

  private transact<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return translated(this.unitOfWork.run(work));
  }
}

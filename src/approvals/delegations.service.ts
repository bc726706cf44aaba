import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import { Humans, People } from '../custodians/index.js';
import type { Actor, Id, Principal } from '../kernel/index.js';
import { Ids, SystemClock, UnitOfWork } from '../platform/index.js';
import { DelegationsRepository } from './delegations.repository.js';
import { delegate, type Delegation, endDelegation } from './domain/delegation.js';
import { ApprovalsError } from './domain/errors.js';
import { delegationImage } from './domain/images.js';

/** People who answer for others while these are away. */
@Injectable()
export class Delegations {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly delegations: DelegationsRepository,
    private readonly people: People,
    private readonly humans: Humans,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /**
   * Lets somebody else answer in the caller's place. Both rows are locked, as whoever decides holds theirs.
   *
   * @throws ApprovalsError `delegation_to_self`, `delegation_too_long`, `already_delegated`, `delegate_not_live`
   */
  create(actor: Actor, toId: Id<'person'>, until: Date, reason: string): Promise<Delegation> {
    const fromId = personOf(actor).id;
    return this.unitOfWork.run(async (tx) => {
      const live = await this.people.lockLive(tx, [fromId, toId]);
      if (!live.has(fromId) || !live.has(toId))
        throw new ApprovalsError('delegate_not_live', 'Name somebody who has signed in and not left.');
      const at = this.clock.now();
      const sameHuman = (await this.humans.namesakes(tx, [fromId])).includes(toId);
      const standing = await this.delegations.listFrom(tx, fromId, at);
      const id = this.ids.next('delegation');
      const delegation = delegate({ id, fromId, toId, reason, until }, sameHuman, standing, at);
      await this.delegations.insert(tx, delegation);
      const after = delegationImage(delegation);
      await this.audit.append(tx, { type: 'delegation.created', actor, subject: id, after });
      return delegation;
    });
  }

  /** One more than `limit`, the newest first: one's own either way, everybody's for administrators and auditors. */
  list(actor: Actor, before: string | undefined, limit: number): Promise<Delegation[]> {
    const person = personOf(actor);
    const all = person.roles.some((role) => role === 'administrator' || role === 'auditor');
    return this.unitOfWork.read((tx) => this.delegations.list(tx, all ? null : person.id, before, limit + 1));
  }

  /** @throws ApprovalsError `delegation_not_found`, `not_your_delegation`, `delegation_ended` */
  end(actor: Actor, id: Id<'delegation'>): Promise<Delegation> {
    const by = personOf(actor).id;
    return this.unitOfWork.run(async (tx) => {
      const delegation = await this.delegations.lock(tx, id);
      const ended = endDelegation(delegation, by, this.clock.now());
      await this.delegations.end(tx, ended);
      const images = { before: delegationImage(delegation), after: delegationImage(ended) };
      await this.audit.append(tx, { type: 'delegation.ended', actor, subject: id, ...images });
      return ended;
    });
  }
}

function personOf({ principal }: Actor): Extract<Principal, { kind: 'person' }> {
  if (principal.kind !== 'person')
    throw new ApprovalsError('not_eligible', 'Only people answer for one another; sign in as one.');
  return principal;
}

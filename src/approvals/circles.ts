import { Injectable } from '@nestjs/common';
import { Humans, People } from '../custodians/index.js';
import { Inventory } from '../inventory/index.js';
import { type Id, isId, type Role } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';
import { DelegationsRepository } from './delegations.repository.js';
import type { Approval } from './domain/approval.js';
import { type Approver, type Asked, CUSTODIAN, eligibleAmong, type Ties } from './domain/eligibility.js';

/** What is asked about what. */
type Question = Asked & Pick<Approval, 'subject'>;

/** How many people an approval names who may decide it; a firm may have thousands. */
const SHOWN = 100;

/** Reads what ties people to an approval: who may decide it, and who is too close to. */
@Injectable()
export class Circles {
  constructor(
    private readonly people: People,
    private readonly humans: Humans,
    private readonly inventory: Inventory,
    private readonly delegations: DelegationsRepository,
  ) {}

  /**
   * The ties that matter for each of several approvals.
   *
   * @param deciding whoever might decide
   * @param hold keeps the identities in question as they are until the transaction ends
   */
  async tiesOf(
    tx: Tx,
    approvals: readonly Question[],
    deciding: readonly string[],
    hold = false,
  ): Promise<(approval: Question) => Ties> {
    const subjects = approvals.filter(isCustodiansToDecide).map(({ subject }) => subject);
    const custodians = await this.inventory.custodiansOf(tx, [...new Set(subjects)].sort(), hold);
    const delegations = approvals.length === 0 ? [] : await this.delegations.listSince(tx, earliest(approvals));
    const humans = await this.humans.humansOf(tx, [
      ...deciding,
      ...approvals.flatMap(({ involved }) => involved),
      ...delegations.flatMap(({ fromId, toId }) => [fromId, toId]),
      ...[...custodians.values()].flat(),
    ]);
    return (approval) => ({ custodians: custodians.get(approval.subject) ?? [], humans, delegations });
  }

  /** Who may decide each of these approvals, by id and at most 100. */
  async eligibleFor(tx: Tx, approvals: readonly Question[], at: Date): Promise<(approval: Question) => Id<'person'>[]> {
    if (approvals.length === 0) return () => [];
    const tiesOf = await this.tiesOf(tx, approvals, []);
    const named = approvals.flatMap((approval) => {
      const { custodians, delegations } = tiesOf(approval);
      const places = delegations.filter(({ fromId }) => custodians.includes(fromId)).map(({ toId }) => toId);
      return [...custodians, ...places];
    });
    const roles = [...new Set(approvals.flatMap(({ approvers }) => approvers))].filter(isRole);
    const people = await this.people.listLive(tx, roles, [...new Set(named)], 10 * SHOWN);
    const candidates: Approver[] = people.map((person) => ({ id: person.id, live: true, roles: person.roles }));
    const humans = await this.humans.humansOf(
      tx,
      candidates.map(({ id }) => id),
    );
    return (approval) => {
      const ties = tiesOf(approval);
      const known = new Map([...ties.humans, ...humans]);
      return eligibleAmong(approval, candidates, { ...ties, humans: known }, at).slice(0, SHOWN);
    };
  }
}

function isCustodiansToDecide({ approvers, subject }: Question): boolean {
  return approvers.includes(CUSTODIAN) && isId('identity', subject);
}

function isRole(approver: Role | typeof CUSTODIAN): approver is Role {
  return approver !== CUSTODIAN;
}

function earliest(approvals: readonly Question[]): Date {
  return new Date(Math.min(...approvals.map(({ createdAt }) => createdAt.getTime())));
}

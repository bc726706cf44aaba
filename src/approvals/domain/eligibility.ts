import type { ApprovalRequirement, Id, Role } from '../../kernel/index.js';
import { type Delegation, isInForce, wasInForceSince } from './delegation.js';
import { ApprovalsError } from './errors.js';

/** Who may decide: holders of a role, or those who answer for what it is about. */
export type Approvers = ApprovalRequirement['approvers'];

export const CUSTODIAN = 'custodian-of-resource';

/** Who may decide what, where nobody says. What is not named here is an administrator's alone. */
const ELIGIBLE: Readonly<Record<string, Approvers>> = {
  'identity.activate': ['administrator', 'custodian'],
  'identity.change': ['administrator', 'custodian'],
  'token.issue': [CUSTODIAN],
};

export function approversOf(action: string): Approvers {
  return ELIGIBLE[action] ?? ['administrator'];
}

/** Somebody who decides, as they are now, not as they were when they signed in. */
export interface Approver {
  readonly id: Id<'person'>;
  readonly live: boolean;
  readonly roles: readonly Role[];
}

/** What ties people to one another and to the thing in question, as far as it matters for one approval. */
export interface Ties {
  /** Primary and backup of the identity it is about who are live now; empty where it is about none. */
  readonly custodians: readonly string[];
  /** The human behind an account, where one has several; an account that is missing is its human's only one. */
  readonly humans: ReadonlyMap<string, string>;
  /** Delegations that were in force at some time since the question was asked. */
  readonly delegations: readonly Delegation[];
}

export const NO_TIES: Ties = { custodians: [], humans: new Map(), delegations: [] };

export type Eligibility =
  /** `for` is whose place they take, where they are not asked themselves. */
  | { readonly eligible: true; readonly for: Id<'person'> | null }
  | { readonly eligible: false; readonly why: 'own_request' | 'not_eligible' };

/** What of a question says who may answer it. */
export interface Asked {
  readonly requester: string;
  readonly involved: readonly string[];
  readonly approvers: Approvers;
  readonly createdAt: Date;
}

/**
 * Whether somebody may decide: live, asked by role or by name, and another human than everybody involved, themselves and
 * all whom they answer for (separation of duties, NIST SP 800-53 AC-5). No role lifts the second half.
 *
 * @param at now, for what was delegated to them
 */
export function eligibilityOf(asked: Asked, by: Approver, ties: Ties, at: Date): Eligibility {
  if (isBarred(asked, by.id, ties)) return { eligible: false, why: 'own_request' };
  if (!by.live) return { eligible: false, why: 'not_eligible' };
  if (isAsked(asked, by, ties)) return { eligible: true, for: null };
  const from = ties.delegations.find(
    (one) =>
      one.toId === by.id &&
      isInForce(one, at) &&
      isNamed(asked, one.fromId, ties) &&
      !isBarred(asked, one.fromId, ties),
  );
  return from ? { eligible: true, for: from.fromId } : { eligible: false, why: 'not_eligible' };
}

/** Those of the candidates who may decide, in the order given. */
export function eligibleAmong(asked: Asked, candidates: readonly Approver[], ties: Ties, at: Date): Id<'person'>[] {
  return candidates.filter((one) => eligibilityOf(asked, one, ties, at).eligible).map(({ id }) => id);
}

/** @returns whose place they take, or null. @throws ApprovalsError `own_request`, `not_eligible` */
export function requireEligible(asked: Asked, by: Approver, ties: Ties, at: Date): Id<'person'> | null {
  const answer = eligibilityOf(asked, by, ties, at);
  if (answer.eligible) return answer.for;
  if (answer.why === 'own_request')
    throw new ApprovalsError('own_request', 'Ask somebody who had no part in this request to decide it.');
  throw new ApprovalsError('not_eligible', `This is decided by ${inWords(asked.approvers)}.`);
}

/**
 * Whether somebody has, or may be taken to have, a hand in what is asked: an account of theirs is among those involved,
 * or one of those whom they have answered for since it was asked; and so on, should those answer for others.
 */
export function isBarred(asked: Asked, id: string, ties: Ties): boolean {
  const human = (name: string) => ties.humans.get(name) ?? name;
  const involved = new Set([asked.requester, ...asked.involved].map(human));
  const standsFor = new Set([human(id)]);
  for (const one of standsFor)
    for (const tie of ties.delegations)
      if (human(tie.toId) === one && wasInForceSince(tie, asked.createdAt)) standsFor.add(human(tie.fromId));
  return [...standsFor].some((one) => involved.has(one));
}

function isAsked(asked: Asked, by: Approver, ties: Ties): boolean {
  return isNamed(asked, by.id, ties) || by.roles.some((role) => asked.approvers.includes(role));
}

function isNamed(asked: Asked, id: string, { custodians }: Ties): boolean {
  return asked.approvers.includes(CUSTODIAN) && custodians.includes(id);
}

function inWords(approvers: Approvers): string {
  const words = approvers.map((one) => (one === CUSTODIAN ? 'its custodians' : `somebody who is ${one}`));
  return words.join(', or by ');
}

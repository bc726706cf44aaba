import { Injectable } from '@nestjs/common';
import { type Consented, Consents, type Wish } from '../approvals/index.js';
import type { Identity } from '../inventory/index.js';
import { type Actor, type ApprovalRequirement, canonicalJson, type Id, isId } from '../kernel/index.js';
import { DecisionPoint, type Question, type Tx, understood } from '../platform/index.js';
import type { AuthorizationDetail } from './domain/authorization-details.js';
import type { HeldGrant } from './domain/scope.js';
import { TokenError } from './domain/token-errors.js';

/** A token for one named thing, as the policy has judged it so far. */
export interface JudgedDetails {
  readonly details: readonly AuthorizationDetail[];
  readonly actor: Actor;
  /** Whose consent is needed; undefined where the policy lets it through as it is. */
  readonly requirement: ApprovalRequirement | undefined;
}

/** What the token would be: all that its consent is bound to. */
export interface WantedToken {
  readonly identity: Identity;
  readonly target: string;
  readonly grants: readonly HeldGrant[];
}

/** How long after the consent the workload may come for its token. */
const SPENDABLE_SECONDS = 3600;
/** How often a workload that waits does well to ask again. */
const INTERVAL_SECONDS = 5;

/** Has the workload's own human agreed to exactly this? (STU-7) */
@Injectable()
export class TokenConsents {
  constructor(
    private readonly decisions: DecisionPoint,
    private readonly consents: Consents,
  ) {}

  /** @throws TokenError `access_denied` where the policy allows such a thing to nobody, or not to this workload */
  async judge(actor: Actor, details: readonly AuthorizationDetail[]): Promise<JudgedDetails> {
    const { decision, cause } = await understood(() => this.decisions.decide(questionOf(actor, details)));
    if (decision.effect === 'deny' || decision.effect === 'step-up') throw refusedByPolicy(decision.reasons, cause);
    return {
      details,
      actor: { ...actor, decision },
      requirement: decision.effect === 'approve' ? decision.approval : undefined,
    };
  }

  /**
   * Takes the consent in the transaction that records the token, or asks for it. An approval grants nothing by itself: the
   * policy is asked again with it, and has the last word.
   *
   * @returns the approval that was spent, with the policy's word on it; or what stands in the way
   * @throws TokenError `access_denied`; ApprovalsError `too_many_open`
   */
  async take(
    tx: Tx,
    { actor, details }: JudgedDetails,
    requirement: ApprovalRequirement,
    wanted: WantedToken,
  ): Promise<{ readonly approvalId: Id<'approval'>; readonly actor: Actor } | Consented> {
    const consented = await this.consents.take(tx, actor, wishOf(wanted, details, requirement));
    if (consented.kind !== 'given') return consented;
    const approvalId = consented.approval.id;
    const question = { ...questionOf(actor, details), evidence: { consent: approvalId } };
    const { decision, cause } = await understood(() => this.decisions.decide(question));
    if (decision.effect !== 'allow') throw refusedByPolicy(decision.reasons, cause);
    return { approvalId, actor: { ...actor, decision } };
  }

  /** What a workload is told that may not go on yet. */
  refusalOf({ kind, approval }: Consented): TokenError {
    const details = { access_request: this.consents.accessRequest(approval) };
    switch (kind) {
      case 'denied':
        return new TokenError('access_denied', 'Its custodian has denied exactly this; the approval says why.', {
          details,
        });
      case 'used':
        return new TokenError(
          'invalid_grant',
          'The consent to this gave a token a moment ago; it gives no second one.',
          {
            details,
          },
        );
      default:
        return new TokenError(
          'authorization_pending',
          'A custodian of this identity must agree first; send the same request again when they have.',
          { details: { ...details, interval: INTERVAL_SECONDS } },
        );
    }
  }
}

function questionOf({ principal, requestId }: Actor, details: readonly AuthorizationDetail[]): Question {
  return { principal, action: 'token.issue', resource: {}, requestId, context: { authorizationDetails: details } };
}

function refusedByPolicy(reasons: readonly string[], cause: unknown): TokenError {
  return new TokenError('access_denied', 'The policy does not let this workload have such a token.', {
    details: { reasons },
    ...(cause !== undefined && { cause }),
  });
}

/** Whoever registered the identity has a hand in what it asks: they are no witness to it. */
function wishOf(
  { identity, target, grants }: WantedToken,
  details: readonly AuthorizationDetail[],
  { approvers, expiresSeconds }: ApprovalRequirement,
): Wish {
  const scope = grants
    .map((grant) => grant.scope)
    .sort()
    .join(' ');
  const types = [...new Set(details.map(({ type }) => type))].join(', ');
  return {
    action: 'token.issue',
    subject: identity.id,
    payload: canonicalJson({ identity: identity.id, audience: target, scope, authorization_details: details }),
    summary: `Let ${identity.kind} ${identity.name} in ${identity.environment} use ${target} (${scope}), once, for: ${types}`,
    involved: isId('person', identity.requestedBy) ? [identity.requestedBy] : [],
    approvers,
    openSeconds: expiresSeconds,
    spendableSeconds: SPENDABLE_SECONDS,
  };
}

import { Injectable } from '@nestjs/common';
import { type Actor, type ApprovalRequirement, canonicalJson, isId, principalName } from '../kernel/index.js';
import {
  ApprovalDesk,
  type GuardedCall,
  type Pass,
  payloadDigest,
  shownPayload,
  UnitOfWork,
} from '../platform/index.js';
import { type Consented, Consents, type Wish } from './consents.service.js';
import { ApprovalsError } from './domain/errors.js';

/** Consent to a request that the policy lets through with somebody else's agreement alone. */
@Injectable()
export class GuardConsents extends ApprovalDesk {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly consents: Consents,
  ) {
    super();
  }

  /** @throws ApprovalsError `approval_required`, `approval_denied`, `approval_used`, `too_many_open` */
  override async admit(call: GuardedCall, requirement: ApprovalRequirement): Promise<Pass> {
    const actor: Actor = { principal: call.question.principal, requestId: call.requestId, decision: call.decision };
    const consented = await this.unitOfWork.aside((tx) => this.consents.seek(tx, actor, wishOf(call, requirement)));
    const { id } = consented.approval;
    if (consented.kind !== 'given' && consented.kind !== 'used') throw this.refusal(consented);
    return {
      evidence: { consent: id },
      ...(consented.kind === 'used' && { spent: this.refusal(consented) }),
      spend: async (tx) => {
        await this.consents.spend(tx, actor, id);
      },
    };
  }

  private refusal({ kind, approval }: Consented): ApprovalsError {
    const details = { approvalId: approval.id, access_request: this.consents.accessRequest(approval) };
    switch (kind) {
      case 'denied':
        return new ApprovalsError('approval_denied', 'It was denied: read why in the approval, and ask for less.', {
          details,
        });
      case 'used':
        return new ApprovalsError('approval_used', 'This consent was used a moment ago: look whether it took effect.', {
          details,
        });
      default:
        return new ApprovalsError(
          'approval_required',
          `Somebody else must approve this first (${approval.id}); when they have, send the same request again.`,
          { details },
        );
    }
  }
}

function wishOf(call: GuardedCall, { approvers, expiresSeconds }: ApprovalRequirement): Wish {
  const { question, payload, secretFields, words } = call;
  const ids = Object.values(question.resource);
  const subject = ids.find((id) => isId('identity', id)) ?? ids[0] ?? principalName(question.principal);
  return {
    action: question.action,
    subject,
    payload: canonicalJson({ ...shownPayload(payload, secretFields) }),
    digest: payloadDigest(payload),
    summary: words,
    involved: [],
    approvers,
    openSeconds: expiresSeconds,
    spendableSeconds: Math.min(expiresSeconds, SPENDABLE_SECONDS),
  };
}

/** A consent to a request is acted upon soon, or asked for anew. */
const SPENDABLE_SECONDS = 3600;

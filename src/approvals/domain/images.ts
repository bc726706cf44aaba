import type { Json } from '../../kernel/index.js';
import type { Approval } from './approval.js';
import type { Delegation } from './delegation.js';

/** What records keep of an approval: its whole row. */
export function approvalImage(approval: Approval): Json {
  return {
    id: approval.id,
    action: approval.action,
    subject: approval.subject,
    payload_digest: approval.payloadDigest.toString('hex'),
    payload: approval.payload,
    payload_withheld: approval.payloadWithheld,
    summary: approval.summary,
    requester: approval.requester,
    involved: approval.involved,
    approvers: [...approval.approvers],
    spendable_seconds: approval.spendableSeconds,
    state: approval.state,
    created_at: text(approval.createdAt),
    expires_at: text(approval.expiresAt),
    decided_by: approval.decidedBy,
    decided_for: approval.decidedFor,
    decided_at: text(approval.decidedAt),
    reason: approval.reason,
    spent_by: approval.spentBy,
    spent_at: text(approval.spentAt),
    spent_in: approval.spentIn,
    version: approval.version,
  };
}

export function delegationImage(one: Delegation): Json {
  return {
    id: one.id,
    from_id: one.fromId,
    to_id: one.toId,
    reason: one.reason,
    created_at: text(one.createdAt),
    until: text(one.until),
    ended_at: text(one.endedAt),
    ended_by: one.endedBy,
  };
}

function text(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}

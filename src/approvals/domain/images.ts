import type { Json } from '../../kernel/index.js';
import type { Approval } from './approval.js';

/** What records keep of an approval: its whole row. */
export function approvalImage(approval: Approval): Json {
  return {
    id: approval.id,
    action: approval.action,
    subject: approval.subject,
    payload_digest: approval.payloadDigest.toString('hex'),
    summary: approval.summary,
    requester: approval.requester,
    involved: approval.involved,
    state: approval.state,
    created_at: text(approval.createdAt),
    expires_at: text(approval.expiresAt),
    decided_by: approval.decidedBy,
    decided_at: text(approval.decidedAt),
    reason: approval.reason,
    spent_by: approval.spentBy,
    spent_at: text(approval.spentAt),
    version: approval.version,
  };
}

function text(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}

import { z } from 'zod';
import { idOf, instant, line, pageQuery, toInstant, toInstantOrNull } from '../platform/index.js';
import { type Approval, APPROVAL_STATES } from './domain/approval.js';

export const approvalsQuery = z.strictObject({
  ...pageQuery,
  state: z.enum(APPROVAL_STATES).optional(),
  subject: z
    .string()
    .regex(/^[a-z]{3}_[0-9a-f]{32}$/, 'must be the id of what the approval is about')
    .optional(),
});

export const decisionBody = z
  .strictObject({ verdict: z.enum(['approve', 'deny']), reason: line(500) })
  .meta({ id: 'ApprovalDecision' });

export const approvalSchema = z
  .strictObject({
    id: idOf('approval'),
    action: z.string(),
    subject: z.string(),
    payloadDigest: z.string(),
    summary: z.string(),
    requester: z.string(),
    state: z.enum(APPROVAL_STATES),
    createdAt: instant,
    expiresAt: instant,
    decidedBy: idOf('person').nullable(),
    decidedAt: instant.nullable(),
    reason: z.string().nullable(),
    spentAt: instant.nullable(),
    version: z.int(),
  })
  .meta({ id: 'Approval' });

export function showApproval(approval: Approval): z.input<typeof approvalSchema> {
  return {
    id: approval.id,
    action: approval.action,
    subject: approval.subject,
    payloadDigest: approval.payloadDigest.toString('hex'),
    summary: approval.summary,
    requester: approval.requester,
    state: approval.state,
    createdAt: toInstant(approval.createdAt),
    expiresAt: toInstant(approval.expiresAt),
    decidedBy: approval.decidedBy,
    decidedAt: toInstantOrNull(approval.decidedAt),
    reason: approval.reason,
    spentAt: toInstantOrNull(approval.spentAt),
    version: approval.version,
  };
}

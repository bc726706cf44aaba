import { z } from 'zod';
import { ROLES } from '../kernel/index.js';
import { idOf, instant, line, pageQuery, toInstant, toInstantOrNull } from '../platform/index.js';
import type { SeenApproval } from './approvals.service.js';
import { APPROVAL_STATES } from './domain/approval.js';
import { CUSTODIAN } from './domain/eligibility.js';

const anyId = z.string().regex(/^[a-z]{3}_[0-9a-f]{32}$/, 'must be the id of what the approval is about');

export const approvalsQuery = z
  .strictObject({
    ...pageQuery,
    state: z.enum(APPROVAL_STATES).optional(),
    subject: anyId.optional(),
    action: z
      .string()
      .regex(/^[a-z][a-z.-]{0,63}$/, 'must be the name of an action')
      .optional(),
    /** `me`: what the caller asked for. */
    requester: z.literal('me').optional(),
    /** `me`: what is open and the caller may decide. */
    eligible: z.literal('me').optional(),
  })
  .refine(
    ({ eligible, state, subject, action, requester }) =>
      eligible === undefined || ((state ?? 'pending') === 'pending' && (subject ?? action ?? requester) === undefined),
    'eligible=me lists what is pending, and takes no other filter',
  );

export const decisionBody = z
  .strictObject({ verdict: z.enum(['approve', 'deny']), reason: line(500) })
  .meta({ id: 'ApprovalDecision' });

export const approvalSchema = z
  .strictObject({
    id: idOf('approval'),
    action: z.string(),
    subject: z.string(),
    payloadDigest: z.string(),
    /** Exactly what was asked, as canonical JSON. */
    payload: z.string().nullable(),
    /** A secret was left out of the payload: the digest is of more than is shown. */
    payloadWithheld: z.boolean(),
    summary: z.string(),
    requester: z.string(),
    involved: z.array(z.string()),
    approvers: z.array(z.enum([...ROLES, CUSTODIAN])),
    /** At most 100. */
    eligibleApproverIds: z.array(idOf('person')),
    canDecide: z.boolean(),
    state: z.enum(APPROVAL_STATES),
    createdAt: instant,
    expiresAt: instant,
    decidedBy: idOf('person').nullable(),
    /** In whose place, where by delegation. */
    decidedFor: idOf('person').nullable(),
    decidedAt: instant.nullable(),
    reason: z.string().nullable(),
    spentAt: instant.nullable(),
    version: z.int(),
  })
  .meta({ id: 'Approval' });

export function showApproval({
  approval,
  eligibleApproverIds,
  canDecide,
}: SeenApproval): z.input<typeof approvalSchema> {
  return {
    id: approval.id,
    action: approval.action,
    subject: approval.subject,
    payloadDigest: approval.payloadDigest.toString('hex'),
    payload: approval.payload,
    payloadWithheld: approval.payloadWithheld,
    summary: approval.summary,
    requester: approval.requester,
    involved: [...approval.involved],
    approvers: [...approval.approvers],
    eligibleApproverIds: [...eligibleApproverIds],
    canDecide,
    state: approval.state,
    createdAt: toInstant(approval.createdAt),
    expiresAt: toInstant(approval.expiresAt),
    decidedBy: approval.decidedBy,
    decidedFor: approval.decidedFor,
    decidedAt: toInstantOrNull(approval.decidedAt),
    reason: approval.reason,
    spentAt: toInstantOrNull(approval.spentAt),
    version: approval.version,
  };
}

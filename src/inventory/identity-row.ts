import type { Id } from '../kernel/index.js';
import type { Criticality, DataClass, Identity, IdentityKind, IdentityStatus } from './domain/identity.js';

/** The columns of `WITH_OBLIGATIONS` that make an identity. */
export const IDENTITY_COLUMNS = `i.id, i.spiffe_id, i.name, i.kind, i.environment, i.team_id, i.purpose, i.criticality, i.data_classes,
  i.privileged, i.support_expires_at, i.status, i.status_reason, i.status_by, i.primary_custodian_id,
  i.backup_custodian_id, i.handover_due_at, i.departed_custodian_id, i.requested_by, i.authors, i.approval_id, i.version,
  i.created_at, i.changed_at, review.due_at AS review_due_at, review.reference_id AS review_id,
  analysis.due_at AS risk_analysis_expires_at, analysis.reference_id AS risk_analysis_id`;

/** What is owed first for each row `i` of what stands before it: at most one more row is read for each obligation. */
export const WITH_OBLIGATIONS = `${owedFirst('review')} AS review ON true ${owedFirst('risk-analysis')} AS analysis ON true`;

function owedFirst(kind: 'review' | 'risk-analysis'): string {
  return `LEFT JOIN LATERAL (SELECT o.due_at, o.reference_id FROM muster.obligations o
    WHERE o.identity_id = i.id AND o.kind = '${kind}' ORDER BY o.due_at, o.reference_id LIMIT 1)`;
}

export interface IdentityRow {
  readonly id: Id<'identity'>;
  readonly spiffe_id: string;
  readonly name: string;
  readonly kind: IdentityKind;
  readonly environment: string;
  readonly team_id: Id<'team'>;
  readonly purpose: string;
  readonly criticality: Criticality;
  readonly data_classes: DataClass[];
  readonly privileged: boolean;
  readonly support_expires_at: Date | null;
  readonly status: IdentityStatus;
  readonly status_reason: string | null;
  readonly status_by: string;
  readonly primary_custodian_id: Id<'person'> | null;
  readonly backup_custodian_id: Id<'person'> | null;
  readonly handover_due_at: Date | null;
  readonly departed_custodian_id: Id<'person'> | null;
  readonly requested_by: string;
  readonly authors: string[];
  readonly approval_id: Id<'approval'> | null;
  readonly version: number;
  readonly created_at: Date;
  readonly changed_at: Date;
  readonly review_due_at: Date | null;
  readonly review_id: Id<'reviewItem'> | null;
  readonly risk_analysis_expires_at: Date | null;
  readonly risk_analysis_id: Id<'riskAnalysis'> | null;
}

export function identityOf(row: IdentityRow): Identity {
  return {
    id: row.id,
    spiffeId: row.spiffe_id,
    name: row.name,
    kind: row.kind,
    environment: row.environment,
    teamId: row.team_id,
    purpose: row.purpose,
    criticality: row.criticality,
    dataClasses: row.data_classes,
    privileged: row.privileged,
    supportExpiresAt: row.support_expires_at,
    status: row.status,
    statusReason: row.status_reason,
    statusBy: row.status_by,
    primaryCustodianId: row.primary_custodian_id,
    backupCustodianId: row.backup_custodian_id,
    handoverDueAt: row.handover_due_at,
    departedCustodianId: row.departed_custodian_id,
    requestedBy: row.requested_by,
    authors: row.authors,
    approvalId: row.approval_id,
    version: row.version,
    createdAt: row.created_at,
    changedAt: row.changed_at,
    reviewDueAt: row.review_due_at,
    reviewId: row.review_id,
    riskAnalysisExpiresAt: row.risk_analysis_expires_at,
    riskAnalysisId: row.risk_analysis_id,
  };
}

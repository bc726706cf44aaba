import type { Json } from '../../../kernel/index.js';
import type { RiskAnalysis } from './risk-analysis.js';

/** What records keep of an analysis: its whole row. */
export function riskAnalysisImage(analysis: RiskAnalysis): Json {
  return {
    id: analysis.id,
    title: analysis.title,
    assets: analysis.assets,
    threats: analysis.threats,
    factors: analysis.factors,
    justification: analysis.justification,
    every_days: analysis.everyDays,
    status: analysis.status,
    author_id: analysis.authorId,
    approver_id: analysis.approverId,
    approved_at: analysis.approvedAt && analysis.approvedAt.toISOString(),
    expires_at: analysis.expiresAt.toISOString(),
    withdrawn_at: analysis.withdrawnAt && analysis.withdrawnAt.toISOString(),
    replaces_id: analysis.replacesId,
    version: analysis.version,
    created_at: analysis.createdAt.toISOString(),
    changed_at: analysis.changedAt.toISOString(),
  };
}

import type { Json } from '../../../kernel/index.js';
import type { Campaign } from '../../domain/campaign.js';

/** What records keep of a campaign: its whole row. */
export function campaignImage(campaign: Campaign): Json {
  return {
    id: campaign.id,
    name: campaign.name,
    scope: { ...campaign.scope } as Json,
    schedule_id: campaign.scheduleId,
    risk_analysis_id: campaign.riskAnalysisId,
    owner_id: campaign.ownerId,
    management_id: campaign.managementId,
    sample_percent: campaign.samplePercent,
    state: campaign.state,
    due_at: campaign.dueAt.toISOString(),
    created_by: campaign.createdBy,
    created_at: campaign.createdAt.toISOString(),
    frozen_at: text(campaign.frozenAt),
    population: campaign.population,
    population_digest: hex(campaign.populationDigest),
    data_gate: campaign.dataGate?.map((stale) => ({ ...stale })) ?? null,
    acknowledged_by: campaign.acknowledgedBy,
    acknowledged_at: text(campaign.acknowledgedAt),
    acknowledged_digest: hex(campaign.acknowledgedDigest),
    ended_by: campaign.endedBy,
    ended_at: text(campaign.endedAt),
    end_reason: campaign.endReason,
    figures: campaign.figures,
    version: campaign.version,
    changed_at: campaign.changedAt.toISOString(),
  };
}

function text(at: Date | null): string | null {
  return at && at.toISOString();
}

function hex(bytes: Buffer | null): string | null {
  return bytes && bytes.toString('hex');
}

import type { Json } from '../../../kernel/index.js';
import type { Schedule } from './schedule.js';

/** What records keep of a schedule: its whole row. */
export function scheduleImage(schedule: Schedule): Json {
  return {
    id: schedule.id,
    name: schedule.name,
    scope: { ...schedule.scope } as Json,
    every_days: schedule.everyDays,
    due_after_days: schedule.dueAfterDays,
    owner_id: schedule.ownerId,
    management_id: schedule.managementId,
    risk_analysis_id: schedule.riskAnalysisId,
    sample_percent: schedule.samplePercent,
    status: schedule.status,
    next_at: schedule.nextAt.toISOString(),
    version: schedule.version,
    created_by: schedule.createdBy,
    created_at: schedule.createdAt.toISOString(),
    changed_at: schedule.changedAt.toISOString(),
  };
}

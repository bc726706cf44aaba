import { z } from 'zod';
import { idOf, instant, instantInput, line, pageQuery, toInstant } from '../../platform/index.js';
import { scopeSchema } from '../campaigns/campaigns.dto.js';
import { RISK_ANALYSIS_STATUSES, statusAt } from '../risk-analyses/domain/risk-analysis.js';
import { SCHEDULE_STATUSES } from './domain/schedule.js';
import type { SeenSchedule } from './schedules.service.js';

const everyDays = z.int().min(1).max(366);
const dueAfterDays = z.int().min(1).max(90);
const samplePercent = z.int().min(0).max(100);

export const newScheduleBody = z
  .strictObject({
    name: line(200),
    scope: scopeSchema,
    everyDays,
    dueAfterDays,
    /** Who runs its reviews; the caller, unless somebody else is named. */
    ownerId: idOf('person').optional(),
    managementId: idOf('person'),
    /** Why this often is often enough; compulsory (PCI DSS 12.3.1). */
    riskAnalysisId: idOf('riskAnalysis').nullish(),
    samplePercent: samplePercent.default(5),
    /** When the first one starts; at once, unless said. */
    nextAt: instantInput.optional(),
  })
  .meta({ id: 'NewReviewSchedule' });

export const scheduleChangeBody = z
  .strictObject({
    name: line(200),
    scope: scopeSchema,
    everyDays,
    dueAfterDays,
    ownerId: idOf('person'),
    managementId: idOf('person'),
    riskAnalysisId: idOf('riskAnalysis'),
    samplePercent,
    nextAt: instantInput,
    status: z.enum(SCHEDULE_STATUSES),
  })
  .partial()
  .refine((body) => Object.values(body).some((value) => value !== undefined), 'must change something');

export const schedulesQuery = z.strictObject(pageQuery);

export const scheduleSchema = z
  .strictObject({
    id: idOf('reviewSchedule'),
    name: z.string(),
    scope: scopeSchema,
    everyDays,
    dueAfterDays,
    ownerId: idOf('person'),
    managementId: idOf('person'),
    riskAnalysisId: idOf('riskAnalysis'),
    /** Nothing starts unless it is `approved`. */
    riskAnalysisStatus: z.enum(RISK_ANALYSIS_STATUSES),
    riskAnalysisExpiresAt: instant,
    samplePercent,
    status: z.enum(SCHEDULE_STATUSES),
    nextAt: instant,
    version: z.int(),
    createdBy: z.string(),
    createdAt: instant,
    changedAt: instant,
  })
  .meta({ id: 'ReviewSchedule' });

export function showSchedule({ schedule, analysis, at }: SeenSchedule): z.input<typeof scheduleSchema> {
  return {
    ...schedule,
    scope: schedule.scope as z.input<typeof scopeSchema>,
    riskAnalysisStatus: statusAt(analysis, at),
    riskAnalysisExpiresAt: toInstant(analysis.expiresAt),
    nextAt: toInstant(schedule.nextAt),
    createdAt: toInstant(schedule.createdAt),
    changedAt: toInstant(schedule.changedAt),
  };
}

import { z } from 'zod';
import { PLAIN_TEXT } from '../../kernel/index.js';
import { idOf, instant, instantInput, line, pageQuery, toInstant, toInstantOrNull } from '../../platform/index.js';
import { type RiskAnalysis, RISK_ANALYSIS_STATUSES, statusAt } from './domain/risk-analysis.js';

/** Words in paragraphs. */
const paragraphs = z
  .string()
  .trim()
  .min(1)
  .max(4000)
  .refine((text) => PLAIN_TEXT.test(text.replaceAll('\n', ' ')), 'must not contain control characters but line breaks');
const everyDays = z.int().min(1).max(366);

const says = {
  title: line(200),
  assets: paragraphs,
  threats: paragraphs,
  factors: paragraphs,
  justification: paragraphs,
  everyDays,
  expiresAt: instantInput,
};

export const newRiskAnalysisBody = z
  .strictObject({ ...says, replacesId: idOf('riskAnalysis').nullish() })
  .meta({ id: 'NewRiskAnalysis' });

export const riskAnalysisChangeBody = z
  .strictObject(says)
  .partial()
  .refine((body) => Object.values(body).some((value) => value !== undefined), 'must change something');

export const riskAnalysesQuery = z.strictObject({ ...pageQuery, status: z.enum(RISK_ANALYSIS_STATUSES).optional() });

export const riskAnalysisSchema = z
  .strictObject({
    id: idOf('riskAnalysis'),
    title: z.string(),
    assets: z.string(),
    threats: z.string(),
    factors: z.string(),
    justification: z.string(),
    /** The longest time between two reviews that it supports. */
    everyDays,
    status: z.enum(RISK_ANALYSIS_STATUSES),
    authorId: idOf('person'),
    approverId: idOf('person').nullable(),
    approvedAt: instant.nullable(),
    expiresAt: instant,
    withdrawnAt: instant.nullable(),
    replacesId: idOf('riskAnalysis').nullable(),
    version: z.int(),
    createdAt: instant,
    changedAt: instant,
  })
  .meta({ id: 'RiskAnalysis' });

/** @param at instant of the answer: what has expired is judged by it */
export function showRiskAnalysis(analysis: RiskAnalysis, at: Date): z.input<typeof riskAnalysisSchema> {
  return {
    ...analysis,
    status: statusAt(analysis, at),
    approvedAt: toInstantOrNull(analysis.approvedAt),
    expiresAt: toInstant(analysis.expiresAt),
    withdrawnAt: toInstantOrNull(analysis.withdrawnAt),
    createdAt: toInstant(analysis.createdAt),
    changedAt: toInstant(analysis.changedAt),
  };
}

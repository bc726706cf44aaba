import { z } from 'zod';
import { CRITICALITIES, DATA_CLASSES, IDENTITY_KINDS } from '../../inventory/index.js';
import { idOf, instant, instantInput, line, pageQuery, toInstant, toInstantOrNull } from '../../platform/index.js';
import { CAMPAIGN_STATES } from '../domain/campaign.js';
import type { Preview } from './domain/preview.js';
import type { ReviewerProgress } from './campaigns.repository.js';
import type { SeenCampaign, SeenReviewer } from './campaigns.service.js';

const MAX_CONDITION = 1000;
const environment = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/, 'must be 1 to 32 lower-case letters, digits and dashes');
const days = z.int().min(1).max(3650);
const samplePercent = z.int().min(0).max(100);
const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** Which identities a review is about: all that is given holds. */
export const scopeSchema = z
  .strictObject({
    teamId: idOf('team').optional(),
    environment: environment.optional(),
    dataClass: z.enum(DATA_CLASSES).optional(),
    kind: z.enum(IDENTITY_KINDS).optional(),
    criticality: z.enum(CRITICALITIES).optional(),
    privileged: z.boolean().optional(),
    custodianId: idOf('person').optional(),
    olderThanDays: days.optional(),
    custodianChangedWithinDays: days.optional(),
    condition: z.string().trim().min(1).max(MAX_CONDITION).optional(),
  })
  .meta({ id: 'ReviewScope' });

export const previewBody = z.strictObject({ scope: scopeSchema });

export const newCampaignBody = z
  .strictObject({
    name: line(200),
    scope: scopeSchema,
    dueAt: instantInput,
    /** Who runs it; the caller, unless somebody else is named. */
    ownerId: idOf('person').optional(),
    /** Who acknowledges it, apart from those who decide (PCI DSS 7.2.5.1). */
    managementId: idOf('person'),
    samplePercent: samplePercent.default(5),
  })
  .meta({ id: 'NewReviewCampaign' });

export const campaignChangeBody = z
  .strictObject({
    name: line(200).optional(),
    dueAt: instantInput.optional(),
    ownerId: idOf('person').optional(),
    managementId: idOf('person').optional(),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), 'must change something');

export const cancellationBody = z.strictObject({ reason: line(500) });

export const campaignsQuery = z.strictObject({
  ...pageQuery,
  state: z.enum(CAMPAIGN_STATES).optional(),
  ownerId: z.union([z.literal('me'), idOf('person')]).optional(),
});

export const reviewersQuery = z.strictObject(pageQuery);

/** Has the form of a place where a page of reviewers ended. */
export const reviewerPosition = z.tuple([z.int().min(0), z.union([z.literal(''), idOf('person')])]);

const progress = {
  open: z.int(),
  /** Decided, and not submitted yet. */
  staged: z.int(),
  submitted: z.int(),
  excepted: z.int(),
};

export const campaignSchema = z
  .strictObject({
    id: idOf('campaign'),
    name: z.string(),
    scope: scopeSchema,
    scheduleId: idOf('reviewSchedule').nullable(),
    riskAnalysisId: idOf('riskAnalysis').nullable(),
    ownerId: idOf('person'),
    managementId: idOf('person'),
    samplePercent,
    state: z.enum(CAMPAIGN_STATES),
    dueAt: instant,
    createdBy: z.string(),
    createdAt: instant,
    frozenAt: instant.nullable(),
    population: z.int().nullable(),
    /** SHA-256 over every item as it was frozen. */
    populationDigest: digest.nullable(),
    /** What of the evidence was stale or missing when it was frozen. */
    dataGate: z.array(z.strictObject({ code: z.string(), words: z.string(), count: z.int() })).nullable(),
    acknowledgedBy: idOf('person').nullable(),
    acknowledgedAt: instant.nullable(),
    acknowledgedDigest: digest.nullable(),
    endedBy: z.string().nullable(),
    endedAt: instant.nullable(),
    endReason: z.string().nullable(),
    version: z.int(),
    changedAt: instant,
    progress: z.strictObject({ population: z.int(), ...progress }),
  })
  .meta({ id: 'ReviewCampaign' });

export const previewSchema = z
  .strictObject({
    count: z.int(),
    /** Nobody could decide about so many: whoever answers for them asked for them too, or nobody answers. */
    withoutReviewer: z.int(),
    privileged: z.int(),
    /** The 20 with most. */
    byCustodian: z.array(z.strictObject({ personId: idOf('person'), count: z.int() })),
    /** The first 20 by name. */
    sample: z.array(z.string()),
  })
  .meta({ id: 'ReviewPreview' });

export const reviewerProgressSchema = z
  .strictObject({
    /** Null for what nobody may decide. */
    personId: idOf('person').nullable(),
    total: z.int(),
    ...progress,
    /** What is neither submitted nor excepted after it was due. */
    late: z.int(),
  })
  .meta({ id: 'ReviewerProgress' });

export function showCampaign({ campaign, progress }: SeenCampaign): z.input<typeof campaignSchema> {
  return {
    id: campaign.id,
    name: campaign.name,
    scope: campaign.scope as z.input<typeof scopeSchema>,
    scheduleId: campaign.scheduleId,
    riskAnalysisId: campaign.riskAnalysisId,
    ownerId: campaign.ownerId,
    managementId: campaign.managementId,
    samplePercent: campaign.samplePercent,
    state: campaign.state,
    dueAt: toInstant(campaign.dueAt),
    createdBy: campaign.createdBy,
    createdAt: toInstant(campaign.createdAt),
    frozenAt: toInstantOrNull(campaign.frozenAt),
    population: campaign.population,
    populationDigest: hex(campaign.populationDigest),
    dataGate: campaign.dataGate?.map((stale) => ({ ...stale })) ?? null,
    acknowledgedBy: campaign.acknowledgedBy,
    acknowledgedAt: toInstantOrNull(campaign.acknowledgedAt),
    acknowledgedDigest: hex(campaign.acknowledgedDigest),
    endedBy: campaign.endedBy,
    endedAt: toInstantOrNull(campaign.endedAt),
    endReason: campaign.endReason,
    version: campaign.version,
    changedAt: toInstant(campaign.changedAt),
    progress: { population: campaign.population ?? 0, ...progress },
  };
}

export function showPreview(preview: Preview): z.input<typeof previewSchema> {
  return {
    count: preview.count,
    withoutReviewer: preview.withoutReviewer,
    privileged: preview.privileged,
    byCustodian: preview.byCustodian.map((one) => ({ ...one })),
    sample: [...preview.sample],
  };
}

export function showReviewer({ late, reviewerId, ...rest }: SeenReviewer): z.input<typeof reviewerProgressSchema> {
  const { open, staged, submitted, excepted }: Omit<ReviewerProgress, 'reviewerId'> = rest;
  const total = open + staged + submitted + excepted;
  return { personId: reviewerId, total, open, staged, submitted, excepted, late };
}

function hex(bytes: Buffer | null): string | null {
  return bytes && bytes.toString('hex');
}

import { z } from 'zod';
import { idOf, instant, line, pageQuery, toInstant, toInstantOrNull } from '../../platform/index.js';
import { CAMPAIGN_STATES } from '../domain/campaign.js';
import type { SeenFigures } from './closing.service.js';
import type { Quality } from './domain/figures.js';
import { flagsOf } from './domain/quality.js';
import { SAMPLE_STATES } from './domain/sample.js';
import { FAULT_CODES } from './domain/tie-out.js';
import type { SeenSample } from './samples.service.js';

const count = z.int().min(0);
const digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be the 64 hexadecimal digits of a digest');

export const acknowledgementBody = z.strictObject({
  digest: digest.meta({ description: 'The digest of the figures as they were seen.' }),
});

export const faultSchema = z
  .strictObject({ code: z.enum(FAULT_CODES), words: z.string(), count })
  .meta({ id: 'ReviewFault' });

const qualityShape = {
  decided: count,
  keeps: count,
  opened: count.meta({ description: 'Decisions whose evidence was opened by whoever decided.' }),
  medianSeconds: count,
  p90Seconds: count,
  bulkKeeps: count,
  hastyKeeps: count.meta({ description: 'Keeps within three seconds of the decision before.' }),
  busiest: count.meta({ description: 'The most decisions that one person noted within ninety seconds.' }),
  flags: z.array(z.strictObject({ code: z.string(), words: z.string() })),
};

export const figuresSchema = z
  .strictObject({
    campaignId: idOf('campaign'),
    state: z.enum(CAMPAIGN_STATES),
    population: count,
    items: z.strictObject({
      open: count,
      staged: count,
      keep: count,
      reduce: count,
      revoke: count,
      excepted: count,
    }),
    effects: z.strictObject({
      verified: count,
      attested: count,
      excepted: count,
      unverified: count,
      unattested: count,
      failed: count,
      missing: count,
    }),
    exceptions: z.strictObject({ items: count, effects: count, samples: count, lapsed: count }),
    samples: z.strictObject({ open: count, agreed: count, disagreed: count, unresolved: count }),
    faults: z.array(faultSchema).meta({ description: 'Why it does not tie out; empty where it does.' }),
    digest: digest.meta({ description: 'What management acknowledges.' }),
    acknowledgedBy: idOf('person').nullable(),
    acknowledgedAt: instant.nullable(),
    acknowledgementStale: z
      .boolean()
      .meta({ description: 'Something changed since it was acknowledged: it has to be again.' }),
    canAcknowledge: z.boolean(),
    canClose: z.boolean(),
    quality: z
      .strictObject(qualityShape)
      .nullable()
      .meta({ description: 'How the decisions came about: for owner, management, administrators and auditors.' }),
    custodians: z.array(z.strictObject({ personId: idOf('person'), ...qualityShape })).nullable(),
  })
  .meta({ id: 'ReviewFigures' });

export const samplesQuery = z.strictObject({
  ...pageQuery,
  campaignId: idOf('campaign').optional(),
  itemId: idOf('reviewItem').optional(),
  reviewer: z.union([z.literal('me'), idOf('person')]).optional(),
  state: z.enum(SAMPLE_STATES).optional(),
});

export const verdictBody = z
  .strictObject({ verdict: z.enum(['agreed', 'disagreed']), reason: line(1000).optional() })
  .refine(({ verdict, reason }) => verdict === 'agreed' || reason !== undefined, {
    path: ['reason'],
    message: 'say why you disagree',
  });

export const resolutionBody = z
  .strictObject({
    decision: z.enum(['reduce', 'revoke']),
    grants: z.array(idOf('grant')).min(1).max(200).optional(),
    reason: line(1000),
  })
  .refine(({ decision, grants }) => (decision === 'reduce') === (grants !== undefined), {
    path: ['grants'],
    message: 'name the grants to take away for reduce, and none for revoke',
  });

export const sampleSchema = z
  .strictObject({
    itemId: idOf('reviewItem'),
    campaignId: idOf('campaign'),
    identityId: idOf('identity'),
    name: z.string(),
    environment: z.string(),
    privileged: z.boolean(),
    keptBy: idOf('person'),
    keptBecause: z.string().nullable(),
    reviewerId: idOf('person').nullable(),
    state: z.enum(SAMPLE_STATES),
    reason: z.string().nullable(),
    chosenAt: instant,
    decidedBy: idOf('person').nullable(),
    decidedAt: instant.nullable(),
    resolution: z
      .enum(['effect', 'exception'])
      .nullable()
      .meta({ description: 'What settled a keep that was disagreed with.' }),
    canDecide: z.boolean(),
    version: z.int(),
  })
  .meta({ id: 'ReviewSample' });

export function showFigures(seen: SeenFigures): z.input<typeof figuresSchema> {
  const { campaign, figures, faults, digest, seesQuality } = seen;
  const { population, items, effects, exceptions, samples, quality, custodians } = figures;
  return {
    campaignId: campaign.id,
    state: campaign.state,
    population,
    items: { ...items },
    effects: { ...effects },
    exceptions: { ...exceptions },
    samples: { ...samples },
    faults: faults.map((fault) => ({ ...fault })),
    digest: digest.toString('hex'),
    acknowledgedBy: campaign.acknowledgedBy,
    acknowledgedAt: toInstantOrNull(campaign.acknowledgedAt),
    acknowledgementStale: seen.acknowledgementStale,
    canAcknowledge: seen.canAcknowledge,
    canClose: seen.canClose,
    quality: seesQuality ? showQuality(quality) : null,
    custodians: seesQuality ? custodians.map((one) => ({ ...one, ...showQuality(one) })) : null,
  };
}

function showQuality(quality: Quality) {
  const { decided, keeps, opened, medianSeconds, p90Seconds, bulkKeeps, hastyKeeps, busiest } = quality;
  const flags = flagsOf(quality).map((flag) => ({ ...flag }));
  return { decided, keeps, opened, medianSeconds, p90Seconds, bulkKeeps, hastyKeeps, busiest, flags };
}

export function showSample({ sample, canDecide }: SeenSample): z.input<typeof sampleSchema> {
  return { ...sample, chosenAt: toInstant(sample.chosenAt), decidedAt: toInstantOrNull(sample.decidedAt), canDecide };
}

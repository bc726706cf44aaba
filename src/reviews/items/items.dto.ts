import { z } from 'zod';
import { idOf, instant, line, pageQuery, toInstant, toInstantOrNull } from '../../platform/index.js';
import { DECISIONS, ITEM_STATES } from '../domain/item.js';
import type { Submission } from './domain/submission.js';
import type { OpenedItem, SeenItem } from './items.service.js';
import { SORTS, type Waiting } from './queue.repository.js';
import type { StagedSubmission } from './submissions.service.js';

/** What is kept together, at one stroke. */
export const MOST_AT_ONCE = 200;
const MAX_GRANTS = 200;
const reason = line(1000);
const digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits');

export const itemsQuery = z
  .strictObject({
    ...pageQuery,
    campaignId: idOf('campaign').optional(),
    /** Whose to decide: also in the place of somebody away, and what is so late that they come next. */
    reviewer: z.union([z.literal('me'), idOf('person')]).optional(),
    state: z.enum(ITEM_STATES).optional(),
    identityId: idOf('identity').optional(),
    q: z.string().trim().min(1).max(100).toLowerCase().optional().meta({
      description:
        'Part of the name. By it, and by decision, a page may be short, or empty, and not the last: then go on with its cursor.',
    }),
    decision: z.enum(DECISIONS).optional(),
    sort: z.enum(SORTS).default('position'),
  })
  .refine(
    ({ campaignId, reviewer, identityId }) => campaignId ?? reviewer ?? identityId,
    'must name a campaign, a reviewer or an identity',
  );

export const itemQuery = z.strictObject({
  /** Read before anybody sees it: whoever decides has not looked yet. */
  ahead: z.literal('true').optional(),
});

/** Has the form of a place where a page ended. */
export const itemPosition = z.tuple([z.string().max(200), idOf('campaign'), z.int().min(0)]);

export const decisionBody = z
  .discriminatedUnion('decision', [
    z.strictObject({ decision: z.literal('keep'), reason: reason.optional() }),
    z.strictObject({
      decision: z.literal('reduce'),
      grants: z.array(idOf('grant')).min(1).max(MAX_GRANTS),
      reason: reason.optional(),
    }),
    z.strictObject({ decision: z.literal('revoke'), reason: reason.optional() }),
    z.strictObject({ decision: z.literal('reassign'), to: idOf('person'), reason: reason.optional() }),
    z.strictObject({ decision: z.literal('delegate'), to: idOf('person'), reason: reason.optional() }),
  ])
  .meta({ id: 'ReviewDecision' });

export const keepsBody = z.strictObject({
  itemIds: z.array(idOf('reviewItem')).min(1).max(MOST_AT_ONCE),
  reason: reason.optional(),
});

export const submissionBody = z.strictObject({ digest, count: z.int().min(1) });

const person = idOf('person').nullable();

export const evidenceSchema = z
  .strictObject({
    identity: z.strictObject({
      id: idOf('identity'),
      name: z.string(),
      spiffeId: z.string(),
      kind: z.string(),
      environment: z.string(),
      teamId: idOf('team'),
      purpose: z.string(),
      criticality: z.string(),
      dataClasses: z.array(z.string()),
      privileged: z.boolean(),
      status: z.string(),
      primaryCustodianId: person,
      backupCustodianId: person,
      handoverDueAt: instant.nullable(),
      supportExpiresAt: instant.nullable(),
      requestedBy: z.string(),
      approvalId: idOf('approval').nullable(),
      createdAt: instant,
    }),
    grants: z.array(
      z.strictObject({
        id: idOf('grant'),
        target: z.string(),
        scope: z.string(),
        purpose: z.string(),
        verifiedAt: instant.nullable(),
        verifierId: person,
        addedAt: instant,
        lastUsedAt: instant.nullable(),
        /** Whether the right-sized set keeps it. */
        keep: z.boolean(),
      }),
    ),
    /** The newest 20 that were valid. */
    credentials: z.array(
      z.strictObject({
        id: z.string(),
        kind: z.string(),
        notBefore: instant,
        expiresAt: instant.nullable(),
        lastUsedAt: instant.nullable(),
      }),
    ),
    credentialCount: z.int(),
    lastUsedAt: instant.nullable(),
    approvals: z.array(
      z.strictObject({
        id: idOf('approval'),
        action: z.string(),
        decidedBy: z.string().nullable(),
        decidedAt: instant.nullable(),
      }),
    ),
    /** What of it is stale or missing, by the codes of the campaign's data gate. */
    gaps: z.array(z.string()),
  })
  .meta({ id: 'ReviewEvidence' });

const stagedSchema = z.strictObject({
  decision: z.enum(DECISIONS),
  grants: z.array(idOf('grant')).nullable(),
  reason: z.string().nullable(),
  to: person,
  by: idOf('person'),
  at: instant,
  inBulk: z.boolean(),
});

const listed = {
  id: idOf('reviewItem'),
  campaignId: idOf('campaign'),
  position: z.int(),
  identityId: idOf('identity'),
  name: z.string(),
  environment: z.string(),
  privileged: z.boolean(),
  unusedGrants: z.int(),
  lastUsedAt: instant.nullable(),
  /** Who decides; null where nobody may. */
  reviewerId: person,
  state: z.enum(ITEM_STATES),
  /** Noted, and where the state is submitted, final. */
  decision: stagedSchema.nullable(),
  submittedAt: instant.nullable(),
  dueAt: instant,
  /** Whether the caller has opened its evidence. */
  opened: z.boolean(),
  canDecide: z.boolean(),
  version: z.int(),
};

export const listedItemSchema = z.strictObject(listed).meta({ id: 'ListedReviewItem' });

export const waitingSchema = z
  .strictObject({
    campaignId: idOf('campaign'),
    name: z.string(),
    dueAt: instant,
    total: z.int(),
    open: z.int(),
    /** Decided, and not submitted yet. */
    staged: z.int(),
    submitted: z.int(),
    excepted: z.int(),
  })
  .meta({ id: 'WaitingReview' });

const words = z.array(z.string());

export const itemSchema = z
  .strictObject({
    ...listed,
    evidence: evidenceSchema,
    /** SHA-256 over the evidence as it was frozen. */
    evidenceDigest: digest,
    previousId: idOf('reviewItem').nullable(),
    /** What changed since the last review that ended for it; null where there was none. */
    since: z
      .array(z.strictObject({ what: z.string(), before: z.string().nullable(), after: z.string().nullable() }))
      .nullable(),
    secondsSpent: z.int(),
    moves: z.array(
      z.strictObject({
        kind: z.enum(['reassign', 'delegate', 'escalate', 'departure']),
        from: person,
        to: person,
        by: z.string(),
        at: instant,
        reason: z.string().nullable(),
      }),
    ),
    /** What each decision would do; `reduce` as the right-sized set would have it. */
    wouldDo: z.strictObject({ keep: words, reduce: words, revoke: words, reassign: words, delegate: words }),
  })
  .meta({ id: 'ReviewItem' });

export const submissionPreviewSchema = z
  .strictObject({
    campaignId: idOf('campaign'),
    count: z.int(),
    /** SHA-256 over the canonical JSON of exactly these decisions: what a passkey signs. */
    digest,
    decisions: z.array(
      z.strictObject({
        itemId: idOf('reviewItem'),
        identityId: idOf('identity'),
        name: z.string(),
        version: z.int(),
        decision: z.enum(DECISIONS),
        grants: z.array(idOf('grant')).nullable(),
        reason: z.string().nullable(),
        to: person,
        wouldDo: words,
      }),
    ),
  })
  .meta({ id: 'ReviewSubmissionPreview' });

export const submissionSchema = z
  .strictObject({
    id: idOf('reviewSubmission'),
    campaignId: idOf('campaign'),
    personId: idOf('person'),
    count: z.int(),
    digest,
    at: instant,
  })
  .meta({ id: 'ReviewSubmission' });

export function showWaiting({ campaignId, name, dueAt, ...progress }: Waiting): z.input<typeof waitingSchema> {
  const { open, staged, submitted, excepted } = progress;
  const total = open + staged + submitted + excepted;
  return { campaignId, name, dueAt: toInstant(dueAt), total, open, staged, submitted, excepted };
}

export function showListed({ item, campaign, canDecide, opened }: SeenItem): z.input<typeof listedItemSchema> {
  const { decision } = item;
  return {
    id: item.id,
    campaignId: item.campaignId,
    position: item.position,
    identityId: item.identityId,
    name: item.name,
    environment: item.environment,
    privileged: item.privileged,
    unusedGrants: item.unusedGrants,
    lastUsedAt: toInstantOrNull(item.lastUsedAt),
    reviewerId: item.reviewerId,
    state: item.state,
    decision: decision && {
      decision: decision.kind,
      grants: decision.grants && [...decision.grants],
      reason: decision.reason,
      to: decision.to,
      by: decision.by,
      at: toInstant(decision.at),
      inBulk: decision.inBulk,
    },
    submittedAt: toInstantOrNull(item.submittedAt),
    dueAt: toInstant(campaign.dueAt),
    opened,
    canDecide,
    version: item.version,
  };
}

export function showItem(seen: OpenedItem): z.input<typeof itemSchema> {
  const { item, since, wouldDo } = seen;
  return {
    ...showListed(seen),
    evidence: structuredClone(item.evidence) as z.input<typeof evidenceSchema>,
    evidenceDigest: item.evidenceDigest.toString('hex'),
    previousId: item.previousId,
    since: since && since.map((difference) => ({ ...difference })),
    secondsSpent: item.secondsSpent,
    moves: item.moves.map((move) => ({ ...move })),
    wouldDo: {
      keep: [...wouldDo.keep],
      reduce: [...wouldDo.reduce],
      revoke: [...wouldDo.revoke],
      reassign: [...wouldDo.reassign],
      delegate: [...wouldDo.delegate],
    },
  };
}

export function showPreview(staged: StagedSubmission): z.input<typeof submissionPreviewSchema> {
  return {
    campaignId: staged.campaignId,
    count: staged.items.length,
    digest: staged.digest.toString('hex'),
    decisions: staged.items.map(({ item, wouldDo }) => ({
      itemId: item.id,
      identityId: item.identityId,
      name: item.name,
      version: item.version,
      decision: item.decision!.kind,
      grants: item.decision!.grants && [...item.decision!.grants],
      reason: item.decision!.reason,
      to: item.decision!.to,
      wouldDo: [...wouldDo],
    })),
  };
}

export function showSubmission(submission: Submission): z.input<typeof submissionSchema> {
  return {
    id: submission.id,
    campaignId: submission.campaignId,
    personId: submission.personId,
    count: submission.count,
    digest: submission.digest.toString('hex'),
    at: toInstant(submission.at),
  };
}

import type { Json } from '../../../kernel/index.js';
import type { ReviewEffect } from '../../domain/effect.js';

/** An effect as the audit log keeps it; attempts and when it is due are the machine's own memory. */
export function effectImage(effect: ReviewEffect): Json {
  return {
    id: effect.id,
    campaign_id: effect.campaignId,
    item_id: effect.itemId,
    identity_id: effect.identityId,
    kind: effect.kind,
    grant_id: effect.grantId,
    to_id: effect.toId,
    target_id: effect.targetId,
    state: effect.state,
    owner_id: effect.ownerId,
    failure: effect.failure,
    evidence: effect.evidence as Json,
    applied_at: effect.appliedAt?.toISOString() ?? null,
    ended_at: effect.endedAt?.toISOString() ?? null,
    ended_by: effect.endedBy,
  };
}

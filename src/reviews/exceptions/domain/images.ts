import type { Json } from '../../../kernel/index.js';
import type { ReviewException } from './exception.js';

export function exceptionImage(exception: ReviewException): Json {
  return {
    id: exception.id,
    campaign_id: exception.campaignId,
    item_id: exception.itemId,
    effect_id: exception.effectId,
    owner_id: exception.ownerId,
    reason: exception.reason,
    ends_at: exception.endsAt.toISOString(),
    created_by: exception.createdBy,
    created_at: exception.createdAt.toISOString(),
    ended_by: exception.endedBy,
    ended_at: exception.endedAt?.toISOString() ?? null,
  };
}

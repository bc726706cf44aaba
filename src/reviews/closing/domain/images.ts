import type { Json } from '../../../kernel/index.js';
import type { Sample } from './sample.js';

/** What records keep of a second look: its whole row. */
export function sampleImage(sample: Sample): Json {
  return {
    item_id: sample.itemId,
    campaign_id: sample.campaignId,
    reviewer_id: sample.reviewerId,
    state: sample.state,
    reason: sample.reason,
    chosen_at: sample.chosenAt.toISOString(),
    decided_by: sample.decidedBy,
    decided_at: sample.decidedAt && sample.decidedAt.toISOString(),
    version: sample.version,
  };
}

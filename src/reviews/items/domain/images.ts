import type { Json } from '../../../kernel/index.js';
import type { ListedItem } from '../../domain/item.js';

/** What records keep of an item that goes on to somebody else; its evidence by digest. */
export function itemImage(item: ListedItem): Json {
  return {
    id: item.id,
    campaign_id: item.campaignId,
    identity_id: item.identityId,
    reviewer_id: item.reviewerId,
    state: item.state,
    evidence_digest: item.evidenceDigest.toString('hex'),
    moves: item.moves.map((move) => ({ ...move })),
    version: item.version,
  };
}

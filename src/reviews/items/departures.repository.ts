import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import type { Tx } from '../../platform/index.js';

/** Somebody who has left, and a campaign in which items are still with them. */
export interface Vacancy {
  readonly campaignId: Id<'campaign'>;
  readonly reviewerId: Id<'person'>;
}

export interface Vacant {
  readonly id: Id<'reviewItem'>;
  readonly identityId: Id<'identity'>;
}

/** Finds what is with people who have left. */
@Injectable()
export class DeparturesRepository {
  list(tx: Tx): Promise<Vacancy[]> {
    return tx.query<Vacancy>(
      `SELECT p.campaign_id AS "campaignId", p.reviewer_id AS "reviewerId" FROM muster.review_progress p
       JOIN muster.people x ON x.id = p.reviewer_id AND x.status <> 'active'
       JOIN muster.review_campaigns c ON c.id = p.campaign_id AND c.state = 'open'
       WHERE p.open + p.staged > 0 ORDER BY p.campaign_id, p.reviewer_id`,
    );
  }

  /** Some of what is undecided with somebody, in order of id. */
  listVacant(tx: Tx, { campaignId, reviewerId }: Vacancy, count: number): Promise<Vacant[]> {
    return tx.query<Vacant>(
      `SELECT i.id, i.identity_id AS "identityId" FROM muster.review_items i
       WHERE i.reviewer_id = $1 AND i.state IN ('open', 'staged') AND i.campaign_id = $2 ORDER BY i.id LIMIT $3`,
      [reviewerId, campaignId, count],
    );
  }
}

import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import type { Tx } from '../../platform/index.js';

/** What a campaign wants of one person. */
export interface Waiting {
  readonly asReviewer: number;
  /** Those of others, which are theirs to decide too once they are late. */
  readonly asBackup: number;
  readonly asManager: number;
  /** Those that nobody may decide, where the person runs the campaign. */
  readonly asOwner: number;
  /** Decisions of others that they are to look at again. */
  readonly secondLooks: number;
}

@Injectable()
export class RemindersRepository {
  /** Who has something left to do. */
  async reviewersOf(tx: Tx, campaignId: Id<'campaign'>): Promise<Id<'person'>[]> {
    const rows = await tx.query<{ reviewer_id: Id<'person'> | '' }>(
      'SELECT p.reviewer_id FROM muster.review_progress p WHERE p.campaign_id = $1 AND p.open + p.staged > 0',
      [campaignId],
    );
    return rows.flatMap(({ reviewer_id: id }) => (id === '' ? [] : [id]));
  }

  /** Whether anything waits that nobody may decide. */
  async hasOrphans(tx: Tx, campaignId: Id<'campaign'>): Promise<boolean> {
    const rows = await tx.query(
      `SELECT FROM muster.review_progress p WHERE p.campaign_id = $1 AND p.reviewer_id = '' AND p.open + p.staged > 0`,
      [campaignId],
    );
    return rows.length > 0;
  }

  /** The backup custodians of what is left, as far as they may decide. */
  async backupsOf(tx: Tx, campaignId: Id<'campaign'>): Promise<Id<'person'>[]> {
    const rows = await tx.query<{ backup_id: Id<'person'> }>(
      `SELECT DISTINCT i.backup_id FROM muster.review_items i
       WHERE i.campaign_id = $1 AND i.state IN ('open', 'staged') AND i.backup_id IS NOT NULL
         AND i.backup_id <> ALL (i.barred)`,
      [campaignId],
    );
    return rows.map(({ backup_id: id }) => id);
  }

  /** Who is to look at decisions of others again. */
  async secondLookersOf(tx: Tx, campaignId: Id<'campaign'>): Promise<Id<'person'>[]> {
    const rows = await tx.query<{ reviewer_id: Id<'person'> }>(
      `SELECT DISTINCT s.reviewer_id FROM muster.review_samples s
       WHERE s.campaign_id = $1 AND s.state = 'open' AND s.reviewer_id IS NOT NULL`,
      [campaignId],
    );
    return rows.map(({ reviewer_id: id }) => id);
  }

  async waitingFor(tx: Tx, campaignId: Id<'campaign'>, personId: Id<'person'>): Promise<Waiting> {
    const [row] = await tx.query<Waiting>(
      `SELECT count(*) FILTER (WHERE i.reviewer_id = $2)::integer AS "asReviewer",
         count(*) FILTER (WHERE i.backup_id = $2 AND i.reviewer_id <> $2 AND i.backup_id <> ALL (i.barred))::integer AS "asBackup",
         count(*) FILTER (WHERE p.manager_id = $2 AND $2 <> ALL (i.barred))::integer AS "asManager",
         count(*) FILTER (WHERE i.reviewer_id IS NULL AND c.owner_id = $2)::integer AS "asOwner",
         (SELECT count(*)::integer FROM muster.review_samples s
          WHERE s.campaign_id = $1 AND s.reviewer_id = $2 AND s.state = 'open') AS "secondLooks"
       FROM muster.review_items i JOIN muster.review_campaigns c ON c.id = i.campaign_id
       LEFT JOIN muster.people p ON p.id = i.reviewer_id
       WHERE i.campaign_id = $1 AND i.state IN ('open', 'staged')
         AND (i.reviewer_id = $2 OR i.backup_id = $2 OR p.manager_id = $2 OR i.reviewer_id IS NULL)`,
      [campaignId, personId],
    );
    return row!;
  }

  /** How much waits for somebody's word that it is done. */
  async attestationsOf(tx: Tx, campaignId: Id<'campaign'>, personId: Id<'person'>): Promise<number> {
    const [row] = await tx.query<{ count: number }>(
      `SELECT count(*)::integer AS count FROM muster.review_effects e
       WHERE e.campaign_id = $1 AND e.owner_id = $2 AND e.state = 'attestation-needed'`,
      [campaignId, personId],
    );
    return row!.count;
  }
}

import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import type { Tx } from '../../platform/index.js';
import type { ListedItem } from '../domain/item.js';
import type { Submission } from '../items/domain/submission.js';
import { LISTED_COLUMNS, listedItemOf, type ListedRow } from '../items/items.repository.js';
import type { ItemRow } from './domain/csv.js';

/** What one person decided. */
export interface DecidedBy {
  readonly personId: Id<'person'>;
  readonly keep: number;
  readonly reduce: number;
  readonly revoke: number;
}

/** Reads a campaign's rows for whoever takes them out of the house, page by page. */
@Injectable()
export class ReviewExportsRepository {
  async listItems(tx: Tx, id: Id<'campaign'>, after: number, count: number): Promise<ListedItem[]> {
    const rows = await tx.query<ListedRow>(
      `SELECT ${LISTED_COLUMNS} FROM muster.review_items i WHERE i.campaign_id = $1 AND i.position > $2
       ORDER BY i.position LIMIT $3`,
      [id, after, count],
    );
    return rows.map(listedItemOf);
  }

  /** Evidence as the text that its digest is over, by item. */
  async evidenceTexts(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await tx.query<{ id: string; evidence: string }>(
      'SELECT i.id, i.evidence::text AS evidence FROM muster.review_items i WHERE i.id = ANY ($1)',
      [ids],
    );
    return new Map(rows.map(({ id, evidence }) => [id, evidence]));
  }

  async listSubmissions(tx: Tx, id: Id<'campaign'>): Promise<Submission[]> {
    const rows = await tx.query<Omit<Submission, 'campaignId' | 'personId'> & { readonly person_id: Id<'person'> }>(
      `SELECT s.id, s.person_id, s.digest, s.count, s.at FROM muster.review_submissions s
       WHERE s.campaign_id = $1 ORDER BY s.id`,
      [id],
    );
    return rows.map(({ person_id: personId, ...row }) => ({ ...row, campaignId: id, personId }));
  }

  /** Rows of the table for spreadsheets, in order. */
  listRows(tx: Tx, id: Id<'campaign'>, after: number, count: number): Promise<ItemRow[]> {
    return tx.query<ItemRow>(ROWS, [id, after, count]);
  }

  /** Everybody who is named in those rows. */
  async listPeople(tx: Tx, id: Id<'campaign'>): Promise<Id<'person'>[]> {
    const rows = await tx.query<{ id: Id<'person'> }>(
      `SELECT i.reviewer_id AS id FROM muster.review_items i WHERE i.campaign_id = $1 AND i.reviewer_id IS NOT NULL
       UNION SELECT i.staged_by FROM muster.review_items i WHERE i.campaign_id = $1 AND i.staged_by IS NOT NULL
       UNION SELECT x.owner_id FROM muster.review_exceptions x WHERE x.campaign_id = $1
       UNION SELECT s.decided_by FROM muster.review_samples s WHERE s.campaign_id = $1 AND s.decided_by IS NOT NULL`,
      [id],
    );
    return rows.map((row) => row.id);
  }

  /** Outcomes by whoever submitted them, those with most first. */
  async listDecidedBy(tx: Tx, id: Id<'campaign'>): Promise<DecidedBy[]> {
    return tx.query<DecidedBy>(
      `SELECT i.staged_by AS "personId", (count(*) FILTER (WHERE i.decision = 'keep'))::integer AS keep,
         (count(*) FILTER (WHERE i.decision = 'reduce'))::integer AS reduce,
         (count(*) FILTER (WHERE i.decision = 'revoke'))::integer AS revoke
       FROM muster.review_items i WHERE i.campaign_id = $1 AND i.state = 'submitted'
       GROUP BY i.staged_by ORDER BY count(*) DESC, i.staged_by`,
      [id],
    );
  }

  /** How many exceptions there ever were, and which decided items have one in force. */
  async countExceptions(tx: Tx, id: Id<'campaign'>) {
    const [row] = await tx.query<{ total: number; decided: string[] }>(
      `SELECT count(*)::integer AS total, coalesce(array_agg(i.id) FILTER (WHERE i.state = 'submitted'), '{}') AS decided
       FROM muster.review_exceptions x LEFT JOIN muster.review_items i ON i.id = x.item_id AND x.ended_at IS NULL
       WHERE x.campaign_id = $1`,
      [id],
    );
    return { total: row!.total, inForce: new Set<string>(row!.decided) };
  }

  async teamName(tx: Tx, id: Id<'team'>): Promise<string | undefined> {
    const rows = await tx.query<{ name: string }>('SELECT name FROM muster.teams WHERE id = $1', [id]);
    return rows[0]?.name;
  }
}

const ROWS = `
  SELECT i.position, i.id, i.identity_id AS "identityId", i.name, i.environment, i.privileged, i.state, i.decision,
    (SELECT string_agg(g.scope || ' on ' || g.target, '; ' ORDER BY g.target, g.scope) FROM muster.grants g
      WHERE g.id = ANY (i.decision_grants)) AS grants,
    i.decision_reason AS reason, i.staged_by AS "decidedBy", i.submitted_at AS "submittedAt",
    i.submission_id AS "submissionId", i.reviewer_id AS "reviewerId", i.opened_by IS NOT DISTINCT FROM i.staged_by AS opened,
    i.seconds_spent AS "secondsSpent", i.in_bulk AS "inBulk",
    (SELECT string_agg(e.state || ' ' || e.count, '; ' ORDER BY e.state) FROM (
      SELECT e.state, count(*) FROM muster.review_effects e WHERE e.item_id = i.id GROUP BY e.state) e) AS effects,
    x.owner_id AS "exceptionOwner", x.ends_at AS "exceptionEndsAt", x.reason AS "exceptionReason",
    s.state AS "secondLook", s.decided_by AS "secondLookBy", encode(i.evidence_digest, 'hex') AS "evidenceDigest"
  FROM muster.review_items i
  LEFT JOIN muster.review_exceptions x ON x.item_id = i.id AND x.ended_at IS NULL
  LEFT JOIN muster.review_samples s ON s.item_id = i.id
  WHERE i.campaign_id = $1 AND i.position > $2 ORDER BY i.position LIMIT $3`;

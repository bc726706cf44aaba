import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { Prepared, type Tx } from '../../platform/index.js';
import { ReviewsError } from '../domain/errors.js';
import type {
  DecisionKind,
  Evidence,
  ItemState,
  ListedItem,
  Move,
  ReviewItem,
  StagedDecision,
} from '../domain/item.js';
import type { Submission } from './domain/submission.js';

@Injectable()
export class ItemsRepository {
  /** @throws ReviewsError `item_not_found` */
  async get(tx: Tx, id: Id<'reviewItem'>): Promise<ReviewItem> {
    return known((await tx.query<ItemRow>(GET, [id])).map(itemOf)[0]);
  }

  /** @throws ReviewsError `item_not_found` */
  async lock(tx: Tx, id: Id<'reviewItem'>): Promise<ReviewItem> {
    return known((await tx.query<ItemRow>(LOCK, [id])).map(itemOf)[0]);
  }

  /** @throws ReviewsError `item_not_found` where one of them is unknown */
  async getAll(tx: Tx, ids: readonly Id<'reviewItem'>[]): Promise<ReviewItem[]> {
    const rows = await tx.query<ItemRow>(GET_ALL, [ids]);
    if (rows.length < new Set(ids).size) known(undefined);
    return rows.map(itemOf);
  }

  /** Locks items in order of id, so that two who lock some of the same do not deadlock. Unknown ids have no entry. */
  async lockAll(tx: Tx, ids: readonly Id<'reviewItem'>[]): Promise<ReviewItem[]> {
    return (await tx.query<ItemRow>(LOCK_ALL, [ids])).map(itemOf);
  }

  /** What somebody has noted in a campaign and not submitted, in order of id. */
  async listStagedBy(tx: Tx, campaignId: Id<'campaign'>, by: Id<'person'>): Promise<ReviewItem[]> {
    return (await tx.query<ItemRow>(STAGED, [campaignId, by])).map(itemOf);
  }

  async lockStagedBy(tx: Tx, campaignId: Id<'campaign'>, by: Id<'person'>): Promise<ReviewItem[]> {
    return (await tx.query<ItemRow>(LOCK_STAGED, [campaignId, by])).map(itemOf);
  }

  async insertSubmission(tx: Tx, { id, campaignId, personId, digest, count, at }: Submission): Promise<void> {
    await tx.execute(
      `INSERT INTO muster.review_submissions (id, campaign_id, person_id, digest, count, at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, campaignId, personId, digest, count, at],
    );
  }

  /** The frozen evidence of an earlier item. */
  async evidenceOf(tx: Tx, id: Id<'reviewItem'>): Promise<Evidence | undefined> {
    const rows = await tx.query<{ evidence: Evidence }>('SELECT evidence FROM muster.review_items WHERE id = $1', [id]);
    return rows[0]?.evidence;
  }

  /** Notes that somebody looks at the evidence: no record (decision 2), and no new version. */
  async noteOpened(tx: Tx, { id, openedAt, openedBy }: ListedItem): Promise<void> {
    await tx.execute(OPENED, [id, openedAt, openedBy]);
  }

  async save(tx: Tx, item: ListedItem): Promise<void> {
    await this.saveAll(tx, [item]);
  }

  /** Saves items that are locked: one statement, however many they are. */
  async saveAll(tx: Tx, items: readonly ListedItem[]): Promise<void> {
    if (items.length === 0) return;
    await tx.execute(SAVE, [JSON.stringify(items.map(changeable))]);
  }
}

export const LISTED_COLUMNS = `i.id, i.campaign_id, i.position, i.identity_id, i.name, i.environment, i.unused_grants, i.last_used_at,
  i.reviewer_id, i.backup_id, i.barred, i.state, i.privileged, i.evidence_digest, i.previous_id, i.opened_at, i.opened_by,
  i.seconds_spent, i.decision, i.decision_grants, i.decision_reason, i.decision_to, i.in_bulk, i.staged_by, i.staged_at,
  i.submission_id, i.submitted_at, i.moves, i.version`;
const COLUMNS = `${LISTED_COLUMNS}, i.evidence`;

const GET = new Prepared(`SELECT ${COLUMNS} FROM muster.review_items i WHERE i.id = $1`);
const GET_ALL = new Prepared(`SELECT ${COLUMNS} FROM muster.review_items i WHERE i.id = ANY ($1)`);
const LOCK = new Prepared(`SELECT ${COLUMNS} FROM muster.review_items i WHERE i.id = $1 FOR UPDATE`);
const LOCK_ALL = new Prepared(
  `SELECT ${COLUMNS} FROM muster.review_items i WHERE i.id = ANY ($1) ORDER BY i.id FOR UPDATE`,
);
const STAGED_BY = `SELECT ${COLUMNS} FROM muster.review_items i
  WHERE i.campaign_id = $1 AND i.staged_by = $2 AND i.state = 'staged' ORDER BY i.id`;
const STAGED = new Prepared(STAGED_BY);
const LOCK_STAGED = new Prepared(`${STAGED_BY} FOR UPDATE`);

const OPENED = new Prepared(
  `UPDATE muster.review_items SET opened_at = $2, opened_by = $3 WHERE id = $1 AND state IN ('open', 'staged')`,
);
const SAVE = new Prepared(
  `UPDATE muster.review_items i SET reviewer_id = s.reviewer_id, state = s.state, opened_at = s.opened_at,
     opened_by = s.opened_by, seconds_spent = s.seconds_spent, decision = s.decision, decision_grants = s.decision_grants,
     decision_reason = s.decision_reason, decision_to = s.decision_to, in_bulk = s.in_bulk, staged_by = s.staged_by,
     staged_at = s.staged_at, submission_id = s.submission_id, submitted_at = s.submitted_at, moves = s.moves,
     version = s.version
   FROM jsonb_to_recordset($1::jsonb) AS s (id text, reviewer_id text, state text, opened_at timestamptz, opened_by text,
     seconds_spent integer, decision text, decision_grants text[], decision_reason text, decision_to text, in_bulk boolean,
     staged_by text, staged_at timestamptz, submission_id text, submitted_at timestamptz, moves jsonb, version integer)
   WHERE i.id = s.id`,
);

export interface ListedRow {
  readonly id: Id<'reviewItem'>;
  readonly campaign_id: Id<'campaign'>;
  readonly position: number;
  readonly identity_id: Id<'identity'>;
  readonly name: string;
  readonly environment: string;
  readonly unused_grants: number;
  readonly last_used_at: Date | null;
  readonly reviewer_id: Id<'person'> | null;
  readonly backup_id: Id<'person'> | null;
  readonly barred: string[];
  readonly state: ItemState;
  readonly privileged: boolean;
  readonly evidence_digest: Buffer;
  readonly previous_id: Id<'reviewItem'> | null;
  readonly opened_at: Date | null;
  readonly opened_by: Id<'person'> | null;
  readonly seconds_spent: number;
  readonly decision: DecisionKind | null;
  readonly decision_grants: Id<'grant'>[] | null;
  readonly decision_reason: string | null;
  readonly decision_to: Id<'person'> | null;
  readonly in_bulk: boolean;
  readonly staged_by: Id<'person'> | null;
  readonly staged_at: Date | null;
  readonly submission_id: Id<'reviewSubmission'> | null;
  readonly submitted_at: Date | null;
  readonly moves: Move[];
  readonly version: number;
}

type ItemRow = ListedRow & { readonly evidence: Evidence };

export function listedItemOf(row: ListedRow): ListedItem {
  return {
    id: row.id,
    campaignId: row.campaign_id,
    position: row.position,
    identityId: row.identity_id,
    name: row.name,
    environment: row.environment,
    unusedGrants: row.unused_grants,
    lastUsedAt: row.last_used_at,
    reviewerId: row.reviewer_id,
    backupId: row.backup_id,
    barred: row.barred,
    state: row.state,
    privileged: row.privileged,
    evidenceDigest: row.evidence_digest,
    previousId: row.previous_id,
    openedAt: row.opened_at,
    openedBy: row.opened_by,
    secondsSpent: row.seconds_spent,
    decision: decisionOf(row),
    submissionId: row.submission_id,
    submittedAt: row.submitted_at,
    moves: row.moves,
    version: row.version,
  };
}

function itemOf(row: ItemRow): ReviewItem {
  return { ...listedItemOf(row), evidence: row.evidence };
}

function decisionOf(row: ListedRow): StagedDecision | null {
  if (row.decision === null) return null;
  return {
    kind: row.decision,
    grants: row.decision_grants,
    reason: row.decision_reason,
    to: row.decision_to,
    by: row.staged_by!,
    at: row.staged_at!,
    inBulk: row.in_bulk,
  };
}

/** What of an item changes, as the columns are called. */
function changeable(item: ListedItem): Readonly<Record<string, unknown>> {
  return {
    id: item.id,
    reviewer_id: item.reviewerId,
    state: item.state,
    opened_at: item.openedAt,
    opened_by: item.openedBy,
    seconds_spent: item.secondsSpent,
    decision: item.decision?.kind,
    decision_grants: item.decision?.grants,
    decision_reason: item.decision?.reason,
    decision_to: item.decision?.to,
    in_bulk: item.decision?.inBulk ?? false,
    staged_by: item.decision?.by,
    staged_at: item.decision?.at,
    submission_id: item.submissionId,
    submitted_at: item.submittedAt,
    moves: item.moves,
    version: item.version,
  };
}

function known(item: ReviewItem | undefined): ReviewItem {
  if (!item) throw new ReviewsError('item_not_found', 'No review item has that id; list yours to find the right one.');
  return item;
}

import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { brokenConstraint, Prepared, type Tx } from '../../platform/index.js';
import { ExceptionError } from './domain/errors.js';
import { exceptedAlready, type ReviewException } from './domain/exception.js';

/** An exception with what it is about, for people. */
export interface NamedException {
  readonly exception: ReviewException;
  readonly identityId: Id<'identity'>;
  readonly identityName: string;
  /** The item itself, or the one whose decision asked for what is excepted. */
  readonly ofItemId: Id<'reviewItem'>;
  readonly campaignOwnerId: Id<'person'>;
}

@Injectable()
export class ExceptionsRepository {
  /** In order of id. */
  async list(tx: Tx, campaignId: Id<'campaign'> | undefined, after: string | undefined, count: number) {
    return (await tx.query<NamedRow>(LIST, [campaignId ?? null, after ?? '', count])).map(namedOf);
  }

  /** @throws ExceptionError `exception_not_found` */
  async get(tx: Tx, id: Id<'reviewException'>): Promise<NamedException> {
    return known((await tx.query<NamedRow>(GET, [id])).map(namedOf)[0]);
  }

  /** @throws ExceptionError `exception_not_found` */
  async lock(tx: Tx, id: Id<'reviewException'>): Promise<ReviewException> {
    return known((await tx.query<ExceptionRow>(LOCK, [id])).map(exceptionOf)[0]);
  }

  /** Some that run no longer and were not ended, the longest over first. */
  async listOver(tx: Tx, at: Date, count: number): Promise<Id<'reviewException'>[]> {
    const rows = await tx.query<{ id: Id<'reviewException'> }>(OVER, [at, count]);
    return rows.map(({ id }) => id);
  }

  /** Whether somebody who looked again said that an item was decided wrongly. */
  async isDisagreed(tx: Tx, itemId: Id<'reviewItem'>): Promise<boolean> {
    const rows = await tx.query(`SELECT FROM muster.review_samples WHERE item_id = $1 AND state = 'disagreed'`, [
      itemId,
    ]);
    return rows.length > 0;
  }

  /** @throws ExceptionError `excepted_already` */
  async insert(tx: Tx, exception: ReviewException): Promise<void> {
    const { id, campaignId, itemId, effectId, ownerId, reason, endsAt, createdBy, createdAt } = exception;
    try {
      await tx.execute(
        `INSERT INTO muster.review_exceptions (id, campaign_id, item_id, effect_id, owner_id, reason, ends_at, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [id, campaignId, itemId, effectId, ownerId, reason, endsAt, createdBy, createdAt],
      );
    } catch (cause) {
      if (!ONCE.includes(brokenConstraint(cause) ?? '')) throw cause;
      throw exceptedAlready();
    }
  }

  async end(tx: Tx, { id, endedBy, endedAt }: ReviewException): Promise<void> {
    await tx.execute('UPDATE muster.review_exceptions SET ended_by = $2, ended_at = $3 WHERE id = $1', [
      ...[id, endedBy, endedAt],
    ]);
  }
}

const ONCE = ['review_exceptions_one_an_item', 'review_exceptions_one_an_effect'];
const COLUMNS = `x.id, x.campaign_id, x.item_id, x.effect_id, x.owner_id, x.reason, x.ends_at, x.created_by, x.created_at,
  x.ended_by, x.ended_at`;
const NAMED = `SELECT ${COLUMNS}, i.id AS of_item_id, i.identity_id, i.name AS identity_name, c.owner_id AS campaign_owner_id
  FROM muster.review_exceptions x LEFT JOIN muster.review_effects e ON e.id = x.effect_id
  JOIN muster.review_items i ON i.id = coalesce(x.item_id, e.item_id)
  JOIN muster.review_campaigns c ON c.id = x.campaign_id`;
const LIST = new Prepared(
  `${NAMED} WHERE ($1::text IS NULL OR x.campaign_id = $1) AND x.id > $2 ORDER BY x.id LIMIT $3`,
);
const GET = new Prepared(`${NAMED} WHERE x.id = $1`);
const LOCK = new Prepared(`SELECT ${COLUMNS} FROM muster.review_exceptions x WHERE x.id = $1 FOR UPDATE`);
const OVER = new Prepared(
  `SELECT x.id FROM muster.review_exceptions x WHERE x.ended_at IS NULL AND x.ends_at <= $1 ORDER BY x.ends_at, x.id LIMIT $2`,
);

interface ExceptionRow {
  readonly id: Id<'reviewException'>;
  readonly campaign_id: Id<'campaign'>;
  readonly item_id: Id<'reviewItem'> | null;
  readonly effect_id: Id<'reviewEffect'> | null;
  readonly owner_id: Id<'person'>;
  readonly reason: string;
  readonly ends_at: Date;
  readonly created_by: string;
  readonly created_at: Date;
  readonly ended_by: string | null;
  readonly ended_at: Date | null;
}

type NamedRow = ExceptionRow & {
  readonly of_item_id: Id<'reviewItem'>;
  readonly identity_id: Id<'identity'>;
  readonly identity_name: string;
  readonly campaign_owner_id: Id<'person'>;
};

function exceptionOf(row: ExceptionRow): ReviewException {
  return {
    id: row.id,
    campaignId: row.campaign_id,
    itemId: row.item_id,
    effectId: row.effect_id,
    ownerId: row.owner_id,
    reason: row.reason,
    endsAt: row.ends_at,
    createdBy: row.created_by,
    createdAt: row.created_at,
    endedBy: row.ended_by,
    endedAt: row.ended_at,
  };
}

function namedOf(row: NamedRow): NamedException {
  return {
    exception: exceptionOf(row),
    identityId: row.identity_id,
    identityName: row.identity_name,
    ofItemId: row.of_item_id,
    campaignOwnerId: row.campaign_owner_id,
  };
}

function known<Found>(found: Found | undefined): Found {
  if (found === undefined)
    throw new ExceptionError('exception_not_found', 'No exception has that id. GET /v1/review-exceptions lists them.');
  return found;
}

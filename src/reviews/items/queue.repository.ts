import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import type { Tx } from '../../platform/index.js';
import { type DecisionKind, ITEM_STATES, type ItemState, type ListedItem } from '../domain/item.js';
import type { Progress } from '../domain/progress.js';
import { LISTED_COLUMNS, listedItemOf, type ListedRow } from './items.repository.js';

export const SORTS = ['position', 'name', 'last-used', 'unused-grants'] as const;
export type Sort = (typeof SORTS)[number];

/** Whose items: with them, or late and with somebody for whom they come next. */
export interface Circle {
  readonly people: readonly Id<'person'>[];
  readonly reports: readonly Id<'person'>[];
  readonly openCampaigns: readonly Id<'campaign'>[];
  readonly campaignsLateForBackup: readonly Id<'campaign'>[];
  readonly campaignsLateForManager: readonly Id<'campaign'>[];
}

export interface ItemFilter {
  readonly campaignId?: Id<'campaign'> | undefined;
  readonly reviewer?: Circle | undefined;
  readonly state?: ItemState | undefined;
  readonly identityId?: Id<'identity'> | undefined;
  readonly decision?: DecisionKind | undefined;
  /** Part of the name, in lower case. */
  readonly q?: string | undefined;
}

/** What of one campaign is with somebody. */
export interface Waiting extends Progress {
  readonly campaignId: Id<'campaign'>;
  readonly name: string;
  readonly dueAt: Date;
}

/** Some items of a list in their order. */
export interface Found {
  readonly rows: readonly { readonly item: ListedItem; readonly position: Position }[];
  /** Where reading stopped before it had found as many as were wanted; undefined where there are no more. */
  readonly stopped: Position | undefined;
}

/** Where a page ended. */
export type Position = readonly [key: string, campaignId: Id<'campaign'>, position: number];

/** More identities than these with words in their name, and items are read in order to see which of them have the words. */
const MOST_NAMED = 1_000;
/** So many items are read at once for what no index of theirs finds: the page is then as far as it has come. */
const WINDOW = 5_000;
/** The shortest words that the index over names knows. */
const SHORTEST_INDEXED = 3;

/** Each order with the type of its key. Items that were never used are the first of `last-used`. */
const ORDERS: Readonly<Record<Sort, { readonly key: string; readonly type: string }>> = {
  position: { key: `''::text`, type: 'text' },
  name: { key: 'i.name', type: 'text COLLATE "C"' },
  'last-used': { key: `coalesce(i.last_used_at, '-infinity')`, type: 'timestamptz' },
  'unused-grants': { key: '(-i.unused_grants)', type: 'integer' },
};

const STATE_COUNTS = ITEM_STATES.map(
  (state) => `count(*) FILTER (WHERE i.state = '${state}')::integer AS ${state}`,
).join(', ');

/** Reads lists of items by index, a page at a time, without their evidence. */
@Injectable()
export class QueueRepository {
  protected readonly window: number = WINDOW;
  protected readonly mostNamed: number = MOST_NAMED;

  /**
   * Reads items in order, up to `count` of them. Of what no index of theirs finds it reads no more than a window, and may
   * then give fewer, or none, and yet not the last.
   */
  async list(tx: Tx, filter: ItemFilter, sort: Sort, after: Position | undefined, count: number): Promise<Found> {
    const parameters: unknown[] = [];
    const bind = (value: unknown) => `$${parameters.push(value)}`;
    const { key, type } = ORDERS[sort];
    const { found, asked } = await this.conditionsOf(tx, filter, bind);
    // What is the same in all of them is left out: an order goes on from one SELECT to the next only where both name it so.
    const place = filter.campaignId === undefined ? 'i.campaign_id, i.position' : 'i.position';
    const orderBy = (by: string) => (sort === 'position' ? place : `${by}, ${place}`);
    if (after !== undefined) {
      const [last, campaignId, position] = after;
      const [by, than] = sort === 'position' ? ['', ''] : [`${key}, `, `${bind(last)}::${type}, `];
      found.push(`(${by}i.campaign_id, i.position) > (${than}${bind(campaignId)}::text, ${bind(position)}::integer)`);
    }
    const most = bind(asked.length > 0 ? this.window : count);
    const rows = await tx.query<KeyedRow>(
      `SELECT * FROM (
         SELECT ${LISTED_COLUMNS}, i.sort_key, i.sort_key::text AS key,
           row_number() OVER (ORDER BY ${orderBy('i.sort_key')}) = ${most} AS is_end, ${['true', ...asked].join(' AND ')} AS is_asked
         FROM (SELECT i.*, ${key} AS sort_key FROM muster.review_items i
           WHERE ${found.join(' AND ')} ORDER BY ${orderBy(key)} LIMIT ${most}) i
       ) i WHERE i.is_asked OR i.is_end ORDER BY ${orderBy('i.sort_key')} LIMIT ${bind(count)}`,
      parameters,
    );
    const placed = rows.filter((row) => row.is_asked).map(placedAs);
    const end = placed.length < count ? rows.find((row) => row.is_end) : undefined;
    return { rows: placed, stopped: end && placedAs(end).position };
  }

  /** How much of each open campaign is with somebody, and how far that is; what is due first before the rest. */
  async listWaiting(tx: Tx, circle: Circle): Promise<Waiting[]> {
    const parameters: unknown[] = [circle.openCampaigns];
    const mine = within(circle, (value) => `$${parameters.push(value)}`);
    return tx.query<Waiting>(
      `SELECT c.id AS "campaignId", c.name, c.due_at AS "dueAt", ${STATE_COUNTS}
       FROM muster.review_items i JOIN muster.review_campaigns c ON c.id = i.campaign_id
       WHERE i.campaign_id = ANY ($1) AND ${mine} GROUP BY c.id ORDER BY c.due_at, c.id`,
      parameters,
    );
  }

  /** The open campaigns, and by when each is due. */
  async listOpenCampaigns(tx: Tx): Promise<{ readonly id: Id<'campaign'>; readonly dueAt: Date }[]> {
    return tx.query(
      `SELECT c.id, c.due_at AS "dueAt" FROM muster.review_campaigns c WHERE c.state = 'open' ORDER BY c.id`,
    );
  }

  /** Those of whom these people are the managers. */
  async reportsOf(tx: Tx, ids: readonly Id<'person'>[]): Promise<Id<'person'>[]> {
    const rows = await tx.query<{ id: Id<'person'> }>(
      'SELECT p.id FROM muster.people p WHERE p.manager_id = ANY ($1)',
      [ids],
    );
    return rows.map(({ id }) => id);
  }

  /** In whose place somebody answers now. */
  async placesOf(tx: Tx, id: Id<'person'>, at: Date): Promise<Id<'person'>[]> {
    const rows = await tx.query<{ id: Id<'person'> }>(
      `SELECT DISTINCT d.from_id AS id FROM muster.delegations d
       WHERE d.to_id = $1 AND d.created_at <= $2 AND d.until > $2 AND (d.ended_at IS NULL OR d.ended_at > $2)`,
      [id, at],
    );
    return rows.map((row) => row.id);
  }

  /** What an index of items finds, and what is asked of each that is found. */
  private async conditionsOf(tx: Tx, filter: ItemFilter, bind: Bind): Promise<{ found: string[]; asked: string[] }> {
    const found = foundBy(filter, bind);
    const asked = filter.decision === undefined ? [] : [`i.decision IS NOT DISTINCT FROM ${bind(filter.decision)}`];
    if (filter.q !== undefined) {
      const named = await this.named(tx, filter.q);
      if ('ids' in named) found.push(`i.identity_id = ANY (${bind(named.ids)})`);
      else asked.push(`i.name LIKE ${bind(named.pattern)}`);
    }
    return { found, asked };
  }

  /** Few identities are found by the index over their words, and their items by those; many are met on the way. */
  private async named(tx: Tx, q: string): Promise<{ readonly ids: readonly string[] } | { readonly pattern: string }> {
    const pattern = `%${q.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
    if (q.length >= SHORTEST_INDEXED) {
      const found = await tx.query<{ id: string }>(
        'SELECT i.id FROM muster.identities i WHERE i.words LIKE $1 AND i.name LIKE $1 LIMIT $2',
        [pattern, this.mostNamed + 1],
      );
      if (found.length <= this.mostNamed) return { ids: found.map(({ id }) => id) };
    }
    return { pattern };
  }
}

type Bind = (value: unknown) => string;

interface KeyedRow extends ListedRow {
  readonly key: string;
  /** Whether it is the last that was read, and there may be more. */
  readonly is_end: boolean;
  readonly is_asked: boolean;
}

function placedAs(row: KeyedRow): Found['rows'][number] {
  return { item: listedItemOf(row), position: [row.key, row.campaign_id, row.position] };
}

function foundBy(filter: ItemFilter, bind: Bind): string[] {
  const equal = {
    campaign_id: filter.campaignId,
    state: filter.state,
    identity_id: filter.identityId,
  };
  const conditions = Object.entries(equal)
    .filter(([, value]) => value !== undefined)
    .map(([column, value]) => `i.${column} = ${bind(value)}`);
  if (filter.reviewer) conditions.push(within(filter.reviewer, bind));
  if (filter.reviewer && filter.campaignId === undefined)
    conditions.push(among('i.campaign_id', filter.reviewer.openCampaigns, bind));
  return conditions.length > 0 ? conditions : ['true'];
}

function within(circle: Circle, bind: Bind): string {
  const ways = [among('i.reviewer_id', circle.people, bind)];
  if (circle.campaignsLateForBackup.length > 0)
    ways.push(
      `(${among('i.backup_id', circle.people, bind)} AND i.campaign_id = ANY (${bind(circle.campaignsLateForBackup)}))`,
    );
  if (circle.campaignsLateForManager.length > 0 && circle.reports.length > 0)
    ways.push(
      `(i.reviewer_id = ANY (${bind(circle.reports)}) AND i.campaign_id = ANY (${bind(circle.campaignsLateForManager)}))`,
    );
  return `(${ways.join(' OR ')})`;
}

/** One value by itself: an index that begins with it gives what follows in its order, and nothing is sorted. */
function among(column: string, values: readonly string[], bind: Bind): string {
  return values.length === 1 ? `${column} = ${bind(values[0])}` : `${column} = ANY (${bind(values)})`;
}

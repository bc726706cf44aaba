import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/index.js';
import type { Identity } from '../domain/identity.js';
import { IDENTITY_COLUMNS, identityOf, type IdentityRow, WITH_OBLIGATIONS } from '../identity-row.js';
import { conditionsOf, lookupOf } from './conditions.js';
import type { Position, Stage } from './domain/order.js';
import type { IdentityFilter } from './filter.js';
import { belongs, beyond, keyOf, orderBy, stageNumber } from './stage-sql.js';
import { ASKED_OF, type Bind, binding, upTo, where } from './statement.js';

/** One row of a list, and where it stands there. */
export interface Placed {
  readonly identity: Identity;
  readonly position: Position;
}

/** What a list asks for, the same for every page of it. */
export interface Listing {
  readonly filter: IdentityFilter;
  readonly stages: readonly Stage[];
  /** Instant of the question. */
  readonly at: Date;
}

/** What came of reading a stage up to a number of rows. */
export interface Walked {
  readonly rows: readonly Placed[];
  /** Where the reading stopped; undefined at the end of the stage. */
  readonly stopped: Position | undefined;
}

/** Reads a million rows and more by index alone: what each statement costs is bounded by what it is told to look at. */
@Injectable()
export class SearchRepository {
  /**
   * Reads a stage in its order, looks at no more than `window` rows, and gives those that meet the filter.
   *
   * @param after where to go on; undefined for the beginning of the stage
   */
  async walk(
    tx: Tx,
    { filter, stages, at }: Listing,
    stage: number,
    after: Position | undefined,
    window: number,
    count: number,
  ): Promise<Walked> {
    const of = stages[stage]!;
    const { parameters, bind } = binding();
    const ahead = `FROM muster.identities i ${where(aheadOf(of, filter, after, bind))} ORDER BY ${orderBy(of)}`;
    const found = await tx.query<KeyedRow>(
      `SELECT ${IDENTITY_COLUMNS}, ${keyOf(of)} AS key
       FROM (SELECT * FROM (SELECT * ${ahead} LIMIT ${bind(window)}) i
         ${where(conditionsOf(filter, bind, at))} ORDER BY ${orderBy(of)} LIMIT ${bind(count)}) i
       ${WITH_OBLIGATIONS} ORDER BY ${orderBy(of)}`,
      parameters,
    );
    const rows = found.map((row) => placed(row, stage));
    if (rows.length === count) return { rows, stopped: rows.at(-1)!.position };
    return { rows, stopped: await this.endOfWindow(tx, of, filter, stage, after, window) };
  }

  private async endOfWindow(
    tx: Tx,
    of: Stage,
    filter: IdentityFilter,
    stage: number,
    after: Position | undefined,
    window: number,
  ): Promise<Position | undefined> {
    const { parameters, bind } = binding();
    const [last] = await tx.query<{ id: string; key: string }>(
      `SELECT i.id, ${keyOf(of)} AS key FROM muster.identities i
       ${where(aheadOf(of, filter, after, bind))} ORDER BY ${orderBy(of)}
       OFFSET ${bind(window - 1)} LIMIT 1`,
      parameters,
    );
    return last && { stage, ...last };
  }

  /**
   * Finds everything that meets the filter, when no more than `cap` are to be looked at for it, and cuts the page out of it.
   *
   * @returns undefined when there is more
   */
  async collect(
    tx: Tx,
    { filter, stages, at }: Listing,
    after: Position | undefined,
    cap: number,
    count: number,
  ): Promise<{ readonly rows: readonly Placed[]; readonly total: number } | undefined> {
    const { parameters, bind } = binding();
    const most = bind(cap);
    const [first] = stages;
    const order = `i.stage, ${orderBy(first!).replace(',', ' NULLS LAST,')}`;
    // The planner would rather read the table until it has enough than ask the index: on words that takes far longer.
    await tx.query(`SELECT set_config('enable_seqscan', 'off', true)`);
    const { ways, asked } = lookupOf(filter, bind, at);
    const rows = await tx.query<Partial<KeyedRow> & Counted & { readonly stage: number }>(
      `WITH looked_at AS MATERIALIZED (${upTo(most, `i.name, i.created_at, ${ASKED_OF}`, ways)}),
       found AS MATERIALIZED (
         SELECT * FROM looked_at i WHERE (SELECT count(*) FROM looked_at) <= ${most} AND ${asked}),
       counted AS MATERIALIZED (SELECT (SELECT count(*) FROM looked_at) AS looked_at, count(*) AS total FROM found),
       staged AS (SELECT i.*, ${stageNumber(stages, bind)} AS stage FROM found i),
       page AS MATERIALIZED (
         SELECT i.id, i.stage, ${keyOf(first!)} AS key, row_number() OVER (ORDER BY ${order}) AS place FROM staged i
         WHERE i.stage IS NOT NULL ${after === undefined ? '' : `AND (${furtherOn(stages, after, bind)})`}
         ORDER BY ${order} LIMIT ${bind(count)})
       SELECT counted.looked_at, counted.total, page.stage, page.key, ${IDENTITY_COLUMNS}
       FROM counted LEFT JOIN (page JOIN muster.identities i USING (id)) ON true ${WITH_OBLIGATIONS} ORDER BY page.place`,
      parameters,
    );
    await tx.query(`SELECT set_config('enable_seqscan', 'on', true)`);
    const { looked_at: lookedAt, total } = rows[0]!;
    if (Number(lookedAt) > cap) return undefined;
    return { total: Number(total), rows: rows.filter(isFound).map((row) => placed(row, row.stage)) };
  }

  /** About how many meet the filter, as the planner thinks. */
  async estimate(tx: Tx, filter: IdentityFilter, at: Date): Promise<number> {
    const { parameters, bind } = binding();
    const [row] = await tx.query<{ 'QUERY PLAN': readonly { readonly Plan: { readonly 'Plan Rows': number } }[] }>(
      `EXPLAIN (FORMAT JSON) SELECT FROM muster.identities i ${where(conditionsOf(filter, bind, at, false))}`,
      parameters,
    );
    return row!['QUERY PLAN'][0]!.Plan['Plan Rows'];
  }
}

/** What lies ahead in a stage. The names of a team's identities lie in an index of their own. */
function aheadOf(of: Stage, { teamId }: IdentityFilter, after: Position | undefined, bind: Bind): string[] {
  const within = teamId !== undefined && of.by === 'name' ? [`i.team_id = ${bind(teamId)}`] : [];
  return [...within, ...belongs(of, bind), ...beyond(of, after, bind)];
}

/** How many were looked at and how many of those meet the filter: all the same, unless it is by what no index finds. */
interface Counted {
  readonly looked_at: string;
  readonly total: string;
}

type KeyedRow = IdentityRow & { readonly key: string };

function isFound<Row extends Partial<KeyedRow>>(row: Row): row is Row & KeyedRow {
  return row.id != null;
}

function placed(row: KeyedRow, stage: number): Placed {
  return { identity: identityOf(row), position: { stage, key: row.key, id: row.id } };
}

function furtherOn(stages: readonly Stage[], after: Position, bind: Bind): string {
  const number = bind(after.stage);
  const rest = beyond(stages[after.stage]!, after, bind).join(' AND ');
  return `i.stage > ${number}::integer OR (i.stage = ${number}::integer AND ${rest})`;
}

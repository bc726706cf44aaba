import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/index.js';
import { conditionsOf, lookupOf } from './conditions.js';
import type { FacetRow } from './facets.js';
import type { IdentityFilter } from './filter.js';
import { ASKED_OF, binding, upTo, where } from './statement.js';

/** So many differences come together before it is worth while to add them up. */
const UNSETTLED = 2_000;

/** Counts what identities are like. */
@Injectable()
export class FacetsRepository {
  /** Counts what meets the filter among the first `cap` and one to be looked at: all of them, where they are fewer. */
  countUpTo(tx: Tx, cap: number, filter: IdentityFilter, at: Date): Promise<FacetRow[]> {
    const { parameters, bind } = binding();
    const columns = `i.kind, i.environment, i.criticality, i.team_id, i.data_classes, ${ASKED_OF}`;
    const { ways, asked } = lookupOf(filter, bind, at);
    return tx.query<FacetRow>(
      `WITH looked_at AS MATERIALIZED (${upTo(bind(cap), columns, ways)}),
       alike AS MATERIALIZED (SELECT i.*, 1 AS count FROM looked_at i WHERE ${asked})
       ${sumsOf('team_id')}
       UNION ALL SELECT 'looked-at', NULL, count(*) FROM looked_at`,
      parameters,
    );
  }

  /** How many meet the filter. @param filter of which `isKept` holds */
  async total(tx: Tx, filter: IdentityFilter, at: Date): Promise<number> {
    const { parameters, bind } = binding();
    const [row] = await tx.query<{ count: string }>(
      `SELECT coalesce(sum(i.difference), 0) AS count FROM muster.identity_counts i
       ${where(conditionsOf(filter, bind, at))}`,
      parameters,
    );
    return Number(row!.count);
  }

  /** Adds up the kept counts; knows no teams. @param filter of which `isKept` holds */
  addUp(tx: Tx, filter: IdentityFilter, at: Date): Promise<FacetRow[]> {
    const { parameters, bind } = binding();
    const meeting = where(conditionsOf(filter, bind, at));
    return tx.query<FacetRow>(
      `WITH alike AS MATERIALIZED (
         SELECT i.status, i.kind, i.environment, i.criticality, i.data_classes, i.difference AS count
         FROM muster.identity_counts i ${meeting})
       ${sumsOf('NULL::text')}`,
      parameters,
    );
  }

  /**
   * Adds up the kept counts of teams; where one team is asked for, also what else is kept of it.
   *
   * @param filter of which `isKeptByTeam` holds
   */
  addUpTeams(tx: Tx, filter: IdentityFilter, at: Date): Promise<FacetRow[]> {
    const { parameters, bind } = binding();
    const counted = `muster.team_identity_counts i ${where(conditionsOf(filter, bind, at))}`;
    return tx.query<FacetRow>(
      filter.teamId === undefined
        ? `SELECT 'team' AS facet, i.team_id AS value, sum(i.difference) AS count FROM ${counted} GROUP BY i.team_id`
        : `SELECT CASE GROUPING(status, kind, environment, team_id)
             WHEN 7 THEN 'status' WHEN 11 THEN 'kind' WHEN 13 THEN 'environment' WHEN 14 THEN 'team' ELSE 'total' END AS facet,
             coalesce(status, kind, environment, team_id) AS value, coalesce(sum(i.difference), 0) AS count
           FROM ${counted} GROUP BY GROUPING SETS ((status), (kind), (environment), (team_id), ())`,
      parameters,
    );
  }

  /** Puts differences that have come together into one sum each. */
  async settle(tx: Tx): Promise<void> {
    await tx.query(
      `SELECT muster.settle_identity_counts() WHERE ${UNSETTLED} <= (SELECT count(*) FROM (
         SELECT FROM muster.team_identity_counts WHERE NOT settled LIMIT ${UNSETTLED}) AS waiting)`,
    );
  }
}

/** Over rows `alike` that each stand for `count` identities. */
function sumsOf(team: string): string {
  return `SELECT CASE GROUPING(status, kind, environment, criticality, team)
      WHEN 15 THEN 'status' WHEN 23 THEN 'kind' WHEN 27 THEN 'environment' WHEN 29 THEN 'criticality'
      WHEN 30 THEN 'team' ELSE 'total' END AS facet,
    coalesce(status, kind, environment, criticality, team) AS value, coalesce(sum(count), 0) AS count
  FROM (SELECT *, ${team} AS team FROM alike) AS given
  GROUP BY GROUPING SETS ((status), (kind), (environment), (criticality), (team), ())
  UNION ALL
  SELECT 'dataClass', class, sum(count) FROM alike, unnest(data_classes) AS class GROUP BY class`;
}

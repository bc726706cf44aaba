import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/index.js';
import { conditionsOf } from './conditions.js';
import type { FacetRow } from './facets.js';
import type { IdentityFilter } from './filter.js';
import { binding, where } from './statement.js';

/** Counts what identities are like. */
@Injectable()
export class FacetsRepository {
  /** Counts among the first `cap` and one that meet the filter: all of them, where they are fewer. */
  count(tx: Tx, filter: IdentityFilter, at: Date, cap: number): Promise<FacetRow[]> {
    const { parameters, bind } = binding();
    const meeting = where(conditionsOf(filter, bind, at));
    return tx.query<FacetRow>(
      `WITH found AS MATERIALIZED (
         SELECT i.status, i.kind, i.environment, i.team_id, i.criticality, i.data_classes
         FROM muster.identities i ${meeting} LIMIT ${bind(cap)}::integer + 1)
       SELECT ${FACET} AS facet, coalesce(status, kind, environment, team_id, criticality) AS value, count(*) AS count
       FROM found GROUP BY GROUPING SETS ((status), (kind), (environment), (team_id), (criticality), ())
       UNION ALL
       SELECT 'dataClass', class, count(*) FROM found, unnest(data_classes) class GROUP BY class`,
      parameters,
    );
  }
}

const FACET = `CASE GROUPING(status, kind, environment, team_id, criticality)
  WHEN 15 THEN 'status' WHEN 23 THEN 'kind' WHEN 27 THEN 'environment' WHEN 29 THEN 'team' WHEN 30 THEN 'criticality'
  ELSE 'total' END`;

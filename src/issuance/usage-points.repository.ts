import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import { Prepared, type Tx } from '../platform/index.js';
import type { PointRun } from './domain/reporting.js';

export interface BatchArrival {
  /** False when the batch had come before: its entries must not be counted again. */
  readonly accepted: boolean;
  /** The number the next batch should have. */
  readonly expected: number;
  /** Batches known to be lost, as far as they have not come late. */
  readonly missing: number;
}

/** Marks a batch as come, filling a gap or leaving one; changes nothing when it had come before. */
const MARK = `
  INSERT INTO muster.usage_points AS known (identity_id, point, last_batch, missing, reported_at, gap_at, ended_at)
  VALUES ($1, $2, $3::bigint, int8multirange(int8range(1, $3::bigint)), $4::timestamptz,
    CASE WHEN $3::bigint > 1 THEN $4::timestamptz END, CASE WHEN $5::boolean THEN $4::timestamptz END)
  ON CONFLICT (identity_id, point) DO UPDATE SET
    missing = known.missing
      + int8multirange(int8range(known.last_batch + 1, greatest(known.last_batch + 1, excluded.last_batch)))
      - int8multirange(int8range(excluded.last_batch, excluded.last_batch + 1)),
    last_batch = greatest(known.last_batch, excluded.last_batch),
    reported_at = excluded.reported_at,
    gap_at = CASE WHEN excluded.last_batch > known.last_batch + 1 THEN excluded.reported_at ELSE known.gap_at END,
    ended_at = coalesce(known.ended_at, excluded.ended_at)
  WHERE excluded.last_batch > known.last_batch OR known.missing @> excluded.last_batch
  RETURNING true AS accepted`;
const STATE = `
  SELECT last_batch + 1 AS expected,
    (SELECT coalesce(sum(upper(gap) - lower(gap)), 0) FROM unnest(missing) AS gap) AS missing
  FROM muster.usage_points WHERE identity_id = $1 AND point = $2`;

/** Where each enforcement point stands with its numbered reports of use. */
@Injectable()
export class UsagePointsRepository {
  /** Takes note of a batch by its number; concurrent arrivals of one number are accepted once. */
  async arrive(
    tx: Tx,
    identityId: Id<'identity'>,
    batch: { readonly point: string; readonly number: number; readonly last: boolean },
    at: Date,
  ): Promise<BatchArrival> {
    const marked = await tx.query(MARK, [identityId, batch.point, batch.number, at, batch.last]);
    const [state] = await tx.query<{ expected: string; missing: string }>(STATE, [identityId, batch.point]);
    return {
      accepted: marked.length === 1,
      expected: Number(state!.expected),
      missing: Number(state!.missing),
    };
  }

  /** Every run of an enforcement point that reported since an instant, and every point that is to report and never did. */
  async listRuns(tx: Tx, since: Date): Promise<PointRun[]> {
    return tx.query<PointRun>(RUNS, [since]);
  }
}

/** Points are who holds the verified grant; what no point reports any more is only of interest as long as it may be missed. */
const RUNS = new Prepared(
  `SELECT i.name, known.point AS run, known.reported_at AS "reportedAt", known.gap_at AS "gapAt", known.ended_at AS "endedAt"
   FROM muster.identities i JOIN muster.usage_points known ON known.identity_id = i.id
   WHERE known.reported_at > $1
   UNION ALL
   SELECT DISTINCT i.name, NULL, NULL::timestamptz, NULL::timestamptz, NULL::timestamptz
   FROM muster.identities i JOIN muster.grants g ON g.identity_id = i.id
   WHERE g.target = 'muster' AND g.scope = 'enforcement' AND g.verified_at IS NOT NULL AND g.removed_at IS NULL
     AND i.status = 'active' AND NOT EXISTS (
       SELECT FROM muster.usage_points known WHERE known.identity_id = i.id AND known.reported_at > $1)
   ORDER BY 1, 2`,
);

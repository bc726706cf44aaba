import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import type { Tx } from '../platform/index.js';

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
  INSERT INTO muster.usage_points AS known (identity_id, point, last_batch, missing, reported_at)
  VALUES ($1, $2, $3::bigint, int8multirange(int8range(1, $3::bigint)), $4)
  ON CONFLICT (identity_id, point) DO UPDATE SET
    missing = known.missing
      + int8multirange(int8range(known.last_batch + 1, greatest(known.last_batch + 1, excluded.last_batch)))
      - int8multirange(int8range(excluded.last_batch, excluded.last_batch + 1)),
    last_batch = greatest(known.last_batch, excluded.last_batch),
    reported_at = excluded.reported_at
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
    batch: { readonly point: string; readonly number: number },
    at: Date,
  ): Promise<BatchArrival> {
    const marked = await tx.query(MARK, [identityId, batch.point, batch.number, at]);
    const [state] = await tx.query<{ expected: string; missing: string }>(STATE, [identityId, batch.point]);
    return {
      accepted: marked.length === 1,
      expected: Number(state!.expected),
      missing: Number(state!.missing),
    };
  }
}

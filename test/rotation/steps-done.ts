import type { Client } from 'pg';

/** Steps of runs that are over and that are not recorded as done exactly once: a line for each. */
const NOT_ONCE = `
  WITH recorded AS MATERIALIZED (
    SELECT i.images::jsonb #> '{0,run}' AS run FROM audit.records r JOIN audit.images i USING (n)
    WHERE r.leaf::jsonb ->> 'type' IN ('rotation.step-done', 'rotation.finished')),
  counted AS (
    SELECT run ->> 'id' AS run_id, run ->> 'direction' AS direction, run ->> 'step' AS step, count(*) AS records
    FROM recorded GROUP BY 1, 2, 3)
  SELECT s.run_id || ' ' || s.direction || ' ' || s.step AS what FROM muster.rotation_steps s
  LEFT JOIN counted c USING (run_id, direction, step)
  WHERE s.done_at IS NOT NULL AND c.records IS DISTINCT FROM 1`;

/** Which steps were doubled or lost, by the log. */
export async function everyStepOnce(superuser: Client): Promise<string[]> {
  const { rows } = await superuser.query<{ what: string }>(NOT_ONCE);
  return rows.map(({ what }) => what);
}

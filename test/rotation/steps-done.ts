import type { Client } from 'pg';

/** Steps of runs that are over and that are not recorded as done exactly once: a line for each. */
const NOT_ONCE = `
  SELECT s.run_id || ' ' || s.direction || ' ' || s.step AS what FROM muster.rotation_steps s
  JOIN muster.rotation_runs n ON n.id = s.run_id
  WHERE s.done_at IS NOT NULL AND (
    SELECT count(*) FROM audit.records r JOIN audit.images i USING (n)
    WHERE r.leaf::jsonb ->> 'type' IN ('rotation.step-done', 'rotation.finished')
      AND i.images::jsonb #>> '{0,run,id}' = s.run_id
      AND i.images::jsonb #>> '{0,run,direction}' = s.direction
      AND i.images::jsonb #>> '{0,run,step}' = s.step) <> 1`;

/** Which steps were doubled or lost, by the log. */
export async function everyStepOnce(superuser: Client): Promise<string[]> {
  const { rows } = await superuser.query<{ what: string }>(NOT_ONCE);
  return rows.map(({ what }) => what);
}

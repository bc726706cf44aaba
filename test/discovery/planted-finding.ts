import { randomBytes } from 'node:crypto';
import type { Id } from '../../src/kernel/index.js';
import { newId, type Sql } from '../inventory/rows.js';

/** As the service keeps it: a finding that is resolved again is written as it was read, in milliseconds. */
const NOW = `date_trunc('milliseconds', now())`;

/** A token that somebody has yet to look at, past all scanning. @param changed columns, as SQL */
export async function plantFinding(sql: Sql, changed = ''): Promise<{ readonly id: Id<'finding'> }> {
  const [id, mark] = [newId('finding'), `fingerprint:${randomBytes(32).toString('hex')}`];
  const thing = {
    ...{ kind: 'credential', because: [], lastFour: null, moot: null, secret: true, holds: [], human: false },
    ...{ marks: [mark], accounts: [], words: [] },
  };
  await sql.query(
    `INSERT INTO muster.discovery_findings (id, kind, key, thing, rule, vendor, name, band, verdict, confidence, because,
       evidence, state, first_seen_at, last_seen_at, opened_at, due_at, place_count, exposed_count, version, changed_at)
     VALUES ($1, 'credential', $2, $3, 'vendor-token', 'Vendor', 'token', 'high', 'unattributed', 0.5, 'It says nothing.',
       '[]', 'open', ${NOW}, ${NOW}, ${NOW}, ${NOW}, 1, 1, 1, ${NOW})`,
    [id, mark, JSON.stringify(thing)],
  );
  await sql.query(`INSERT INTO muster.discovery_names (finding_id, role, name) VALUES ($1, 'mark', $2)`, [id, mark]);
  await sql.query(
    `WITH source AS (
       INSERT INTO muster.discovery_sources (id, name, kind, place, settings, keeps_secrets, status, version, created_by,
         created_at, changed_at)
       VALUES ($2, $2, 'files', '/srv', '{}', false, 'paused', 1, 'system:test', now(), now()))
     INSERT INTO muster.discovery_places (finding_id, source_id, place_key, path, line, within, commit_count, unreachable,
       exposed, first_seen_at, last_seen_at, run_id)
     VALUES ($1, $2, '\\x00', 'deploy/values.yaml', 3, '{}', 0, false, true, now(), now(), $3)`,
    [id, newId('source'), newId('sourceRun')],
  );
  if (changed !== '') await sql.query(`UPDATE muster.discovery_findings SET ${changed} WHERE id = $1`, [id]);
  return { id };
}

import type { Client } from 'pg';
import { versionOf } from './looking.js';
import type { RoleCaller } from './usage.js';
import { NOTE_LOGIN_DIGEST, NOTED_ONCE_SECONDS, watchSchema } from './watch-schema.js';

/** The first version with triggers on logins. */
const LOGIN_TRIGGERS = 170_000;

/** Every database that somebody can sign in to. */
export async function databasesOf(client: Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    'SELECT datname::text AS name FROM pg_database WHERE datallowconn ORDER BY 1',
  );
  return rows.map(({ name }) => name);
}

/** Why logins cannot all be noted on this server, whatever its databases have; each says what to change. */
export async function clusterGaps(client: Client): Promise<readonly string[]> {
  const version = await versionOf(client);
  if (version < LOGIN_TRIGGERS)
    return ['The server is older than PostgreSQL 17, which is the first with triggers on logins: upgrade it.'];
  const { rows } = await client.query<Readonly<Record<string, boolean>>>(CLUSTER);
  return Object.entries(rows[0]!).flatMap(([name, so]) => (so ? [CLUSTER_GAPS[name]!] : []));
}

const CLUSTER_GAPS: Readonly<Record<string, string>> = {
  standbys: 'Standbys follow this server, and logins on them are not noted: it is complete without standbys only.',
  replicators: 'A role other than a superuser may replicate, so there may be standbys: take REPLICATION from it.',
  settings: 'event_triggers is set for roles or databases: ALTER … RESET event_triggers.',
  grants: 'SET on event_triggers or session_replication_role was granted: REVOKE SET ON PARAMETER it.',
  off: 'event_triggers is off: turn it on in the server’s configuration.',
};

/** Why not all logins of a superuser are noted, or of who can become one. */
export const SUPERUSER_GAP = 'The account is a superuser, who can sign in without triggers: take SUPERUSER from it.';

const CLUSTER = `
  SELECT
    EXISTS (SELECT FROM pg_stat_get_wal_senders()) OR EXISTS (SELECT FROM pg_replication_slots WHERE slot_type = 'physical')
      OR pg_is_in_recovery() AS standbys,
    EXISTS (SELECT FROM pg_roles WHERE rolreplication AND rolcanlogin AND NOT rolsuper) AS replicators,
    EXISTS (SELECT FROM pg_db_role_setting s, unnest(s.setconfig) one WHERE one LIKE 'event_triggers=%') AS settings,
    EXISTS (SELECT FROM pg_parameter_acl WHERE parname IN ('event_triggers', 'session_replication_role')) AS grants,
    NOT current_setting('event_triggers')::boolean AS off`;

/** Whether Muster's role may see to it that logins are noted. */
export async function mayWatch(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ so: boolean }>(
    'SELECT rolsuper AS so FROM pg_roles WHERE rolname = session_user',
  );
  return rows[0]!.so && (await versionOf(client)) >= LOGIN_TRIGGERS;
}

/** Sees to it that logins to this database are noted; what stands and is whole stays as it is. */
export async function install(client: Client, role: string): Promise<void> {
  if ((await stateOf(client)) !== undefined) return;
  await client.query('BEGIN');
  try {
    await client.query(`SELECT pg_advisory_xact_lock(hashtext('muster_watch'))`);
    await client.query(watchSchema(role));
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** What was noted in one database. */
export interface Noted {
  /** Null where logins are not noted there, or not by what Muster made. */
  readonly completeSince: Date | null;
  readonly callers: readonly RoleCaller[];
}

/**
 * Who signed in to this database since an instant, by the server's clock.
 *
 * Whatever the notes rest on (the trigger, its function, its table, the count of what it could not note, the statistics) is one
 * line of text, and marked with the instant at which it was first seen so: from then on nothing was missed.
 */
export async function notedIn(client: Client, since: Date): Promise<Noted> {
  const state = await stateOf(client);
  if (state === undefined) return { completeSince: null, callers: [] };
  await client.query('INSERT INTO muster_watch.marks (state) VALUES ($1::text) ON CONFLICT DO NOTHING', [state]);
  const marks = await client.query<{ seen_at: Date }>('SELECT seen_at FROM muster_watch.marks WHERE state = $1::text', [
    state,
  ]);
  const { rows } = await client.query<NotedRow>(NOTED, [since, NOTED_ONCE_SECONDS]);
  const callers = rows.map(({ role, address, application, session, first_at, last_at }) => ({
    ...{ role, address, application: application || null, session: String(session) },
    ...{ firstSeenAt: first_at, lastSeenAt: last_at, open: false },
  }));
  return { completeSince: marks.rows[0]!.seen_at, callers };
}

interface NotedRow {
  readonly role: string;
  readonly address: string;
  readonly application: string;
  readonly session: number;
  readonly first_at: Date;
  readonly last_at: Date;
}

const NOTED = `
  SELECT role::text, address, application, session, first_at, last_at + make_interval(secs => $2::integer) AS last_at
  FROM muster_watch.logins WHERE last_at + make_interval(secs => $2::integer) >= $1::timestamptz ORDER BY last_at DESC`;

/** What the notes in this database rest on; undefined where they are not made, or by something that Muster did not make. */
async function stateOf(client: Client): Promise<string | undefined> {
  const { rows } = await client.query<{ state: string }>(STATE, [NOTE_LOGIN_DIGEST]);
  return rows[0]?.state;
}

const STATE = `
  SELECT concat_ws('/', t.xmin, f.xmin, m.xmin, pg_relation_filenode(l.oid), coalesce(pg_stat_get_function_calls(m.oid), 0),
      extract(epoch FROM pg_stat_get_bgwriter_stat_reset_time()),
      extract(epoch FROM pg_stat_get_db_stat_reset_time(d.oid))) AS state
  FROM pg_event_trigger t
    JOIN pg_proc f ON f.oid = t.evtfoid
    JOIN pg_roles o ON o.oid = f.proowner AND o.rolsuper
    JOIN pg_namespace n ON n.oid = f.pronamespace AND n.nspname = 'muster_watch'
    JOIN pg_proc m ON m.pronamespace = n.oid AND m.proname = 'missed' AND m.pronargs = 0
    JOIN pg_class l ON l.relnamespace = n.oid AND l.relname = 'logins'
    JOIN pg_database d ON d.datname = current_database()
  WHERE t.evtname = 'muster_login' AND t.evtevent = 'login' AND t.evtenabled = 'A' AND t.evttags IS NULL
    AND f.proname = 'note_login' AND f.prosecdef AND encode(sha256(convert_to(f.prosrc, 'UTF8')), 'hex') = $1::text
    AND f.proconfig = ARRAY['search_path=pg_catalog', 'lock_timeout=250ms', 'track_functions=all']`;

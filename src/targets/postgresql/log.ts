import type { Client } from 'pg';
import type { Caller } from '../domain/rotating.js';
import type { PostgresqlAccess } from './access.js';
import type { LogFile, LogListings } from './log-listings.js';
import { versionOf } from './looking.js';
import type { Seen } from './usage.js';

/** The first version that logs as JSON, one line a record. */
const JSON_LOG = 150_000;
/** More is not read through a connection at every look. */
const MOST_BYTES = 64 * 1024 * 1024;
const CHUNK_BYTES = 4 * 1024 * 1024;
/** Muster signs in at every look, at least each minute: where its own logins are missing for longer, so may others' be. */
const HOLE_MILLISECONDS = 5 * 60_000;

/** What of the log makes a login of a role known. */
interface Login {
  readonly address: string;
  readonly application: string | null;
  readonly session: string;
  /** Its own for ever, as numbers of processes are not. */
  readonly sessionId: string;
  readonly at: Date;
}

/**
 * Who signed in as a role by the server's own log (`log_connections`, as JSON), where Muster's role may read it: the other way to
 * see every login, however short.
 *
 * Nothing is missed while Muster's own logins follow one another in it, no file that was there is gone or has become shorter, and
 * the configuration was not read anew. For a role or a database alone PostgreSQL sets `log_connections` for nobody.
 *
 * @param since by the server's clock, as everything that is returned
 * @returns undefined where the server does not log so, or Muster may not read it
 */
export async function loggedIn(
  client: Client,
  role: string,
  { place, user: own }: Pick<PostgresqlAccess, 'place' | 'user'>,
  since: Date,
  listings: LogListings,
): Promise<Seen | undefined> {
  if (!(await isLogged(client))) return undefined;
  const gaps = await gapsOf(client, role);
  const all = await listed(client);
  const brokenAt = listings.look(place, all, since, await now(client));
  const files = all.filter(({ changedAt }) => changedAt.getTime() >= since.getTime() - 1000);
  if (files.reduce((bytes, { size }) => bytes + size, 0) > MOST_BYTES)
    return { completeSince: null, gaps: [...gaps, GAPS.large], callers: [] };
  const read = await readFiles(client, files, role, own);
  if (read.broken) return { completeSince: null, gaps: [...gaps, GAPS.broken], callers: [] };
  const callers = placesOf(read.logins.filter(({ at }) => at >= since));
  const begun = unbrokenSince(read.own, await now(client));
  if (begun === undefined) gaps.push(GAPS.absent);
  if (gaps.length > 0 || begun === undefined) return { completeSince: null, gaps, callers };
  const instants = [begun, await configuredAt(client), ...(brokenAt ? [brokenAt] : [])];
  return { completeSince: new Date(Math.max(...instants.map(Number))), gaps: [], callers };
}

const GAPS = {
  large:
    'There is more of the server’s log than is read at once: have it rotated and removed sooner, or note logins by the trigger.',
  broken: 'A line of the server’s log cannot be read: see its files.',
  absent: 'Muster’s own logins are not in the server’s log: see that log_connections is on and the log is written.',
  standbys: 'Standbys follow this server, and their logs are not read: it is complete without standbys only.',
  replicators: 'A role other than a superuser may replicate, so there may be standbys: take REPLICATION from it.',
  superuser: 'The account is a superuser, who can change what is logged: take SUPERUSER from it.',
  grants: 'SET on log_connections was granted: REVOKE SET ON PARAMETER it.',
  quiet: 'log_min_messages keeps logins from the log: set it to log or less.',
} as const;

/** Whether the server logs who connects, as JSON, and Muster may read that. */
async function isLogged(client: Client): Promise<boolean> {
  if ((await versionOf(client)) < JSON_LOG) return false;
  const { rows } = await client.query<{ connections: string; destination: string; readable: boolean }>(LOGGED);
  const { connections, destination, readable } = rows[0]!;
  const kinds = connections.split(',').map((kind) => kind.trim());
  const logged = kinds.some((kind) => ['on', 'all', 'authorization', 'authentication'].includes(kind));
  return logged && readable && destination.split(',').some((one) => one.trim() === 'jsonlog');
}

const READ = 'pg_read_binary_file(text, bigint, bigint, boolean)';
const LOGGED = `
  SELECT current_setting('log_connections') AS connections, current_setting('log_destination') AS destination,
    current_setting('logging_collector')::boolean AND has_function_privilege('${READ}', 'EXECUTE')
      AND has_function_privilege('pg_ls_logdir()', 'EXECUTE') AND current_setting('log_directory', true) IS NOT NULL AS readable`;

async function gapsOf(client: Client, role: string): Promise<string[]> {
  const { rows } = await client.query<Readonly<Record<string, boolean>>>(STATE, [role]);
  return Object.entries(rows[0]!).flatMap(([name, so]) => (so ? [GAPS[name as keyof typeof GAPS]] : []));
}

const STATE = `
  SELECT
    EXISTS (SELECT FROM pg_stat_get_wal_senders()) OR EXISTS (SELECT FROM pg_replication_slots WHERE slot_type = 'physical')
      OR pg_is_in_recovery() AS standbys,
    EXISTS (SELECT FROM pg_roles WHERE rolreplication AND rolcanlogin AND NOT rolsuper) AS replicators,
    EXISTS (SELECT FROM pg_roles a JOIN pg_roles s ON s.rolsuper AND pg_has_role(a.oid, s.oid, 'MEMBER')
      WHERE a.rolname = $1::text) AS superuser,
    EXISTS (SELECT FROM pg_parameter_acl WHERE parname = 'log_connections') AS grants,
    current_setting('log_min_messages') IN ('fatal', 'panic') AS quiet`;

async function now(client: Client): Promise<Date> {
  return (await client.query<{ at: Date }>('SELECT clock_timestamp() AS at')).rows[0]!.at;
}

async function configuredAt(client: Client): Promise<Date> {
  return (await client.query<{ at: Date }>('SELECT pg_conf_load_time() AS at')).rows[0]!.at;
}

/** The oldest first. */
async function listed(client: Client): Promise<LogFile[]> {
  const { rows } = await client.query<{ name: string; size: string; changedAt: Date }>(
    `SELECT name, size::text, modification AS "changedAt" FROM pg_ls_logdir() WHERE name LIKE '%.json' ORDER BY modification, name`,
  );
  return rows.map(({ size, ...file }) => ({ ...file, size: Number(size) }));
}

interface Read {
  readonly logins: readonly Login[];
  /** When Muster itself signed in. */
  readonly own: readonly Date[];
  readonly broken: boolean;
}

/** Only lines about logins leave the server. */
async function readFiles(client: Client, files: readonly LogFile[], role: string, own: string): Promise<Read> {
  const lines: LogLine[] = [];
  try {
    for (const { name, size } of files)
      for (let offset = 0; offset < size;) {
        const { rows } = await client.query<ChunkRow>(CHUNK, [name, offset, CHUNK_BYTES, role, own]);
        const { consumed, found } = rows[0]!;
        for (const text of found) lines.push(lineOf(text));
        if (consumed === 0) break;
        offset += consumed;
      }
  } catch (error) {
    if (error instanceof SyntaxError) return { logins: [], own: [], broken: true };
    throw error;
  }
  const instants = await instantsOf(client, lines);
  const dated = lines.map((line, index) => ({ line, at: instants[index]! }));
  return {
    logins: dated.filter(({ line }) => line.user === role).map(({ line, at }) => loginOf(line, at)),
    own: dated.filter(({ line }) => line.user === own).map(({ at }) => at),
    broken: false,
  };
}

interface ChunkRow {
  /** Bytes up to the end of the last whole line. */
  readonly consumed: number;
  readonly found: readonly string[];
}

/** What a record of a role has, read as Latin 1. */
function named(role: string): string {
  return `'"user":' || convert_from(convert_to(to_json(${role}::text)::text, 'UTF8'), 'LATIN1')`;
}

/** Read as Latin 1, one character a byte: what is logged is in the encoding of whichever database it is about. Of Muster's own, one a minute. */
const CHUNK = `
  WITH chunk AS MATERIALIZED (
    SELECT convert_from(pg_read_binary_file(current_setting('log_directory') || '/' || $1::text, $2::bigint, $3::bigint, true),
      'LATIN1') AS text),
  whole AS MATERIALIZED (
    SELECT CASE strpos(text, E'\\n') WHEN 0 THEN '' ELSE left(text, length(text) - strpos(reverse(text), E'\\n') + 1) END AS text
    FROM chunk)
  SELECT length(whole.text) AS consumed, ARRAY(
      SELECT line FROM string_to_table(whole.text, E'\\n') AS line
      WHERE strpos(line, '"error_severity":"LOG"') > 0 AND strpos(line, '"ps":"authentication"') > 0
        AND strpos(line, ${named('$4')}) > 0
      UNION ALL (
      SELECT DISTINCT ON (left(line, ${'{"timestamp":"2026-01-01 00:00'.length})) line FROM string_to_table(whole.text, E'\\n') AS line
      WHERE strpos(line, '"error_severity":"LOG"') > 0 AND strpos(line, '"ps":"authentication"') > 0
        AND strpos(line, ${named('$5')}) > 0)) AS found
  FROM whole`;

interface LogLine {
  readonly timestamp: string;
  readonly user: string;
  readonly pid: number;
  readonly session_id: string;
  readonly remote_host?: string;
  readonly application_name?: string;
  readonly message?: string;
}

function lineOf(latin: string): LogLine {
  return JSON.parse(Buffer.from(latin, 'latin1').toString('utf8')) as LogLine;
}

function loginOf(
  { pid, session_id: sessionId, remote_host: host, application_name: name, message }: LogLine,
  at: Date,
): Login {
  const address = host === undefined || host === '[local]' ? 'local' : host;
  const said = / application_name=(.*?)(?: SSL enabled \(| GSS \(|$)/.exec(message ?? '')?.[1];
  return { address, application: name || said || null, session: String(pid), sessionId, at };
}

/** As the server reads what it wrote, whatever its zone. */
async function instantsOf(client: Client, lines: readonly LogLine[]): Promise<Date[]> {
  if (lines.length === 0) return [];
  const { rows } = await client.query<{ at: Date }>(
    'SELECT one::timestamptz AS at FROM unnest($1::text[]) WITH ORDINALITY AS given (one, place) ORDER BY place',
    [lines.map(({ timestamp }) => timestamp)],
  );
  return rows.map(({ at }) => at);
}

/** A login is told by several lines; the last that names the application tells most. */
function placesOf(logins: readonly Login[]): Caller[] {
  const sessions = new Map<string, Login>();
  for (const login of logins) {
    const before = sessions.get(login.sessionId);
    const said = login.application ?? before?.application ?? null;
    sessions.set(login.sessionId, { ...login, application: said });
  }
  const places = new Map<string, Caller>();
  for (const { address, application, session, at } of sessions.values()) {
    const key = JSON.stringify([address, application]);
    const before = places.get(key);
    const firstSeenAt = before && before.firstSeenAt < at ? before.firstSeenAt : at;
    const lastSeenAt = before && before.lastSeenAt > at ? before.lastSeenAt : at;
    places.set(key, { address, application, session, firstSeenAt, lastSeenAt, open: false });
  }
  return [...places.values()];
}

/** From which of Muster's own logins on they follow one another until now; undefined where there is none. */
export function unbrokenSince(own: readonly Date[], at: Date): Date | undefined {
  let begun: Date | undefined = at;
  for (const instant of [...own].sort((one, other) => other.getTime() - one.getTime())) {
    if (begun.getTime() - instant.getTime() > HOLE_MILLISECONDS) break;
    begun = instant;
  }
  return begun === at ? undefined : begun;
}

import { createHash } from 'node:crypto';
import { quoted } from './identifier.js';

/** Uses of one account from one place that are nearer to one another than this are noted once. */
export const NOTED_ONCE_SECONDS = 1;

/**
 * Notes a login. It never keeps anybody from signing in: what cannot be noted (a read-only transaction, a lock, a full disk) is
 * counted in place of it, by statistics that even a read-only transaction writes. It is a superuser's, since whoever may replace
 * what every login carries out may do everything; names in it are PostgreSQL's own or have their schema.
 */
const NOTE_LOGIN = `
DECLARE
  who oid := (SELECT r.oid FROM pg_roles r WHERE r.rolname = session_user);
  place text := coalesce(host(inet_client_addr()), 'local');
  calls text := left(current_setting('application_name'), 64);
BEGIN
  IF EXISTS (SELECT FROM muster_watch.logins l WHERE l.role = who AND l.address = place AND l.application = calls
      AND l.last_at BETWEEN clock_timestamp() - interval '1 s' AND clock_timestamp()) THEN RETURN; END IF;
  IF NOT EXISTS (SELECT FROM muster_watch.logins l WHERE l.role = who AND l.address = place AND l.application = calls)
      AND (SELECT count(*) FROM muster_watch.logins) >= 10000 THEN
    place := 'others'; calls := 'others';
  END IF;
  INSERT INTO muster_watch.logins AS l (role, address, application, session, first_at, last_at)
    VALUES (who, place, calls, pg_backend_pid(), clock_timestamp(), clock_timestamp())
    ON CONFLICT (role, address, application) DO UPDATE
      SET session = excluded.session, last_at = greatest(l.last_at, excluded.last_at);
EXCEPTION WHEN OTHERS THEN
  BEGIN PERFORM muster_watch.missed(); EXCEPTION WHEN OTHERS THEN NULL; END;
END`;

/** What the function's text is there, where nobody changed it. */
export const NOTE_LOGIN_DIGEST = createHash('sha256').update(NOTE_LOGIN).digest('hex');

/**
 * What a superuser carries out in every database, `template1` among them, so that every login is noted there (PostgreSQL 17,
 * §38.1.1). Again, it changes nothing.
 *
 * @param role that Muster works as: it reads, and marks when it looked
 */
export function watchSchema(role: string): string {
  return `
CREATE SCHEMA IF NOT EXISTS muster_watch;
CREATE TABLE IF NOT EXISTS muster_watch.logins (
  role oid NOT NULL, address text NOT NULL, application text NOT NULL, session integer NOT NULL,
  first_at timestamptz NOT NULL, last_at timestamptz NOT NULL, PRIMARY KEY (role, address, application));
CREATE TABLE IF NOT EXISTS muster_watch.marks (state text PRIMARY KEY, seen_at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE OR REPLACE FUNCTION muster_watch.missed() RETURNS void LANGUAGE plpgsql AS 'BEGIN END';
CREATE OR REPLACE FUNCTION muster_watch.note_login() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog SET lock_timeout = '250ms' SET track_functions = 'all' AS $note$${NOTE_LOGIN}$note$;
DROP EVENT TRIGGER IF EXISTS muster_login;
CREATE EVENT TRIGGER muster_login ON login EXECUTE FUNCTION muster_watch.note_login();
ALTER EVENT TRIGGER muster_login ENABLE ALWAYS;
REVOKE ALL ON FUNCTION muster_watch.missed(), muster_watch.note_login() FROM PUBLIC;
GRANT USAGE ON SCHEMA muster_watch TO ${quoted(role)};
GRANT SELECT ON muster_watch.logins TO ${quoted(role)};
GRANT SELECT, INSERT ON muster_watch.marks TO ${quoted(role)};`;
}

import type { Client } from 'pg';
import type { Caller } from '../domain/rotating.js';

/** A role as far as it matters to whoever watches it. */
export interface WatchedRole {
  readonly oid: string;
  readonly name: string;
  /** Whether it is a superuser, or can become one. */
  readonly superuser: boolean;
}

export async function watchedRole(client: Client, account: string): Promise<WatchedRole | undefined> {
  const { rows } = await client.query<WatchedRole>(
    `SELECT r.oid::text, r.rolname::text AS name,
       EXISTS (SELECT FROM pg_roles s WHERE s.rolsuper AND pg_has_role(r.oid, s.oid, 'MEMBER')) AS superuser
     FROM pg_roles r WHERE r.rolname = $1::text`,
    [account],
  );
  return rows[0];
}

/** A caller, by the number of the role that they signed in as. */
export interface RoleCaller extends Caller {
  readonly role: string;
}

/** Who is signed in at the moment. Where Muster may not read all statistics, only that somebody is. */
export async function openSessions(client: Client, observedAt: Date): Promise<RoleCaller[]> {
  const { rows } = await client.query<SessionRow>(SESSIONS);
  return rows.map(({ role, pid, address, application, seconds }) => ({
    ...{ role, address: address ?? 'local', application: application || null, session: pid },
    ...{ firstSeenAt: new Date(observedAt.getTime() - seconds * 1000), lastSeenAt: observedAt, open: true },
  }));
}

interface SessionRow {
  readonly role: string;
  readonly pid: string;
  readonly address: string | null;
  readonly application: string | null;
  readonly seconds: number;
}

const SESSIONS = `
  SELECT usesysid::text AS role, pid::text, host(client_addr) AS address, application_name AS application,
    coalesce(extract(epoch FROM clock_timestamp() - backend_start), 0)::float8 AS seconds
  FROM pg_stat_activity WHERE usesysid IS NOT NULL AND pid <> pg_backend_pid() ORDER BY backend_start, pid`;

/** What was seen of a role's logins, everywhere. */
export interface Seen {
  readonly completeSince: Date | null;
  readonly gaps: readonly string[];
  readonly callers: readonly Caller[];
}

/**
 * By how many milliseconds the target's clock is ahead of ours; none where what it says lies between asking and being answered.
 * Otherwise what the answer took is taken for delay on the way back, so that nothing there looks older here than it is.
 */
export async function aheadBy(client: Client, now: () => Date): Promise<number> {
  const askedAt = now().getTime();
  const { rows } = await client.query<{ at: Date }>('SELECT clock_timestamp() AS at');
  const [at, answeredAt] = [rows[0]!.at.getTime(), now().getTime()];
  return at >= askedAt && at <= answeredAt ? 0 : at - answeredAt;
}

/** What the target told by its clock, by ours; nothing of it was later than when it was looked at. */
export function byOurClock<Told extends Seen>(seen: Told, ahead: number, observedAt: Date): Told {
  const ours = (at: Date) => new Date(Math.min(at.getTime() - ahead, observedAt.getTime()));
  const callers = seen.callers.map((caller) => ({
    ...caller,
    firstSeenAt: ours(caller.firstSeenAt),
    lastSeenAt: ours(caller.lastSeenAt),
  }));
  return { ...seen, callers, completeSince: seen.completeSince && new Date(seen.completeSince.getTime() - ahead) };
}

/** Puts together who is there and who was; whoever is still there is said once. */
export function together(open: readonly Caller[], noted: readonly Caller[]): readonly Caller[] {
  const there = new Set(open.map(keyOf));
  return [...open, ...noted.filter((caller) => !there.has(keyOf(caller)))];
}

function keyOf({ address, application, session }: Caller): string {
  return JSON.stringify([address, application, session]);
}

import type { Client } from 'pg';
import type { Caller } from '../domain/rotating.js';
import type { Role } from './looking.js';

/** Who is signed in as a role at the moment. Where Muster may not read all statistics, only that somebody is. */
export async function openSessions(client: Client, role: Pick<Role, 'oid'>, observedAt: Date): Promise<Caller[]> {
  const { rows } = await client.query<SessionRow>(SESSIONS, [role.oid]);
  return rows.map(({ pid, address, application, seconds }) => ({
    ...{ address: address ?? 'local', application: application || null, session: pid },
    ...{ firstSeenAt: new Date(observedAt.getTime() - seconds * 1000), lastSeenAt: observedAt, open: true },
  }));
}

interface SessionRow {
  readonly pid: string;
  readonly address: string | null;
  readonly application: string | null;
  readonly seconds: number;
}

const SESSIONS = `
  SELECT pid::text, host(client_addr) AS address, application_name AS application,
    coalesce(extract(epoch FROM clock_timestamp() - backend_start), 0)::float8 AS seconds
  FROM pg_stat_activity WHERE usesysid = $1::oid AND pid <> pg_backend_pid() ORDER BY backend_start, pid`;

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
export function byOurClock(seen: Seen, ahead: number, observedAt: Date): Seen {
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

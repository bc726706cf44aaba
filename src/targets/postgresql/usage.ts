import type { Client } from 'pg';
import type { Caller } from '../domain/rotating.js';
import type { Role } from './looking.js';

/** Who is signed in as a role at the moment. Where Muster may not read all statistics, only that somebody is. */
export async function openSessions(client: Client, role: Pick<Role, 'oid'>, observedAt: Date): Promise<Caller[]> {
  const { rows } = await client.query<SessionRow>(SESSIONS, [role.oid]);
  return rows.map(({ pid, address, application, began_at }) => ({
    ...{ address: address ?? 'local', application: application || null, session: pid },
    ...{ firstSeenAt: began_at ?? observedAt, lastSeenAt: observedAt, open: true },
  }));
}

interface SessionRow {
  readonly pid: string;
  readonly address: string | null;
  readonly application: string | null;
  readonly began_at: Date | null;
}

const SESSIONS = `
  SELECT pid::text, host(client_addr) AS address, application_name AS application, backend_start AS began_at
  FROM pg_stat_activity WHERE usesysid = $1::oid AND pid <> pg_backend_pid() ORDER BY backend_start, pid`;

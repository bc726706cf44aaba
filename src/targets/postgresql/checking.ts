import type { Client } from 'pg';
import type { Ability } from '../domain/adapter.js';

interface Rights {
  readonly name: string;
  readonly superuser: boolean;
  readonly makes_roles: boolean;
  readonly ends_sessions: boolean;
  readonly tables: number;
  readonly own_tables: number;
}

/** What Muster's own role may do there, in words that say what to grant where it may not. */
export async function check(client: Client): Promise<readonly Ability[]> {
  const { rows } = await client.query<Rights>(RIGHTS);
  const may = rows[0]!;
  const closes = may.superuser || may.makes_roles;
  const removesAll = may.superuser || may.own_tables === may.tables;
  return [
    { what: 'observe', able: true, words: `It works as ${may.name} and sees roles, memberships and privileges.` },
    {
      what: 'remove',
      able: removesAll,
      words: removesAll
        ? 'It may take every privilege away.'
        : `It may take away what it owns or granted: ${may.own_tables} of ${may.tables} tables here. For the others, make it a member of their owners.`,
    },
    {
      what: 'close',
      able: closes,
      words: may.superuser
        ? 'It may close every account.'
        : closes
          ? 'It may close the accounts that it administers: it needs ADMIN OPTION on each.'
          : 'It may not close accounts: give it CREATEROLE, and ADMIN OPTION on each of them.',
    },
    {
      what: 'end-sessions',
      able: may.superuser || may.ends_sessions,
      words:
        may.superuser || may.ends_sessions
          ? 'It may end sessions.'
          : 'It may not end sessions: make it a member of pg_signal_backend.',
    },
  ];
}

const RIGHTS = `
  SELECT r.rolname::text AS name, r.rolsuper AS superuser, r.rolcreaterole AS makes_roles,
    pg_has_role(session_user, 'pg_signal_backend', 'MEMBER') AS ends_sessions,
    count(c.oid)::integer AS tables,
    count(c.oid) FILTER (WHERE pg_has_role(session_user, c.relowner, 'MEMBER'))::integer AS own_tables
  FROM pg_roles r LEFT JOIN (pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema') ON c.relkind IN ('r', 'p', 'v', 'm', 'f')
  WHERE r.rolname = session_user GROUP BY 1, 2, 3`;

import type { Client } from 'pg';
import { type Reached, withClient } from './connection.js';
import { DatabaseError } from './errors.js';

/** What a role may do beyond its duty, as one sentence each; reading `pg_class` needs no right of its own. */
const EXCESSES = `
  SELECT 'it is a superuser' AS excess
    FROM pg_roles WHERE rolname = current_user AND rolsuper
  UNION ALL
  SELECT format('it owns %s.%s', nspname, relname)
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname IN ('muster', 'audit', 'bullmq') AND pg_has_role(current_user, relowner, 'MEMBER')
  UNION ALL
  SELECT format('it may %s %s.%s', privilege, nspname, relname)
    FROM pg_class
    JOIN pg_namespace ON pg_namespace.oid = relnamespace
    CROSS JOIN unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) AS privilege
    WHERE nspname = 'audit' AND relkind IN ('r', 'p', 'v', 'm', 'f')
      AND (has_table_privilege(current_user, pg_class.oid, privilege)
        OR privilege = 'UPDATE' AND has_any_column_privilege(current_user, pg_class.oid, privilege))
  UNION ALL
  SELECT format('it may create in schema %s', nspname)
    FROM pg_namespace
    WHERE nspname IN ('muster', 'audit', 'bullmq') AND has_schema_privilege(current_user, nspname, 'CREATE')
  ORDER BY excess LIMIT 5`;

/**
 * Holds decision 6: the role that the service or its signer works as must not be able to rewrite the log or the schema.
 *
 * @param variable the one that names the role, for the message
 * @throws DatabaseError `role_too_mighty`, naming up to five things that it may do and should not
 */
export async function checkRole(database: Reached, variable: string): Promise<void> {
  const excesses = await withClient(database, readExcesses);
  if (excesses.length === 0) return;
  throw new DatabaseError(
    'role_too_mighty',
    `The database role in ${variable} can do more than the service should: ${excesses.join('; ')}. Name a role there ` +
      'that owns nothing and is no member of the owner; migrating gives it the rights it needs.',
  );
}

async function readExcesses(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ excess: string }>(EXCESSES);
  return rows.map(({ excess }) => excess);
}

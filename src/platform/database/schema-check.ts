import { MIGRATIONS } from '../../../migrations/index.js';
import { type Reached, withClient } from './connection.js';
import { DatabaseError } from './errors.js';
import { MIGRATIONS_TABLE } from './migrator.js';

const UNDEFINED_TABLE = '42P01';
const UNDEFINED_SCHEMA = '3F000';
const INSUFFICIENT_PRIVILEGE = '42501';
const NOT_MIGRATED = new Set([UNDEFINED_TABLE, UNDEFINED_SCHEMA, INSUFFICIENT_PRIVILEGE]);

/**
 * Sees to it that the schema is the one this version was written for.
 *
 * @throws DatabaseError `schema_behind` when migrations are missing, `schema_foreign` when a newer Muster made some
 */
export async function checkSchema(database: Reached): Promise<void> {
  const done = await withClient(database, async (client) => {
    const { rows } = await client.query<{ name: string }>(`SELECT name FROM muster.${MIGRATIONS_TABLE}`);
    return rows.map(({ name }) => name);
  }).catch((error: { code?: string }): string[] => {
    if (NOT_MIGRATED.has(error.code ?? '')) return [];
    throw error;
  });
  const known = MIGRATIONS.map(({ name }) => name);
  const missing = known.filter((name) => !done.includes(name));
  const foreign = done.filter((name) => !known.includes(name));
  if (foreign.length > 0)
    throw new DatabaseError(
      'schema_foreign',
      `A newer Muster has migrated this database (${foreign.join(', ')}). Start that version, or restore a backup.`,
    );
  if (missing.length > 0)
    throw new DatabaseError(
      'schema_behind',
      `The database lacks ${missing.join(', ')}. Run Muster once with MUSTER_ROLES=migrate and DATABASE_OWNER_URL.`,
    );
}

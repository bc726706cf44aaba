import { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../../migrations/index.js';
import { roleOf, withClient } from './connection.js';

/** Every process that migrates takes this advisory lock first: "MUSTER" in ASCII. */
const MIGRATION_LOCK = 0x4d5553544552;
export const MIGRATIONS_TABLE = 'schema_migrations';

export interface DatabaseUrls {
  /** Owns everything, runs migrations and nothing else. */
  readonly ownerUrl: string;
  /** What the service works as. */
  readonly appUrl: string;
  /** What the signer process reads as. */
  readonly signerUrl: string;
}

/**
 * Brings the schema up to date, as the owner. Of processes that start at once, one migrates and the others wait for it.
 *
 * @returns the names of the migrations that were run now
 */
export async function migrate(urls: DatabaseUrls): Promise<string[]> {
  return withClient(urls.ownerUrl, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query('CREATE SCHEMA IF NOT EXISTS muster');
    const names = await migrateSchema(urls);
    await client.query('SET client_min_messages = warning');
    const { runMigrations: migrateQueue } = await import('bullmq');
    await migrateQueue(client, 'bullmq');
    await allowQueue(client.query.bind(client), roleOf(urls.appUrl));
    return names;
  });
}

type Query = (sql: string) => Promise<unknown>;

async function migrateSchema(urls: DatabaseUrls): Promise<string[]> {
  const source = new DataSource({
    type: 'postgres',
    schema: 'muster',
    migrations: [...MIGRATIONS],
    migrationsTableName: MIGRATIONS_TABLE,
    migrationsTransactionMode: 'each',
    extra: { connectionString: urls.ownerUrl, max: 2, options: roleSettings(urls), application_name: 'muster migrate' },
  });
  await source.initialize();
  try {
    const done = await source.runMigrations();
    await source.query(`SELECT muster.allow('app', 'SELECT', 'muster.${MIGRATIONS_TABLE}')`);
    return done.map((migration) => migration.name);
  } finally {
    await source.destroy();
  }
}

/** How migrations learn what the other two roles are called here (`muster.allow` reads it). */
function roleSettings(urls: DatabaseUrls): string {
  const settings = { app_role: roleOf(urls.appUrl), signer_role: roleOf(urls.signerUrl) };
  return Object.entries(settings)
    .map(([name, role]) => `-c muster.${name}=${role.replace(/[\\\s]/g, '\\$&')}`)
    .join(' ');
}

/** The queue's own schema is the application's to use, not to change. */
async function allowQueue(query: Query, appRole: string): Promise<void> {
  const role = `"${appRole.replaceAll('"', '""')}"`;
  await query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA bullmq TO ${role}`);
  await query(`REVOKE INSERT, UPDATE, DELETE ON bullmq.migration FROM ${role}`);
  await query(`GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA bullmq TO ${role}`);
  await query(`GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bullmq TO ${role}`);
}

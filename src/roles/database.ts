import { type Config, type Installation } from '../platform/index.js';
import {
  checkRole,
  checkSchema,
  type DatabaseUrls,
  foundInstallation,
  installationIdOf,
  migrate,
  readInstallation,
  startEmbeddedPostgres,
} from '../platform/database/index.js';

/** The database this process works on, running and reachable. */
export interface OpenDatabase {
  readonly appUrl: string;
  readonly signerUrl: string;
  /** Null where this process does not migrate. */
  readonly ownerUrl: string | null;
  /** The embedded server's directory and version; undefined for an external one. */
  readonly embedded: { readonly directory: string; readonly version: string } | undefined;
  /** Rejects when an embedded server ends before it was stopped; never settles otherwise. */
  readonly lost: Promise<never>;
  readonly stop: () => Promise<void>;
}

/** Starts the embedded server, or takes the external one as configured. */
export async function openDatabase(config: Config): Promise<OpenDatabase> {
  if (config.database.kind === 'external')
    return { ...config.database, embedded: undefined, lost: new Promise(() => undefined), stop: async () => undefined };
  const installationId = await installationIdOf(config.dataDirectory);
  const { urls, stop, lost, ...embedded } = await startEmbeddedPostgres({
    dataDirectory: config.dataDirectory,
    installationId,
  });
  return { ...urls, embedded, lost, stop };
}

/** Brings the schema up to date and writes down the installation. */
export async function migrateDatabase(config: Config, database: OpenDatabase): Promise<void> {
  const { ownerUrl, appUrl, signerUrl } = database;
  if (ownerUrl === null) throw new Error('The configuration lets nobody migrate without DATABASE_OWNER_URL.');
  const urls: DatabaseUrls = { ownerUrl, appUrl, signerUrl };
  await migrate(urls);
  const id = await installationIdOf(config.dataDirectory);
  await foundInstallation(ownerUrl, { id, publicUrl: config.publicUrl, trustDomain: config.trustDomain });
}

/**
 * Sees to it that this process may work on the database: roles without excess, the schema of this version, the
 * installation that is configured.
 *
 * @throws DatabaseError that says what to put right
 */
export async function inspectDatabase(config: Config, database: OpenDatabase): Promise<Installation> {
  await checkSchema(database.appUrl);
  await checkRole(database.appUrl, 'DATABASE_URL');
  await checkRole(database.signerUrl, 'DATABASE_SIGNER_URL');
  return readInstallation(database.appUrl, config);
}

import { type Config, type Installation } from '../platform/index.js';
import {
  checkReachable,
  checkRole,
  checkSchema,
  type DatabaseUrls,
  foundInstallation,
  installationIdOf,
  migrate,
  readInstallation,
  startEmbeddedPostgres,
  withClient,
} from '../platform/database/index.js';

type ExternalDatabase = Extract<Config['database'], { kind: 'external' }>;

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

/**
 * Starts the embedded server, or takes the external one as configured.
 *
 * @throws DatabaseError that says what to put right
 */
export async function openDatabase(config: Config): Promise<OpenDatabase> {
  return config.database.kind === 'external' ? reachDatabase(config.database) : embedDatabase(config);
}

async function reachDatabase({ appUrl, signerUrl, ownerUrl }: ExternalDatabase): Promise<OpenDatabase> {
  await checkReachable(appUrl, 'DATABASE_URL');
  await checkReachable(signerUrl, 'DATABASE_SIGNER_URL');
  if (ownerUrl !== null) await checkReachable(ownerUrl, 'DATABASE_OWNER_URL');
  const never = new Promise<never>(() => undefined);
  return { appUrl, signerUrl, ownerUrl, embedded: undefined, lost: never, stop: async () => undefined };
}

async function embedDatabase({ dataDirectory }: Config): Promise<OpenDatabase> {
  const installationId = await installationIdOf(dataDirectory);
  const { urls, stop, lost, directory, version } = await startEmbeddedPostgres({ dataDirectory, installationId });
  return { ...urls, embedded: { directory, version }, lost, stop };
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
  return withClient(database.appUrl, async (app) => {
    await checkSchema(app);
    await checkRole(app, 'DATABASE_URL');
    await checkRole(database.signerUrl, 'DATABASE_SIGNER_URL');
    return readInstallation(app, config);
  });
}

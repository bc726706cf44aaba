import path from 'node:path';
import type { Client } from 'pg';
import { socketUrl } from './connection.js';
import { accountForPostgres } from './embedded/account.js';
import { findBinaries } from './embedded/binaries.js';
import { Cluster, type Settings, SOCKET_PORT } from './embedded/cluster.js';
import { readOrMakeCredentials } from './embedded/credentials.js';
import { connectTo, keep } from './embedded/keeper.js';
import { type Passwords, provideDatabase, provideRoles } from './embedded/roles.js';
import { DatabaseError } from './errors.js';
import type { DatabaseUrls } from './migrator.js';

const DATABASE = 'muster';

/** A PostgreSQL that this process started (or took over), and keeps. */
export interface EmbeddedPostgres {
  readonly urls: DatabaseUrls;
  /** Where its files lie: below the data directory, unless PostgreSQL's account cannot get there. */
  readonly directory: string;
  /** As the server tells it, for example `18.4`. */
  readonly version: string;
  /** Rejects when the server ends, or its connection, before it was asked to. */
  readonly lost: Promise<never>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts the embedded PostgreSQL over a data directory, making it at first start, and takes over one that a killed
 * process left running. It listens on a private Unix socket alone, and every role signs in by SCRAM.
 *
 * @throws DatabaseError `data_directory_in_use` when another Muster runs on the same data, `credentials_lost`,
 *   `platform_unsupported`, `start_failed`
 */
export async function startEmbeddedPostgres(options: {
  readonly dataDirectory: string;
  readonly installationId: string;
  readonly settings?: Settings;
}): Promise<EmbeddedPostgres> {
  const dataDirectory = path.resolve(options.dataDirectory);
  const account = await accountForPostgres();
  const binaries = await findBinaries(account);
  const { cluster: place, passwords } = await readOrMakeCredentials(dataDirectory, options.installationId, account);
  const cluster = new Cluster({
    directory: path.resolve(dataDirectory, place),
    superuserPassword: passwords.postgres,
    binaries,
    account,
    durable: true,
    settings: options.settings ?? {},
  });
  await cluster.create();
  const { client: keeper, socketDirectory } = await connectTo(cluster, (socket) =>
    urlsOn(socket, passwords)('postgres', 'postgres'),
  );
  await keep(keeper, dataDirectory);
  const url = urlsOn(socketDirectory, passwords);
  let stopping = false;
  const lost = new Promise<never>((_resolve, reject) => {
    keeper.once('end', () => stopping || reject(gone(cluster.directory)));
  });
  lost.catch(() => undefined);
  const stop = async (): Promise<void> => {
    stopping = true;
    await keeper.end().catch(() => undefined);
    await cluster.stop();
  };
  try {
    return { ...(await provide(keeper, passwords, url)), directory: cluster.directory, lost, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function gone(directory: string): DatabaseError {
  const log = path.join(directory, 'log');
  return new DatabaseError('cluster_broken', `The embedded PostgreSQL has ended; read ${log} and start Muster again.`);
}

async function provide(keeper: Client, passwords: Passwords, url: ReturnType<typeof urlsOn>) {
  await provideRoles(keeper, passwords);
  await provideDatabase(keeper, DATABASE);
  const { rows } = await keeper.query<{ server_version: string }>('SHOW server_version');
  const urls = {
    ownerUrl: url('muster_owner', DATABASE),
    appUrl: url('muster_app', DATABASE),
    signerUrl: url('muster_signer', DATABASE),
  };
  return { urls, version: rows[0]!.server_version };
}

/** Makes URLs on a server from its socket and the passwords of its roles. */
export function urlsOn(socketDirectory: string, passwords: Passwords) {
  return (user: keyof Passwords, database: string): string =>
    socketUrl({ socketDirectory, port: SOCKET_PORT, user, password: passwords[user], database });
}

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { withClient } from '../../src/platform/database/connection.js';
import { urlsOn } from '../../src/platform/database/embedded-postgres.js';
import { accountForPostgres } from '../../src/platform/database/embedded/account.js';
import { findBinaries } from '../../src/platform/database/embedded/binaries.js';
import { Cluster, type Settings } from '../../src/platform/database/embedded/cluster.js';
import { newPasswords } from '../../src/platform/database/embedded/credentials.js';
import {
  type Passwords,
  provideDatabase,
  provideRoles,
  restrictDatabase,
} from '../../src/platform/database/embedded/roles.js';
import { type DatabaseUrls, migrate } from '../../src/platform/database/migrator.js';

/** Only databases that tests throw away may trade durability for speed, and passwords that nobody guesses their stretching. */
const FAST: Settings = {
  ...{ fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '500' },
  ...{ wal_level: 'minimal', max_wal_senders: '0', checkpoint_timeout: '1h', max_wal_size: '1GB' },
  ...{ scram_iterations: '1' },
};
const TEMPLATE = 'muster_template';
const START_TIMEOUT_MILLISECONDS = 120_000;

/** A migrated database of one test file's own. */
export interface TestDatabase extends DatabaseUrls {
  readonly name: string;
  /** Past every right: for arranging what the service itself may not do. */
  readonly superuserUrl: string;
  readonly drop: () => Promise<void>;
}

interface Running {
  readonly socketDirectory: string;
  readonly passwords: Passwords;
}

/**
 * Clones the migrated template, by its files: half the processor time of writing each of its pages to the log. The first call of
 * a test run starts the server.
 */
export function cloneDatabase(): Promise<TestDatabase> {
  return makeDatabase(async (client, name) => {
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} STRATEGY FILE_COPY OWNER muster_owner`);
    await restrictDatabase(client, name);
  });
}

/** An empty database of the owner's, for tests of migrating itself. */
export function emptyDatabase(): Promise<TestDatabase> {
  return makeDatabase(provideDatabase);
}

async function makeDatabase(make: (client: Client, name: string) => Promise<void>): Promise<TestDatabase> {
  const { socketDirectory, passwords } = await server();
  const url = urlsOn(socketDirectory, passwords);
  const administer = (work: (client: Client) => Promise<unknown>) => withClient(url('postgres', 'postgres'), work);
  const name = `muster_${randomBytes(6).toString('hex')}`;
  await administer((client) => make(client, name));
  return {
    name,
    ownerUrl: url('muster_owner', name),
    appUrl: url('muster_app', name),
    signerUrl: url('muster_signer', name),
    superuserUrl: url('postgres', name),
    drop: async () => void (await administer((client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))),
  };
}

/** The server of this test run, started by whichever test file asks first; `stop.js` stops it. */
async function server(): Promise<Running> {
  const run = process.env.MUSTER_TEST_RUN;
  if (run === undefined) throw new Error('Run tests by Jest: its global setup makes the place for the database.');
  const description = path.join(run, 'server.json');
  const giveUpAt = Date.now() + START_TIMEOUT_MILLISECONDS;
  const first = await mkdir(path.join(run, 'starting')).then(
    () => true,
    () => false,
  );
  if (first) await startServer(run, description);
  while (!existsSync(description)) {
    if (existsSync(path.join(run, 'failed')) || Date.now() > giveUpAt)
      throw new Error('The database for the tests did not start; the test file that asked first says why.');
    await sleep(50);
  }
  return JSON.parse(await readFile(description, 'utf8')) as Running;
}

async function startServer(run: string, description: string): Promise<void> {
  try {
    const account = await accountForPostgres();
    const binaries = await findBinaries(account);
    const passwords = newPasswords();
    const directory = path.join(run, 'postgresql');
    const cluster = new Cluster({
      directory,
      superuserPassword: passwords.postgres,
      binaries,
      account,
      durable: false,
      settings: FAST,
    });
    await cluster.create();
    const { socketDirectory } = await cluster.start();
    await writeFile(
      path.join(run, 'stop.json'),
      JSON.stringify({ pgCtl: binaries.pgCtl, directory, account, socketDirectory }),
    );
    await makeTemplate(urlsOn(socketDirectory, passwords), passwords);
    await writeFile(`${description}.draft`, JSON.stringify({ socketDirectory, passwords } satisfies Running), {
      mode: 0o600,
    });
    await rename(`${description}.draft`, description);
  } catch (error) {
    await writeFile(path.join(run, 'failed'), '');
    throw error;
  }
}

async function makeTemplate(url: ReturnType<typeof urlsOn>, passwords: Passwords): Promise<void> {
  const superuserUrl = url('postgres', 'postgres');
  await withClient(superuserUrl, async (client) => {
    await client.query(`ALTER ROLE postgres PASSWORD '${passwords.postgres}'`);
    await provideRoles(client, passwords);
    await provideDatabase(client, TEMPLATE);
  });
  await migrate({
    ownerUrl: url('muster_owner', TEMPLATE),
    appUrl: url('muster_app', TEMPLATE),
    signerUrl: url('muster_signer', TEMPLATE),
  });
  await withClient(superuserUrl, (client) => client.query(`ALTER DATABASE ${TEMPLATE} ALLOW_CONNECTIONS false`));
}

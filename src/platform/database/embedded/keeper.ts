import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { DatabaseError } from '../errors.js';
import type { Cluster } from './cluster.js';
import { CREDENTIALS_FILE } from './credentials.js';

/** Whoever holds this advisory lock is the one Muster on this data directory: "KEEPER" in ASCII. */
const KEEPER_LOCK = 0x4b4545504552;
const LOCK_TIMEOUT_MILLISECONDS = 2_000;
const READY_TIMEOUT_MILLISECONDS = 60_000;
const PAUSE_MILLISECONDS = 100;
const WRONG_PASSWORD = '28P01';
/** Starting, recovering or stopping; or gone since it was looked at. */
const NOT_YET = new Set(['57P03', 'ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE']);

/**
 * Starts a cluster and connects to it as soon as it answers: one that an earlier process left running may be recovering
 * from a crash, or about to stop.
 *
 * @throws DatabaseError `credentials_lost` when the passwords are not this database's, `start_failed`
 */
export async function connectTo(
  cluster: Cluster,
  urlOn: (socketDirectory: string) => string,
): Promise<{ readonly client: Client; readonly socketDirectory: string }> {
  const giveUpAt = performance.now() + READY_TIMEOUT_MILLISECONDS;
  for (;;) {
    const { socketDirectory, reattached } = await cluster.start();
    const client = new Client({ connectionString: urlOn(socketDirectory), application_name: 'muster keeper' });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return { client, socketDirectory };
    } catch (cause) {
      await client.end().catch(() => undefined);
      const code = (cause as { code?: string }).code ?? '';
      if (!NOT_YET.has(code) || performance.now() > giveUpAt) {
        if (!reattached) await cluster.stop();
        throw code === WRONG_PASSWORD ? wrongPassword(cluster, cause) : unanswered(cluster, cause);
      }
      await sleep(PAUSE_MILLISECONDS);
    }
  }
}

function wrongPassword(cluster: Cluster, cause: unknown): DatabaseError {
  return new DatabaseError(
    'credentials_lost',
    `The passwords in ${CREDENTIALS_FILE} are not those of the database in ${cluster.directory}. Restore that file ` +
      'from the backup that the database came from.',
    { cause },
  );
}

function unanswered(cluster: Cluster, cause: unknown): DatabaseError {
  const log = path.join(cluster.directory, 'log');
  return new DatabaseError('start_failed', `PostgreSQL runs and does not answer; read ${log}.`, { cause });
}

/**
 * Holds the data directory for this process. The lock lives as long as the connection, so that a crash lets go of it.
 *
 * @throws DatabaseError `data_directory_in_use`
 */
export async function keep(client: Client, dataDirectory: string): Promise<void> {
  const giveUpAt = performance.now() + LOCK_TIMEOUT_MILLISECONDS;
  for (;;) {
    const { rows } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_lock($1) AS mine', [KEEPER_LOCK]);
    if (rows[0]?.mine) return;
    if (performance.now() > giveUpAt) break;
    await sleep(PAUSE_MILLISECONDS);
  }
  await client.end();
  throw new DatabaseError(
    'data_directory_in_use',
    `Another Muster is running on ${dataDirectory}. Stop it first, or set DATA_DIR to a directory of its own.`,
  );
}

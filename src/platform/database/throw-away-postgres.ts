import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { type Account, accountForPostgres } from './embedded/account.js';
import { type Binaries, findBinaries } from './embedded/binaries.js';
import { Cluster, type Settings, shortTemporaryDirectory } from './embedded/cluster.js';
import { DatabaseError } from './errors.js';

/** Below what systems hand out by themselves: one found taken is the only way to find out, and then another is tried. */
const [FIRST_PORT, LAST_PORT] = [11_000, 32_000];
const PORTS_TRIED = 5;
/** Nothing in it is worth more than the process that uses it. */
const FLEETING = {
  ...{ fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
  ...{ listen_addresses: '127.0.0.1', max_connections: '20' },
};
/** Waits for the end of its input, however that comes; then stops the server and removes its folder. */
const GUARD = 'read -r _; "$1" -D "$2" -m immediate -w -t 30 stop; rm -rf "$3" || { sleep 2; rm -rf "$3"; }';

/** A PostgreSQL for as long as this process wants it. */
export interface ThrowAwayPostgres {
  /** As its superuser, over TCP on 127.0.0.1 by SCRAM. Secret. */
  readonly superuserUrl: string;
  /** Stops it and removes everything of it. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts a PostgreSQL on a free port of 127.0.0.1, in a temporary folder that nobody else enters. It is gone with this
 * process, also where that is killed. Loads nothing of the service, so that the command may use it too.
 *
 * @param settings of the server, beside its own
 * @throws DatabaseError `platform_unsupported` where no package has binaries for this machine, `start_failed`
 */
export async function startThrowAwayPostgres(settings: Settings = {}): Promise<ThrowAwayPostgres> {
  const account = await accountForPostgres();
  const binaries = await findBinaries(account);
  const folder = await mkdtemp(path.join(shortTemporaryDirectory(), 'muster-'));
  if (account) await chown(folder, account.uid, account.gid);
  const directory = path.join(folder, 'cluster');
  const guard = await startGuard(binaries, directory, folder, account);
  const stop = () => dismiss(guard, folder);
  const superuserPassword = randomBytes(24).toString('base64url');
  const place = { directory, socketParent: folder, superuserPassword, binaries, account, durable: false };
  try {
    await new Cluster({ ...place, settings: {} }).create();
    const port = await startSomewhere(
      (at) => new Cluster({ ...place, settings: { ...FLEETING, ...settings, port: String(at) } }),
    );
    return { superuserUrl: `postgresql://postgres:${superuserPassword}@127.0.0.1:${port}/postgres`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startSomewhere(clusterAt: (port: number) => Cluster): Promise<number> {
  for (let tried = 1; ; tried += 1) {
    const port = randomInt(FIRST_PORT, LAST_PORT);
    try {
      await clusterAt(port).start();
      return port;
    } catch (error) {
      if (tried === PORTS_TRIED) throw error;
    }
  }
}

/** A process of its own in a session of its own: the end of this one, and Ctrl-C, end the pipe between them and not it. */
async function startGuard(
  { pgCtl }: Binaries,
  directory: string,
  folder: string,
  account: Account | undefined,
): Promise<ChildProcess> {
  const guard = spawn('/bin/sh', ['-c', GUARD, 'sh', pgCtl, directory, folder], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    ...account,
  });
  await once(guard, 'spawn');
  return guard;
}

async function dismiss(guard: ChildProcess, folder: string): Promise<void> {
  if (guard.exitCode !== null || guard.signalCode !== null) return;
  const ended = once(guard, 'exit');
  guard.stdin!.end();
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new DatabaseError('cluster_broken', `${folder} could not be removed: remove it by hand.`);
}

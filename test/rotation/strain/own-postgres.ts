import { chown, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { withClient } from '../../../src/platform/database/connection.js';
import { urlsOn } from '../../../src/platform/database/embedded-postgres.js';
import { accountForPostgres } from '../../../src/platform/database/embedded/account.js';
import { findBinaries } from '../../../src/platform/database/embedded/binaries.js';
import { Cluster, shortTemporaryDirectory } from '../../../src/platform/database/embedded/cluster.js';
import { newPasswords } from '../../../src/platform/database/embedded/credentials.js';
import { provideDatabase, provideRoles } from '../../../src/platform/database/embedded/roles.js';
import type { DatabaseUrls } from '../../../src/platform/database/migrator.js';
import { freePort } from '../../harness/ports.js';

/** What is answered is there after a crash of the server; after one of the machine it need not be. */
const SETTINGS = {
  ...{ fsync: 'off', full_page_writes: 'off', synchronous_commit: 'on' },
  ...{ listen_addresses: '127.0.0.1', max_connections: '300' },
};

/** A PostgreSQL of a test's own that can be killed, and comes back by itself as PostgreSQL does. */
export class OwnPostgres {
  private constructor(
    readonly superuserUrl: string,
    /** Of a database `muster`, which whoever starts the service migrates. */
    readonly urls: DatabaseUrls & { readonly superuserUrl: string },
    private readonly remove: () => Promise<void>,
  ) {}

  static async start(): Promise<OwnPostgres> {
    const account = await accountForPostgres();
    const binaries = await findBinaries(account);
    const folder = await mkdtemp(path.join(shortTemporaryDirectory(), 'muster-'));
    if (account) await chown(folder, account.uid, account.gid);
    const passwords = newPasswords();
    const port = await freePort();
    const cluster = new Cluster({
      ...{ directory: path.join(folder, 'cluster'), socketParent: folder, superuserPassword: passwords.postgres },
      ...{ binaries, account, durable: false, settings: { ...SETTINGS, port: String(port) } },
    });
    await cluster.create();
    const { socketDirectory } = await cluster.start();
    const at = (user: keyof typeof passwords, database: string) => {
      const url = new URL(urlsOn(socketDirectory, passwords)(user, database));
      url.searchParams.set('port', String(port));
      return url.href;
    };
    await withClient(at('postgres', 'postgres'), async (client) => {
      await provideRoles(client, passwords);
      await provideDatabase(client, 'muster');
    });
    const urls = {
      ...{ ownerUrl: at('muster_owner', 'muster'), appUrl: at('muster_app', 'muster') },
      ...{ signerUrl: at('muster_signer', 'muster'), superuserUrl: at('postgres', 'muster') },
    };
    const superuserUrl = `postgresql://postgres:${passwords.postgres}@127.0.0.1:${port}/postgres`;
    return new OwnPostgres(superuserUrl, urls, async () => {
      await cluster.stop('immediate');
      await rm(folder, { recursive: true, force: true });
    });
  }

  /** `kill -9` of one of its processes: then PostgreSQL ends all the others, and recovers from its log. */
  async crash(): Promise<void> {
    const pid = await withClient(this.superuserUrl, async (client) => {
      const { rows } = await client.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
         ORDER BY random() LIMIT 1`,
      );
      return rows[0]?.pid;
    });
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }

  async stop(): Promise<void> {
    await this.remove();
  }
}

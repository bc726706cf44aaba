import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createConnection, type Connection } from 'mysql2/promise';
import { freePort } from '../harness/ports.js';
import type { Identity } from '../targets/server.js';
import { identityFiles, identityPaths } from './identity-files.js';

const START_MILLISECONDS = 60_000;

/** A MariaDB of the test's own, on a free port of 127.0.0.1, with one superuser behind its socket. */
export class MariadbServer {
  private constructor(
    private readonly directory: string,
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  /** @param identity what it shows to those who ask for TLS */
  static async start(identity?: Identity): Promise<MariadbServer> {
    const directory = await mkdtemp(path.join(tmpdir(), 'muster-mariadb-'));
    await chmod(directory, 0o755);
    if (identity) await identityFiles(directory, identity);
    const { cert, key } = identityPaths(directory);
    const data = path.join(directory, 'data');
    const user = userInfo().username;
    await promisify(execFile)('mariadb-install-db', [
      ...['--no-defaults', `--datadir=${data}`, `--user=${user}`, '--auth-root-authentication-method=socket'],
      ...[`--auth-root-socket-user=${user}`, '--skip-test-db', `--tmpdir=${directory}`],
    ]);
    const port = await freePort();
    const child = spawn(
      'mariadbd',
      [
        ...[
          '--no-defaults',
          `--datadir=${data}`,
          `--tmpdir=${directory}`,
          `--user=${user}`,
          `--port=${port}`,
          '--bind-address=127.0.0.1',
        ],
        ...[
          `--socket=${path.join(directory, 's')}`,
          `--pid-file=${path.join(directory, 'pid')}`,
          '--skip-name-resolve',
        ],
        ...(identity ? [`--ssl-cert=${cert}`, `--ssl-key=${key}`] : []),
        ...['--general-log', `--general-log-file=${path.join(directory, 'general.log')}`],
      ],
      { stdio: 'ignore' },
    );
    const server = new MariadbServer(directory, child, port);
    for (const giveUpAt = Date.now() + START_MILLISECONDS; ; await sleep(100)) {
      const root = await server.root().catch(() => undefined);
      await root?.end();
      if (root) return server;
      if (Date.now() > giveUpAt || child.exitCode !== null) throw new Error('mariadbd did not start.');
    }
  }

  get generalLog(): string {
    return path.join(this.directory, 'general.log');
  }

  root(): Promise<Connection> {
    return createConnection({ socketPath: path.join(this.directory, 's'), user: userInfo().username });
  }

  async remove(): Promise<void> {
    if (this.child.exitCode === null) {
      this.child.kill('SIGTERM');
      await once(this.child, 'exit');
    }
    await rm(this.directory, { recursive: true, force: true });
  }
}

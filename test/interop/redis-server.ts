import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../harness/ports.js';
import type { Identity } from '../targets/server.js';
import { identityFiles, identityPaths } from './identity-files.js';

const START_MILLISECONDS = 10_000;

/** A Redis of the test's own, with a password and its append-only file, that can be stopped and started again. */
export class RedisServer {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly directory: string,
    private readonly port: number,
    private readonly password: string,
    /** Where it keeps its users; null where it forgets them. */
    private readonly users: string | null,
    private readonly identity?: Identity,
  ) {}

  static async start(password: string): Promise<RedisServer> {
    const directory = await mkdtemp(path.join(tmpdir(), 'muster-redis-'));
    const server = new RedisServer(directory, await freePort(), password, null);
    await server.run();
    return server;
  }

  /**
   * One that knows its users again when it starts anew.
   *
   * @param identity what it shows, where it speaks TLS and nothing else
   */
  static async startWithUsers(password: string, identity?: Identity): Promise<RedisServer> {
    const directory = await mkdtemp(path.join(tmpdir(), 'muster-redis-'));
    const users = path.join(directory, 'users.acl');
    await writeFile(users, `user default on >${password} ~* &* +@all\n`);
    if (identity) await identityFiles(directory, identity);
    const server = new RedisServer(directory, await freePort(), password, users, identity);
    await server.run();
    return server;
  }

  url(password = this.password): string {
    return `redis://:${encodeURIComponent(password)}@127.0.0.1:${this.port}/0`;
  }

  async run(): Promise<void> {
    const words = [...this.listening(), '--bind', '127.0.0.1', '--dir', this.directory];
    const safe = ['--appendonly', 'yes', '--save', '', '--maxmemory-policy', 'noeviction'];
    const access = this.users === null ? ['--requirepass', this.password] : ['--aclfile', this.users];
    const child = spawn('redis-server', [...words, ...safe, ...access], { stdio: 'ignore' });
    this.child = child;
    const missing = once(child, 'error').then(() =>
      Promise.reject(
        new Error('redis-server is missing. Install it: your system’s package redis-server, 7.0 or later'),
      ),
    );
    await Promise.race([this.listens(), missing]);
  }

  private listening(): string[] {
    if (!this.identity) return ['--port', String(this.port)];
    const { cert, key } = identityPaths(this.directory);
    const shown = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert];
    return ['--port', '0', '--tls-port', String(this.port), ...shown, '--tls-auth-clients', 'no'];
  }

  async halt(): Promise<void> {
    if (!this.child || this.child.exitCode !== null) return;
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
  }

  async remove(): Promise<void> {
    await this.halt();
    await rm(this.directory, { recursive: true, force: true });
  }

  private async listens(): Promise<void> {
    for (const giveUpAt = Date.now() + START_MILLISECONDS; ; await sleep(50)) {
      const socket = connect(this.port, '127.0.0.1');
      const there = await Promise.race([
        once(socket, 'connect').then(() => true),
        once(socket, 'error').then(() => false),
      ]).catch(() => false);
      socket.destroy();
      if (there) return;
      if (Date.now() > giveUpAt) throw new Error('redis-server did not start.');
    }
  }
}

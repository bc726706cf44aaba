import { randomBytes } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as tls from 'node:tls';
import { Client } from 'pg';
import { emptyDatabase, type TestDatabase } from '../harness/index.js';

/** A certificate for the server's name. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/**
 * A database of somebody else's on the suite's real PostgreSQL, reached over TCP on 127.0.0.1 as targets are: the suite's
 * server itself listens on a socket alone. What it is made of belongs to one test file and is gone with it.
 */
export class TargetServer {
  private readonly roles: string[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(
    readonly database: TestDatabase,
    /** Past every right. */
    readonly superuser: Client,
    private readonly server: Server,
    private readonly socketDirectory: string,
  ) {}

  /** @param identity with it, it speaks TLS; without, it does not */
  static async start(identity?: Identity): Promise<TargetServer> {
    const database = await emptyDatabase();
    const superuser = new Client({ connectionString: database.superuserUrl });
    await superuser.connect();
    const socketDirectory = new URL(database.superuserUrl).searchParams.get('host')!;
    const server = createServer();
    const target = new TargetServer(database, superuser, server, socketDirectory);
    server.on('connection', (socket) => target.accept(socket, identity));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return target;
  }

  get port(): number {
    const address = this.server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  }

  get name(): string {
    return this.database.name;
  }

  /** A role of a name that nobody else has, gone at the end. */
  async role(prefix: string, options = ''): Promise<string> {
    const name = `${prefix}_${randomBytes(4).toString('hex')}`;
    await this.superuser.query(`CREATE ROLE ${name} ${options}`);
    await this.superuser.query(`GRANT CONNECT ON DATABASE ${this.name} TO ${name}`);
    this.roles.push(name);
    return name;
  }

  /** The URL of a role here, over TCP. */
  url(user: string, password: string, { host = '127.0.0.1', sslmode = 'disable' } = {}): string {
    return `postgresql://${user}:${encodeURIComponent(password)}@${host}:${this.port}/${this.name}?sslmode=${sslmode}`;
  }

  /** Signs in as a role, and stays. */
  async signIn(user: string, password: string): Promise<Client> {
    const client = new Client({ connectionString: this.url(user, password) });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** Does the work while somebody else makes the same change, who is done only when the work waits for them. */
  async beside<Result>(change: string, work: () => Promise<Result>): Promise<Result> {
    await this.superuser.query(`BEGIN; ${change}`);
    const working = work();
    // Whoever fails before that does not wait.
    working.catch(() => undefined);
    try {
      await Promise.race([this.someoneWaits(), working]);
    } finally {
      await this.superuser.query('COMMIT');
    }
    return working;
  }

  async stop(): Promise<void> {
    this.sockets.forEach((socket) => socket.destroy());
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const role of this.roles) {
      await this.superuser.query(`REASSIGN OWNED BY ${role} TO CURRENT_USER`);
      await this.superuser.query(`DROP OWNED BY ${role} CASCADE`);
    }
    // Only then: one may have granted to another.
    for (const role of this.roles) await this.superuser.query(`DROP ROLE ${role}`);
    await this.superuser.end();
    await this.database.drop();
  }

  /** Until somebody waits for what the open transaction has locked. */
  private async someoneWaits(): Promise<void> {
    for (let waiting = 0; waiting === 0; await sleep(20)) {
      const { rowCount } = await this.superuser.query(
        'SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))',
      );
      waiting = rowCount ?? 0;
    }
  }

  private accept(socket: Socket, identity: Identity | undefined): void {
    this.remember(socket);
    socket.once('data', (first) => {
      // SSLRequest (PostgreSQL, §54.7): eight bytes, answered by S or N.
      const asksForTls = first.length === 8 && first.readInt32BE(4) === 80_877_103;
      if (!asksForTls) return this.join(socket, first);
      socket.write(identity ? 'S' : 'N');
      if (!identity) return void socket.once('data', (next) => this.join(socket, next));
      const secure = new tls.TLSSocket(socket, { isServer: true, ...identity });
      this.remember(secure);
      secure.once('data', (next: Buffer) => this.join(secure, next));
    });
  }

  private join(socket: Socket, first: Buffer): void {
    const inner = connect(path.join(this.socketDirectory, '.s.PGSQL.5432'));
    this.remember(inner);
    inner.write(first);
    socket.pipe(inner).pipe(socket);
    const end = () => [socket, inner].forEach((one) => one.destroy());
    socket.on('close', end);
    inner.on('close', end);
  }

  private remember(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
  }
}

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { startThrowAwayPostgres, type ThrowAwayPostgres } from '../../src/platform/database/throw-away-postgres.js';

/** What the accounts of tests had before Muster made anything. */
export const PASSWORD_BEFORE = randomBytes(24).toString('base64url');

/** A PostgreSQL of a test's own: what notes logins goes into all of its databases. */
export class RotatingServer {
  private made = 0;

  private constructor(
    private readonly server: ThrowAwayPostgres,
    /** Past every right. */
    readonly superuser: Client,
  ) {}

  static async start(): Promise<RotatingServer> {
    return RotatingServer.over(await startThrowAwayPostgres());
  }

  /** Over a server that runs already. */
  static async over(server: ThrowAwayPostgres): Promise<RotatingServer> {
    const superuser = new Client({ connectionString: server.superuserUrl });
    await superuser.connect();
    return new RotatingServer(server, superuser);
  }

  /** As whom Muster works there. */
  get superuserUrl(): string {
    return `${this.server.superuserUrl}?sslmode=disable`;
  }

  /** Two roles of the same rights, of which the first is in use. */
  async pair(): Promise<[string, string]> {
    const number = ++this.made;
    await this.superuser.query(`CREATE ROLE blue_${number} LOGIN PASSWORD '${PASSWORD_BEFORE}'`);
    await this.superuser.query(`CREATE ROLE green_${number} NOLOGIN`);
    return [`blue_${number}`, `green_${number}`];
  }

  /** Signs in as a role, and stays. */
  async signIn(user: string, password: string, application = 'consumer'): Promise<Client> {
    const url = new URL(this.server.superuserUrl);
    Object.assign(url, { username: user, password });
    const client = new Client({ connectionString: url.href, application_name: application });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }

  /** Whether a password opens it. */
  async opens(user: string, password: string, application = 'consumer'): Promise<boolean> {
    const client = await this.signIn(user, password, application).catch(() => undefined);
    await client?.end();
    return client !== undefined;
  }

  /** Somebody who keeps asking, dozens of times a second over a connection of its own each time, and says where that failed. */
  asking(account: string, secret: string, application = 'consumer') {
    const failures: unknown[] = [];
    let going = true;
    const over = (async () => {
      while (going)
        try {
          const client = await this.signIn(account, secret, application);
          await client.query('SELECT 1');
          await client.end();
          await sleep(20);
        } catch (error) {
          failures.push(error);
          return;
        }
    })();
    return {
      failures,
      stop: async () => {
        going = false;
        await over;
      },
    };
  }

  /** Which of the pairs' roles can sign in. */
  async canSignIn(): Promise<string[]> {
    const { rows } = await this.superuser.query<{ rolname: string }>(
      `SELECT rolname::text FROM pg_roles WHERE rolcanlogin AND rolname ~ '^(blue|green)_' ORDER BY 1`,
    );
    return rows.map(({ rolname }) => rolname);
  }

  async stop(): Promise<void> {
    await this.superuser.end();
    await this.server.stop();
  }
}

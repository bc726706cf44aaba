import { setTimeout as sleep } from 'node:timers/promises';
import type { CustomerDatabase } from './customer-database.js';

const PAUSE_MS = 20;

interface Login {
  readonly account: string;
  readonly secret: string;
}

/** A program that never stops asking a database: each time over a connection of its own, so each time its login is judged. */
export class ReportingClient {
  answered = 0;
  readonly refusals: string[] = [];
  private going = true;
  private readonly over: Promise<void>;

  private constructor(
    private readonly database: CustomerDatabase,
    private login: Login,
  ) {
    this.over = this.ask();
  }

  static start(database: CustomerDatabase, login: Login): ReportingClient {
    return new ReportingClient(database, login);
  }

  /** Asks by another login from now on. */
  take(login: Login): void {
    this.login = login;
  }

  async stop(): Promise<void> {
    this.going = false;
    await this.over;
  }

  private async ask(): Promise<void> {
    while (this.going) {
      const { account, secret } = this.login;
      await this.database.read(account, secret).then(
        () => (this.answered += 1),
        (error: unknown) => this.refusals.push(error instanceof Error ? error.message : String(error)),
      );
      await sleep(PAUSE_MS);
    }
  }
}

import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { startThrowAwayPostgres } from '../../platform/database/throw-away-postgres.js';

const INSUFFICIENT_PRIVILEGE = '42501';
/** What Muster works as there. It owns the table, so it may take rights on it away, and can do nothing else. */
const MUSTER = 'muster';
/** What Muster works as where it rotates: only a superuser has every login noted, so that it may withdraw by evidence. */
const ROTATOR = 'muster_rotation';
const BOT = 'settlement_bot';
/** Two roles of the same rights, of which one is in use. */
const PAIR = ['reports_blue', 'reports_green'] as const;
/** A role that somebody made beside all registers. */
const SHADOW = 'nightly_export';
const TABLE = 'customers';

/** What a role got for its question: an answer, or PostgreSQL's refusal in PostgreSQL's words. */
export type Reading = { readonly rows: number } | { readonly refused: string };

/**
 * A real PostgreSQL on loopback, in which the bot has a role that reads customers. It stands for the systems that Muster
 * does not guard the doors of, and takes rights away in.
 */
export class CustomerDatabase {
  /** The bot's role. */
  readonly account = BOT;
  /** What that role may do, as grants say it. */
  readonly scope = `SELECT ON TABLE ${TABLE}`;
  /** Roles that take turns; the first is in use, by a password that Muster did not make. */
  readonly pair = PAIR;

  private constructor(
    private readonly base: URL,
    /** Muster's own. Secret. */
    readonly password: string,
    private readonly botPassword: string,
    /** Of the first of the pair. Secret. */
    readonly pairPassword: string,
    private readonly shadowPassword: string,
    readonly stop: () => Promise<void>,
  ) {}

  /** @throws DatabaseError `platform_unsupported` where no package has a PostgreSQL for this machine, `start_failed` */
  static async start(): Promise<CustomerDatabase> {
    const { superuserUrl, stop } = await startThrowAwayPostgres();
    try {
      const [password, botPassword] = [newPassword(), newPassword()];
      const [pairPassword, shadowPassword] = [newPassword(), newPassword()];
      const passwords = { password, botPassword, pairPassword, shadowPassword };
      await within(new URL(superuserUrl), (client) => client.query(contents(passwords)));
      return new CustomerDatabase(new URL(superuserUrl), password, botPassword, pairPassword, shadowPassword, stop);
    } catch (error) {
      await stop();
      throw error;
    }
  }

  get port(): number {
    return Number(this.base.port);
  }

  /** A login that nobody registered. Secret. */
  get shadow(): { readonly account: string; readonly password: string } {
    return { account: SHADOW, password: this.shadowPassword };
  }

  /** How Muster gets in. Secret. */
  get url(): string {
    return `${this.as(MUSTER, this.password).href}?sslmode=disable`;
  }

  /** How Muster gets in where it rotates. Secret. */
  get rotationUrl(): string {
    return `${this.as(ROTATOR, this.password).href}?sslmode=disable`;
  }

  /**
   * Signs in as a role, over a connection of its own, and reads the table: the bot unless another is named. Rejects where
   * the sign-in itself fails.
   */
  read(account: string = BOT, password: string = this.botPassword): Promise<Reading> {
    return within(this.as(account, password), async (client) => {
      try {
        return { rows: (await client.query(`SELECT name FROM ${TABLE}`)).rows.length };
      } catch (error) {
        const { code, message } = error as { readonly code?: string; readonly message: string };
        if (code !== INSUFFICIENT_PRIVILEGE) throw error;
        return { refused: message };
      }
    });
  }

  private as(user: string, password: string): URL {
    const url = new URL(this.base);
    url.username = user;
    url.password = password;
    return url;
  }
}

function contents(of: Readonly<Record<'botPassword' | 'pairPassword' | 'password' | 'shadowPassword', string>>) {
  const { password, botPassword, pairPassword, shadowPassword } = of;
  const [blue, green] = PAIR;
  return `
    CREATE ROLE ${MUSTER} LOGIN PASSWORD '${password}';
    CREATE ROLE ${ROTATOR} LOGIN SUPERUSER PASSWORD '${password}';
    CREATE ROLE ${blue} LOGIN PASSWORD '${pairPassword}';
    CREATE ROLE ${green} NOLOGIN;
    CREATE ROLE ${BOT} LOGIN PASSWORD '${botPassword}';
    CREATE ROLE ${SHADOW} LOGIN PASSWORD '${shadowPassword}';
    CREATE TABLE ${TABLE} (name text NOT NULL);
    INSERT INTO ${TABLE} VALUES ('Ada Ames'), ('Ben Bell'), ('Cleo Cox');
    ALTER TABLE ${TABLE} OWNER TO ${MUSTER};
    GRANT SELECT ON ${TABLE} TO ${BOT}, ${SHADOW}, ${blue}, ${green}`;
}

/** Of letters that need no quoting in SQL or URLs. */
function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

async function within<Result>(url: URL, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url.href });
  // A connection that breaks while idle is told by the next query; without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

import { type Client, escapeIdentifier, escapeLiteral } from 'pg';

/** The passwords of one embedded server: the superuser's, who only makes the rest, and those of the three roles. */
export interface Passwords {
  readonly postgres: string;
  readonly muster_owner: string;
  readonly muster_app: string;
  readonly muster_signer: string;
}

const ROLES = ['muster_owner', 'muster_app', 'muster_signer'] as const;

/** Makes the three roles of decision 6, or gives them the passwords they are known by here. */
export async function provideRoles(client: Client, passwords: Passwords): Promise<void> {
  // A statement that fails is logged, and these hold passwords.
  await client.query('SET log_min_error_statement = panic');
  for (const role of ROLES) {
    const found = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
    const verb = found.rowCount === 0 ? 'CREATE' : 'ALTER';
    await client.query(`${verb} ROLE ${role} LOGIN NOINHERIT PASSWORD ${escapeLiteral(passwords[role])}`);
  }
}

/** Makes a database that the owner owns and that nobody but the three roles may enter. */
export async function provideDatabase(client: Client, name: string): Promise<void> {
  const found = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
  const database = escapeIdentifier(name);
  if (found.rowCount === 0) await client.query(`CREATE DATABASE ${database} OWNER muster_owner`);
  await restrictDatabase(client, name);
}

/** Rights on a database itself are not copied with it: who may connect, and the queue's temporary tables. */
export async function restrictDatabase(client: Client, name: string): Promise<void> {
  const database = escapeIdentifier(name);
  await client.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
  await client.query(`GRANT CONNECT, TEMPORARY ON DATABASE ${database} TO muster_app`);
  await client.query(`GRANT CONNECT ON DATABASE ${database} TO muster_signer`);
}

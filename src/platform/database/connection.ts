import { Client } from 'pg';

/** Makes the URL of a database that is reached through a Unix socket; libpq's tools read the same form. */
export function socketUrl(place: {
  readonly socketDirectory: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}): string {
  const url = new URL(`postgresql://localhost/${encodeURIComponent(place.database)}`);
  url.username = encodeURIComponent(place.user);
  url.password = encodeURIComponent(place.password);
  url.searchParams.set('host', place.socketDirectory);
  url.searchParams.set('port', String(place.port));
  return url.href;
}

/** The role that a URL signs in as. */
export function roleOf(url: string): string {
  return decodeURIComponent(new URL(url).username);
}

/** A database by its URL, or by the connection that somebody has to it. */
export type Reached = string | Client;

/** Runs work on the connection given, or on one of its own, which it closes, whatever happens. */
export async function withClient<Result>(
  database: Reached,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  if (typeof database !== 'string') return work(database);
  const client = new Client({ connectionString: database, application_name: 'muster' });
  // A connection that breaks while idle is reported by the next query; without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

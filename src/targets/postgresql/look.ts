import type { Client } from 'pg';
import { unlessAway } from './connection.js';
import { aheadBy, byOurClock, openSessions, type RoleCaller } from './usage.js';
import { clusterGaps, databasesOf, type Noted, notedIn } from './watch.js';

const MOST_DATABASES = 100;

/** What one look at a whole server shows, of everybody who uses it. */
export interface Look {
  /** Nothing that was before it is missing, where nothing is missing; by our clock. */
  readonly at: Date;
  /** Callers that were gone before are not named. */
  readonly since: Date;
  /** By how many milliseconds the server's clock is ahead of ours. */
  readonly ahead: number;
  readonly open: readonly RoleCaller[];
  /** What every database noted: complete since the last of them began, where there are no gaps. */
  readonly noted: readonly RoleCaller[];
  readonly completeSince: Date | null;
  readonly gaps: readonly string[];
  /** Databases whose logins are not noted. */
  readonly unnoted: readonly string[];
}

/** How one gets into a database of the server, for as long as the work goes on. */
export type Into = <Result>(database: string, work: (client: Client) => Promise<Result>) => Promise<Result>;

/**
 * Looks at everybody on a server at once: who is signed in, and what each database noted since an instant.
 *
 * @param client to one of its databases
 */
export async function lookAt(client: Client, into: Into, since: Date, now: () => Date): Promise<Look> {
  const at = now();
  // First of all: whoever is not there any more by then has left a note, or was counted.
  const open = await openSessions(client, at);
  const [databases, gaps] = [await databasesOf(client), await clusterGaps(client)];
  const ahead = await aheadBy(client, now);
  const read = { at, since, ahead, open };
  if (databases.length > MOST_DATABASES) {
    const many = `There are more than ${MOST_DATABASES} databases to look into.`;
    return { ...read, noted: [], completeSince: null, gaps: [...gaps, many], unnoted: [] };
  }
  const notes = new Map<string, Noted | undefined>();
  const begun = new Date(since.getTime() + ahead);
  for (const name of databases) notes.set(name, await into(name, (inside) => notedIn(inside, begun)).catch(unlessAway));
  const unnoted = databases.filter((name) => !notes.get(name)?.completeSince);
  const all = [...notes.values()].flatMap((one) => (one?.completeSince ? [one] : []));
  const seen = {
    callers: all.flatMap(({ callers }) => callers),
    completeSince: latest(all.map(({ completeSince }) => completeSince!)),
    gaps: [...gaps, ...unnoted.map(gapOf)],
  };
  const { callers: noted, ...ours } = byOurClock(seen, ahead, at);
  return { ...read, ...ours, noted, unnoted };
}

function gapOf(database: string): string {
  return `Logins to the database ${database} are not noted: have a superuser see to it (docs/guides/targets.md).`;
}

function latest(instants: readonly Date[]): Date | null {
  return instants.length === 0 ? null : new Date(Math.max(...instants.map(Number)));
}

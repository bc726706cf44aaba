import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import type { Way } from '../domain/adapter.js';
import type { PostgresqlAccess } from './access.js';
import { asTargetError, closed, connected } from './connection.js';

/** A connection that is not wanted again within this is closed. */
const IDLE_MILLISECONDS = 2_000;
/** As old as one becomes: Muster signs in anew so often, and what was changed for its role holds for it by then. */
const AGE_MILLISECONDS = 30_000;
/** Kept open and not in use: to one database, whose places are for those who use it, and in all. */
const [MOST_OF_ONE, MOST] = [2, 64];

/** The driver's types leave out what it has. */
type Held = Client & Readonly<Record<'ref' | 'unref', () => void>>;

interface Kept {
  readonly client: Held;
  readonly openedAt: number;
  /** When the server's configuration was read that it began with. */
  readonly configured: string;
}

interface Idle extends Kept {
  readonly closing: NodeJS.Timeout;
}

/**
 * Connections that are used for several pieces of work that follow one another, by Muster's own role, and closed soon after the
 * last: most of what a rotation costs a target is the signing in.
 *
 * What failed over one is not followed by anything else over it. One whose server has read its configuration anew since it began
 * is not used again: what holds for sessions from their beginning (`log_connections`) would be seen as it was.
 */
export class Connections {
  private readonly idle = new Map<string, Idle[]>();

  /** Lends one for as long as the work goes on. @throws TargetError */
  async within<Result>(access: PostgresqlAccess, way: Way, work: (client: Client) => Promise<Result>): Promise<Result> {
    const key = keyOf(access, way);
    const kept = (await this.taken(key)) ?? (await opened(access, way));
    try {
      const result = await work(kept.client);
      this.keep(key, kept);
      return result;
    } catch (error) {
      await closed(kept.client);
      throw asTargetError(error);
    }
  }

  /** One that still works as it began; undefined where there is none. */
  private async taken(key: string): Promise<Kept | undefined> {
    for (let one = this.idle.get(key)?.pop(); one !== undefined; one = this.idle.get(key)?.pop()) {
      clearTimeout(one.closing);
      one.client.ref();
      if ((await configuredOf(one.client).catch(() => undefined)) === one.configured) return one;
      await closed(one.client);
    }
    return undefined;
  }

  private keep(key: string, kept: Kept): void {
    const same = this.idle.get(key) ?? [];
    const count = [...this.idle.values()].reduce((sum, { length }) => sum + length, 0);
    const isOld = performance.now() - kept.openedAt > AGE_MILLISECONDS;
    if (isOld || same.length >= MOST_OF_ONE || count >= MOST) return void closed(kept.client);
    const closing = setTimeout(() => void this.forget(key, kept.client), IDLE_MILLISECONDS).unref();
    // What waits for work keeps no process from ending.
    kept.client.unref();
    this.idle.set(key, [...same, { ...kept, closing }]);
  }

  private async forget(key: string, client: Client): Promise<void> {
    const same = this.idle.get(key) ?? [];
    const left = same.filter((one) => one.client !== client);
    if (left.length > 0) this.idle.set(key, left);
    else this.idle.delete(key);
    await Promise.all(same.filter((one) => one.client === client).map((one) => closed(one.client)));
  }
}

async function opened(access: PostgresqlAccess, way: Way): Promise<Kept> {
  const client = (await connected(access, way)) as Held;
  try {
    return { client, openedAt: performance.now(), configured: await configuredOf(client) };
  } catch (error) {
    await closed(client);
    throw asTargetError(error);
  }
}

async function configuredOf(client: Client): Promise<string> {
  const { rows } = await client.query<{ at: string }>('SELECT pg_conf_load_time()::text AS at');
  return rows[0]!.at;
}

/** The same way in, by the same authorities; nothing of the password stands in it. */
function keyOf(access: PostgresqlAccess, way: Way): string {
  return createHash('sha256')
    .update(JSON.stringify([access, way]))
    .digest('base64');
}

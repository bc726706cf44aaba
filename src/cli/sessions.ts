import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { readFileIfAny, writePrivateFile } from './private-file.js';

const shape = z.object({
  url: z.string(),
  root: z.string(),
  token: z.string(),
  expiresAt: z.iso.datetime(),
  personId: z.string(),
});

/** What `muster login` leaves for the commands after it: where, whom to trust, and as whom. */
export type StoredSession = z.output<typeof shape>;

export function isOpen({ expiresAt }: StoredSession, now: Date): boolean {
  return new Date(expiresAt) > now;
}

/** One 0600 file a service, under `$XDG_CONFIG_HOME/muster/sessions`. */
export class SessionStore {
  constructor(private readonly folder: string) {}

  static ofUser(environment: NodeJS.ProcessEnv): SessionStore {
    const base = environment['XDG_CONFIG_HOME'] ?? join(homedir(), '.config');
    return new SessionStore(join(base, 'muster', 'sessions'));
  }

  /** @returns the session left for this service if it has not expired */
  async find(url: string, now: Date): Promise<StoredSession | undefined> {
    const session = await this.left(url);
    return session && isOpen(session, now) ? session : undefined;
  }

  /** @returns the session with this service that nobody signed out of, however long ago it expired */
  async left(url: string): Promise<StoredSession | undefined> {
    return this.read(this.fileOf(url));
  }

  /** @returns every session that nobody signed out of, whatever service it is of */
  async all(): Promise<StoredSession[]> {
    const names = await readdir(this.folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const read = await Promise.all(names.sort().map((name) => this.read(join(this.folder, name))));
    return read.filter((session) => session !== undefined);
  }

  async save(session: StoredSession): Promise<void> {
    await writePrivateFile(this.fileOf(session.url), `${JSON.stringify(session, null, 2)}\n`);
  }

  async forget(url: string): Promise<void> {
    await rm(this.fileOf(url), { force: true });
  }

  /** A session is its service's only where it lies as that one's. */
  private async read(file: string): Promise<StoredSession | undefined> {
    const text = await readFileIfAny(file);
    if (text === undefined) return undefined;
    const { data } = shape.safeParse(parseJson(text));
    return data && this.fileOf(data.url) === file ? data : undefined;
  }

  private fileOf(url: string): string {
    return join(this.folder, `${createHash('sha256').update(url).digest('hex').slice(0, 16)}.json`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

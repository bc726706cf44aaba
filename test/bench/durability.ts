import { statfs } from 'node:fs/promises';
import { withClient } from '../../src/platform/database/connection.js';

/** With any of these off, a commit that was answered can be lost: whatever is measured then is another product. */
const PROMISES = ['fsync', 'synchronous_commit', 'full_page_writes'] as const;
const SHOWN = [...PROMISES, 'wal_sync_method', 'commit_delay', 'shared_buffers', 'max_connections'] as const;
const MEMORY_FILESYSTEMS = [0x01021994, 0x858458f6]; // tmpfs, ramfs: statfs(2)

export type Settings = Readonly<Record<string, string>>;

/** What the server says of itself, its version included. */
export function readSettings(url: string): Promise<Settings> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string; shown: string }>(
      'SELECT name, current_setting(name) AS shown FROM pg_settings WHERE name = ANY($1)',
      [['server_version', ...SHOWN]],
    );
    return Object.fromEntries(rows.map(({ name, shown }) => [name, shown]));
  });
}

/** @throws Error when a commit that was answered could be lost with these settings */
export function refuseForgetful(settings: Settings): void {
  const off = PROMISES.filter((name) => settings[name] !== 'on');
  if (off.length > 0)
    throw new Error(`Not measured: ${off.map((name) => `${name} is ${settings[name]}`).join(', ')}. Set it to on.`);
}

/** @throws Error when the database's files lie in memory, where flushing costs nothing */
export async function refuseMemory(directory: string): Promise<void> {
  const { type } = await statfs(directory);
  if (MEMORY_FILESYSTEMS.includes(type))
    throw new Error(`Not measured: ${directory} lies in memory. Set TMPDIR to a directory on a disk.`);
}

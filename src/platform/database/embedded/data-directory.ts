import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rm } from 'node:fs/promises';

/**
 * Makes the data directory if there is none. Root's lets PostgreSQL's own account pass through to its cluster; what lies
 * beside that is 0600 or 0700 each.
 */
export async function makeDataDirectory(dataDirectory: string): Promise<void> {
  await mkdir(dataDirectory, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
}

/** Writes a file that then exists whole, on disk; keeps the one that somebody else wrote first. */
export async function writeOnce(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft);
}

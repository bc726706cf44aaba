import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { REPOSITORY } from '../harness/build.js';

/** Makes `dist/console` what the sources say; quick where it is that already. */
export async function buildConsole(): Promise<void> {
  await promisify(execFile)(process.execPath, ['vite.build.js'], { cwd: REPOSITORY });
}

/** How many bytes these files of the built console have, packed with gzip; small ones are not packed. */
export async function gzippedBytes(files: readonly string[]): Promise<number> {
  const sizes = files.map(async (file) => {
    const built = path.join(REPOSITORY, 'dist', 'console', file);
    const { size } = await stat(`${built}.gz`).catch(() => stat(built));
    return size;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

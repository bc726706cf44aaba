import { realpath, stat } from 'node:fs/promises';
import { normalize, sep } from 'node:path';
import { z } from 'zod';
import { SourceError } from './errors.js';

/** Something on the machine that the worker runs on. */
export const localPath = z
  .string()
  .regex(/^\/[^\0]{1,1000}$/, 'must be an absolute path on the worker’s machine, like /srv/shop')
  .refine((path) => normalize(path) === path && !path.endsWith('/'), 'must be an absolute path without . and ..')
  .describe('Absolute, inside a folder that the operator named in SOURCE_FOLDERS.');

/**
 * Where a path leads, links followed, if that may be read.
 *
 * @param folders that the operator opened
 * @throws SourceError `folder_not_allowed`, `source_missing`
 */
export async function readablePath(path: string, folders: readonly string[]): Promise<string> {
  // First of all, so that nobody finds out by asking what lies elsewhere.
  if (!folders.some((folder) => lies(path, folder))) throw notAllowed();
  const real = await realpath(path).catch(() => undefined);
  const opened = await Promise.all(folders.map((folder) => realpath(folder).catch(() => undefined)));
  if (real === undefined || !(await stat(real).catch(() => undefined)))
    throw new SourceError('source_missing', 'There is nothing at that path on the worker’s machine: check it.');
  if (!opened.some((folder) => folder !== undefined && lies(real, folder))) throw notAllowed();
  return real;
}

function lies(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function notAllowed(): SourceError {
  return new SourceError(
    'folder_not_allowed',
    'The operator has not opened this folder for reading: SOURCE_FOLDERS names those that are.',
  );
}

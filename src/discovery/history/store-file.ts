import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { CorruptStore } from './errors.js';

const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Opens a file of the store. The store is an attacker's: nobody is waited for at the other end of a pipe.
 *
 * @throws CorruptStore where it is no file; the system's error where it cannot be opened
 */
export function openStoreFile(file: string): { readonly fd: number; readonly bytes: number } {
  const fd = openSync(file, FLAGS);
  const stats = fstatSync(fd);
  if (stats.isFile()) return { fd, bytes: stats.size };
  closeSync(fd);
  throw new CorruptStore('What is named as a file of the store is none.');
}

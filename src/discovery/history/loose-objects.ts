import { closeSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { constants, inflateSync } from 'node:zlib';
import type { Skipped } from '../domain/finding.js';
import { CorruptStore } from './errors.js';
import type { IdBytes } from './object-id.js';
import { namesIn } from './object-store.js';
import type { SkipReason } from './pack-scanner.js';
import { openStoreFile } from './store-file.js';

export interface LooseObject {
  readonly id: string;
  readonly file: string;
}

/** Objects that lie in files of their own, `objects/ab/cdef…`, by id. @param unreadable told which folders cannot be listed */
export function listLoose(directories: readonly string[], idBytes: IdBytes, unreadable: Skipped[]): LooseObject[] {
  const rest = new RegExp(`^[0-9a-f]{${idBytes * 2 - 2}}$`);
  const found = new Map<string, LooseObject>();
  for (const directory of directories)
    for (const first of namesIn(directory, unreadable)) {
      if (!/^[0-9a-f]{2}$/.test(first)) continue;
      for (const name of namesIn(path.join(directory, first), unreadable))
        if (rest.test(name)) found.set(first + name, { id: first + name, file: path.join(directory, first, name) });
    }
  return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The longest header: a type, a blank, a size of twenty digits, a NUL. */
const HEADER_BYTES = 64;
const OTHER_TYPES = new Set(['commit', 'tree', 'tag']);

/**
 * Reads a loose object (zlib over `blob 42\0…`).
 *
 * @param mostBytes of the content; a larger one is not inflated
 * @returns its content, null for what is no blob, or why it cannot be read: `missing` where it is gone meanwhile
 */
export function readLoose(file: string, mostBytes: number): Buffer | null | SkipReason {
  let packed: Buffer;
  try {
    const { fd, bytes } = openStoreFile(file);
    try {
      if (bytes > 2 * mostBytes + HEADER_BYTES) return 'too-large';
      packed = readFileSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    return error instanceof CorruptStore ? 'corrupt' : 'missing';
  }
  try {
    const head = inflateSync(packed.subarray(0, 256), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(
      0,
      HEADER_BYTES,
    );
    const header = /^(\w+) (\d{1,15})\0/.exec(head.toString('latin1'));
    if (!header) return 'corrupt';
    if (header[1] !== 'blob') return OTHER_TYPES.has(header[1]!) ? null : 'corrupt';
    const size = Number(header[2]);
    if (size > mostBytes) return 'too-large';
    const whole = inflateSync(packed, { maxOutputLength: header[0].length + size + 1 });
    return whole.length === header[0].length + size ? whole.subarray(header[0].length) : 'corrupt';
  } catch {
    return 'corrupt';
  }
}

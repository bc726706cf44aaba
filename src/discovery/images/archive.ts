import { readSync } from 'node:fs';
import { BLOCK, CorruptTar, Extensions, padded, readHeader, type TarHeader } from './tar.js';

/** An entry of a tar that lies in a file, with where its content is. */
export interface PlacedEntry extends TarHeader {
  readonly at: number;
}

/** Entries of an image's own archive: layers and a few descriptions. */
const MOST_ENTRIES = 100_000;

/**
 * What an archive in a file holds, read by its headers alone.
 *
 * @throws CorruptTar
 */
export function* entriesIn(fd: number): Iterable<PlacedEntry> {
  const extensions = new Extensions();
  let entries = 0;
  for (let at = 0; ;) {
    const block = bytesAt(fd, at, BLOCK);
    if (block.length === 0) return;
    const header = readHeader(block);
    if (!header) return;
    if (++entries > MOST_ENTRIES) throw new CorruptTar('An archive has more entries than images have.');
    const content = at + BLOCK;
    if (Extensions.isOne(header)) {
      extensions.take(header.type, bytesAt(fd, content, header.size));
      at = content + padded(header.size);
      continue;
    }
    const whole = extensions.applied(header);
    yield { ...whole, at: content };
    at = content + padded(whole.size);
  }
}

/** As much as there is. */
export function bytesAt(fd: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const read = readSync(fd, bytes, filled, length - filled, at + filled);
    if (read === 0) break;
    filled += read;
  }
  return bytes.subarray(0, filled);
}

import { closeSync, existsSync, readdirSync, readSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { Skipped } from '../domain/finding.js';
import { CorruptStore } from './errors.js';
import type { IdBytes } from './object-id.js';
import { isDirectory, readSmall } from './repository.js';
import { openStoreFile } from './store-file.js';

/** A pack that is open: gc may unlink it meanwhile, and we still read it. */
export interface StoredPack {
  readonly file: string;
  readonly fd: number;
  readonly bytes: number;
  /** As its header says, and its length allows. */
  readonly objects: number;
  /** Hash over all of it, as its last bytes say: what it is known by at the next scan. */
  readonly trailer: string;
}

/** Everything that a repository's objects lie in, alternates included. */
export interface ObjectStore {
  readonly directories: readonly string[];
  readonly packs: readonly StoredPack[];
  /** Multi-pack indexes, beside the directory of their packs. */
  readonly multiPackIndexes: readonly string[];
  /** What cannot be listed, or is no pack. */
  readonly unreadable: readonly Skipped[];
}

/** git follows alternates of alternates no deeper. */
const MOST_DEPTH = 5;
const MOST_DIRECTORIES = 100;
/** A repack may take away what was listed a moment ago, as often as that. */
const ATTEMPTS = 5;
/** Each is kept open. */
const MOST_PACKS = 2000;
const HEADER_BYTES = 12;
/** A byte that says what it is, and the shortest stream. */
const LEAST_ENTRY_BYTES = 9;

/** Opens all packs of a store. Close them by `closeStore`. */
export function openStore(objectsDirectory: string, idBytes: IdBytes): ObjectStore {
  const directories = withAlternates(objectsDirectory);
  for (let attempt = 1; ; attempt++) {
    const opened: StoredPack[] = [];
    const unreadable: Skipped[] = [];
    for (const file of directories.flatMap((directory) => packsIn(directory, unreadable))) {
      const pack = opened.length < MOST_PACKS ? openPack(file, idBytes) : 'too-many-packs';
      if (typeof pack === 'string') unreadable.push({ path: file, reason: pack });
      else opened.push(pack);
    }
    const multiPackIndexes = directories
      .map((directory) => path.join(directory, 'pack', 'multi-pack-index'))
      .filter((file) => existsSync(file));
    const store = { directories, packs: opened, multiPackIndexes, unreadable };
    if (attempt === ATTEMPTS || unreadable.every(({ reason }) => reason !== 'missing')) return store;
    closeStore(store);
  }
}

export function closeStore({ packs }: ObjectStore): void {
  for (const { fd } of packs) closeSync(fd);
}

/** The directories of objects, each once, however alternates point at each other (gitrepository-layout, objects/info/alternates). */
function withAlternates(start: string): readonly string[] {
  const found = new Map<string, string>();
  const visit = (directory: string, depth: number): void => {
    if (depth > MOST_DEPTH || found.size >= MOST_DIRECTORIES || !isDirectory(directory)) return;
    const real = realpathSync(directory);
    if (found.has(real)) return;
    found.set(real, directory);
    const lines = readSmall(path.join(directory, 'info', 'alternates'))?.split('\n') ?? [];
    for (const line of lines)
      if (line !== '' && !line.startsWith('#')) visit(path.resolve(directory, unquoted(line)), depth + 1);
  };
  visit(start, 0);
  return [...found.values()];
}

function unquoted(line: string): string {
  if (!/^".*"$/.test(line)) return line;
  return line
    .slice(1, -1)
    .replaceAll(/\\(["\\nt])/g, (_, letter: string) => ({ n: '\n', t: '\t' })[letter] ?? letter)
    .replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}

/** Whether packs have come that were not opened: what lay loose a moment ago may be in them. */
export function hasOtherPacks({ directories, packs, unreadable }: ObjectStore): boolean {
  const known = new Set([...packs.map(({ file }) => file), ...unreadable.map((one) => one.path)]);
  return directories.flatMap((directory) => packsIn(directory, [])).some((file) => !known.has(file));
}

/** git reads whatever has an index beside it; what is called as packs are is one without, too. */
function packsIn(directory: string, unreadable: Skipped[]): readonly string[] {
  const folder = path.join(directory, 'pack');
  const names = new Set(namesIn(folder, unreadable));
  return [...names]
    .filter((name) => /^pack-[\w.-]+\.pack$/.test(name) || (/\.pack$/.test(name) && names.has(indexNameOf(name))))
    .sort()
    .map((name) => path.join(folder, name));
}

export function indexNameOf(pack: string): string {
  return pack.replace(/\.pack$/, '.idx');
}

/** @returns why it cannot be read, where it cannot: `missing` where it is gone */
function openPack(file: string, idBytes: IdBytes): StoredPack | 'corrupt' | 'missing' | 'unreadable' {
  try {
    const { fd, bytes } = openStoreFile(file);
    const objects = objectsIn(fd, bytes, idBytes);
    if (objects === null) {
      closeSync(fd);
      return 'corrupt';
    }
    const trailer = Buffer.alloc(idBytes);
    readSync(fd, trailer, 0, idBytes, bytes - idBytes);
    return { file, fd, bytes, objects, trailer: trailer.toString('hex') };
  } catch (error) {
    if (error instanceof CorruptStore) return 'corrupt';
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'unreadable';
  }
}

/** By the header of a pack of version 2 or 3; null where it is none, or is too short for as many. */
function objectsIn(fd: number, bytes: number, idBytes: IdBytes): number | null {
  const header = Buffer.alloc(HEADER_BYTES);
  readSync(fd, header, 0, HEADER_BYTES, 0);
  if (header.toString('latin1', 0, 4) !== 'PACK' || ![2, 3].includes(header.readUInt32BE(4))) return null;
  const objects = header.readUInt32BE(8);
  return HEADER_BYTES + objects * LEAST_ENTRY_BYTES + idBytes <= bytes ? objects : null;
}

/** What a folder of the store holds; one that is not there holds nothing. */
export function namesIn(folder: string, unreadable: Skipped[]): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') unreadable.push({ path: folder, reason: 'unreadable' });
    return [];
  }
}

export function readdirOrNone(directory: string): readonly string[] {
  return namesIn(directory, []);
}

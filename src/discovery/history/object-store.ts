import { closeSync, fstatSync, openSync, readdirSync, readSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { type IdBytes, OBJECT_FORMATS } from './object-id.js';
import { isDirectory, readSmall } from './repository.js';

/** A pack that is open: gc may unlink it meanwhile, and we still read it. */
export interface StoredPack {
  readonly file: string;
  readonly fd: number;
  readonly bytes: number;
  /** Hash over all of it, as its last bytes say: what it is known by at the next scan. */
  readonly trailer: string;
}

/** Everything that a repository's objects lie in, alternates included. */
export interface ObjectStore {
  readonly directories: readonly string[];
  readonly packs: readonly StoredPack[];
  /** Multi-pack indexes, beside the directory of their packs. */
  readonly multiPackIndexes: readonly string[];
}

/** git follows alternates of alternates no deeper. */
const MOST_DEPTH = 5;
const MOST_DIRECTORIES = 100;
/** A repack may take away what was listed a moment ago, as often as that. */
const ATTEMPTS = 5;

/** Opens all packs of a store. Close them by `closeStore`. */
export function openStore(objectsDirectory: string, idBytes: IdBytes): ObjectStore {
  const directories = withAlternates(objectsDirectory);
  for (let attempt = 1; ; attempt++) {
    const opened: StoredPack[] = [];
    try {
      for (const directory of directories)
        for (const file of packsIn(directory)) {
          const pack = openPack(file, idBytes);
          if (pack) opened.push(pack);
        }
      const multiPackIndexes = directories
        .map((directory) => path.join(directory, 'pack', 'multi-pack-index'))
        .filter((file) => readdirOrNone(path.dirname(file)).includes('multi-pack-index'));
      return { directories, packs: opened, multiPackIndexes };
    } catch (error) {
      for (const { fd } of opened) closeSync(fd);
      if (attempt === ATTEMPTS || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
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

function packsIn(directory: string): readonly string[] {
  const folder = path.join(directory, 'pack');
  const names = readdirOrNone(folder).filter((name) => /^pack-[\w.-]+\.pack$/.test(name));
  return names.sort().map((name) => path.join(folder, name));
}

function openPack(file: string, idBytes: IdBytes): StoredPack | null {
  const fd = openSync(file, 'r');
  const stats = fstatSync(fd);
  if (!stats.isFile() || stats.size < 12 + OBJECT_FORMATS.sha1) {
    closeSync(fd);
    return null;
  }
  const trailer = Buffer.alloc(idBytes);
  readSync(fd, trailer, 0, idBytes, stats.size - idBytes);
  return { file, fd, bytes: stats.size, trailer: trailer.toString('hex') };
}

export function readdirOrNone(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

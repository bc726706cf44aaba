import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { Skipped } from '../../domain/finding.js';
import { catObjects } from '../../history/cat-file.js';
import { startGit } from '../../history/git.js';
import { findRepository, type Repository } from '../../history/repository.js';
import { listFiles } from '../../scan/listing.js';
import type { Place } from '../../scan/place.js';
import type { SourceDocument } from '../documents/index.js';

/** Files that are read as documents are no larger. */
const MOST_DOCUMENT_BYTES = 64 * 1024 * 1024;
const MOST_DOCUMENTS = 50_000;
const MOST_LISTING_BYTES = 256 * 1024 * 1024;
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** Where the mirror's default branch lies, what another repository calls it, and what there may be instead. */
const HEADS = ['refs/muster/head', 'HEAD', 'refs/heads/main', 'refs/heads/master'];

/** Why a document is not read: nobody is let in, it is larger than is read, or comes after as many as are. */
type Unread = 'too-large' | 'too-many' | 'unreadable';

/** A document that was asked for, with its bytes or why they are not read. */
export type TreeFile = SourceDocument | { readonly path: string; readonly bytes: null; readonly reason: Unread };

/** Files below a folder whose paths are wanted, one after the other. @param skip is told what of it could not be listed */
export function* filesBelow(
  folder: string,
  wanted: (path: string) => boolean,
  skip: (skipped: Skipped) => void,
  most = MOST_DOCUMENTS,
): Iterable<TreeFile> {
  let count = 0;
  const { files, skipped } = listFiles([folder], true);
  skipped.forEach(skip);
  for (const [file, shown] of files) {
    if (!wanted(shown)) continue;
    const read = ++count <= most ? readFile(file) : 'too-many';
    if (read !== 'gone') yield treeFile(shown, read);
  }
}

function treeFile(path: string, read: Uint8Array | Unread): TreeFile {
  return typeof read === 'string' ? { path, bytes: null, reason: read } : { path, bytes: read };
}

function readFile(file: Place): Buffer | Unread | 'gone' {
  let fd: number;
  try {
    fd = openSync(file, FLAGS);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : 'unreadable';
  }
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) return 'unreadable';
    if (stats.size > MOST_DOCUMENT_BYTES) return 'too-large';
    const bytes = Buffer.alloc(stats.size);
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0));
  } catch {
    return 'unreadable';
  } finally {
    closeSync(fd);
  }
}

/** Files of a repository's default branch, as it is committed. None where it has none yet. */
export async function* filesAtHead(
  folder: string,
  wanted: (path: string) => boolean,
  most = MOST_DOCUMENTS,
): AsyncGenerator<TreeFile> {
  const repository = findRepository(folder);
  const listing = await listHead(repository);
  const found = listing.filter(({ path }) => wanted(path));
  const ids = found.slice(0, most).map(({ id }) => id);
  let index = 0;
  for await (const { type, content } of catObjects(repository, ids, MOST_DOCUMENT_BYTES))
    yield treeFile(found[index++]!.path, content ?? (type === 'missing' ? 'unreadable' : 'too-large'));
  for (const { path } of found.slice(most)) yield treeFile(path, 'too-many');
}

interface ListedBlob {
  readonly id: string;
  readonly path: string;
}

async function listHead(repository: Repository): Promise<readonly ListedBlob[]> {
  for (const head of HEADS) {
    const listed = await printed(repository, ['ls-tree', '-r', '-z', '--full-tree', head]);
    if (listed !== null) return blobsIn(listed);
  }
  return [];
}

/** `<mode> <type> <id>\t<path>\0`; links and submodules are no files. */
function blobsIn(listed: string): readonly ListedBlob[] {
  return listed.split('\0').flatMap((entry) => {
    const [, id, path] = /^100\d{3} blob ([0-9a-f]{40,64})\t(.+)$/s.exec(entry) ?? [];
    return id === undefined ? [] : [{ id, path: path! }];
  });
}

/** @returns null where git says no */
async function printed(repository: Repository, parameters: readonly string[]): Promise<string | null> {
  const git = startGit(repository, parameters);
  git.input.end();
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of git.output as AsyncIterable<Buffer>)
    if ((bytes += part.length) <= MOST_LISTING_BYTES) parts.push(part);
  return git.done.then(
    () => Buffer.concat(parts).toString('utf8'),
    () => null,
  );
}

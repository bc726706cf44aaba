import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { HistoryError } from './errors.js';
import { type IdBytes, OBJECT_FORMATS } from './object-id.js';

/** Where a repository keeps what we read. Nothing of it is executed, and its configuration decides nothing but the format of ids. */
export interface Repository {
  /** Of this worktree: `HEAD` and the index. */
  readonly gitDirectory: string;
  /** Of all worktrees: refs and configuration. */
  readonly commonDirectory: string;
  readonly objectsDirectory: string;
  readonly idBytes: IdBytes;
}

/** A file of a repository that is read whole is a line or a page. */
const MOST_BYTES = 1024 * 1024;

/**
 * Finds the repository that a path lies in: a work tree, one of several (`.git` is a file there), or a bare repository.
 *
 * @throws HistoryError `not_a_repository`, `unsupported_repository`
 */
export function findRepository(start: string): Repository {
  for (let directory = path.resolve(start); ; directory = path.dirname(directory)) {
    const found = gitDirectoryOf(directory);
    if (found) return repositoryAt(found);
    if (directory === path.dirname(directory))
      throw new HistoryError(
        'not_a_repository',
        `${start} lies in no git repository. Name one, or scan the files alone.`,
      );
  }
}

function gitDirectoryOf(directory: string): string | null {
  const inside = path.join(directory, '.git');
  if (isGitDirectory(inside)) return inside;
  const pointer = /^gitdir: (.+)$/.exec(readSmall(inside)?.trimEnd() ?? '')?.[1];
  if (pointer !== undefined) {
    const target = path.resolve(directory, pointer);
    if (isGitDirectory(target)) return target;
  }
  return isGitDirectory(directory) ? directory : null;
}

/** A worktree's own directory has a HEAD and the way to the common one; any other has objects. */
function isGitDirectory(directory: string): boolean {
  if (!isFile(path.join(directory, 'HEAD'))) return false;
  return isDirectory(path.join(directory, 'objects')) || isFile(path.join(directory, 'commondir'));
}

function repositoryAt(gitDirectory: string): Repository {
  const common = readSmall(path.join(gitDirectory, 'commondir'))?.trim();
  const commonDirectory = common === undefined ? gitDirectory : path.resolve(gitDirectory, common);
  const objectsDirectory = path.join(commonDirectory, 'objects');
  if (!isDirectory(objectsDirectory))
    throw new HistoryError(
      'not_a_repository',
      `${gitDirectory} names no directory of objects. Repair the worktree first.`,
    );
  return { gitDirectory, commonDirectory, objectsDirectory, idBytes: idBytesOf(commonDirectory) };
}

/** `extensions.objectFormat` (git-config); without it, SHA-1. */
function idBytesOf(commonDirectory: string): IdBytes {
  const text = readSmall(path.join(commonDirectory, 'config')) ?? '';
  const extensions = text.split(/^[ \t]*\[/m).filter((section) => /^extensions\s*\]/i.test(section));
  const format = /^[ \t]*objectformat[ \t]*=[ \t]*"?(\w+)/im.exec(extensions.join('\n'))?.[1]?.toLowerCase() ?? 'sha1';
  if (format !== 'sha1' && format !== 'sha256')
    throw new HistoryError(
      'unsupported_repository',
      `The repository names its objects by ${format}, which is not known here.`,
    );
  return OBJECT_FORMATS[format];
}

/** A small file's text; null where it is none. A pipe or a device is not waited for. */
export function readSmall(file: string): string | null {
  const stats = statOf(file);
  return stats?.isFile() && stats.size <= MOST_BYTES ? readFileSync(file, 'utf8') : null;
}

function isFile(file: string): boolean {
  return statOf(file)?.isFile() === true;
}

export function isDirectory(file: string): boolean {
  return statOf(file)?.isDirectory() === true;
}

function statOf(file: string) {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

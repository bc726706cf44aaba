import { type Dirent, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Skipped } from '../domain/finding.js';
import { findRepository, type Repository } from '../history/repository.js';
import { ScanError } from './errors.js';
import { git } from './git.js';
import { isReplaced, namesIn, type Place, placeBelow, placeOf } from './place.js';

/** Files to scan, and what was left out. */
export interface Listing {
  /** Where they are, and the path they are shown by, one after the other. */
  readonly files: readonly ListedFile[];
  readonly skipped: readonly Skipped[];
}

export type ListedFile = readonly [file: Place, shown: string];

/** What is installed, and not written, where nothing says what is ignored. */
const INSTALLED = new Set(['node_modules']);
const SLASH = 0x2f;

/**
 * All that a person means by these paths: of a work tree what git tracks and what is new and not ignored, of other folders everything
 * below them. Links are not followed: what they name within is listed by itself.
 *
 * @throws ScanError `path_not_found`
 */
export function listFiles(paths: readonly string[], followIgnores: boolean): Listing {
  const files: ListedFile[] = [];
  const skipped: Skipped[] = [];
  for (const given of paths) {
    const root = path.resolve(given);
    const stats = statSync(root, { throwIfNoEntry: false });
    if (!stats)
      throw new ScanError('path_not_found', `There is no ${given}. Name a file or a folder, or - for standard input.`);
    const prefix = paths.length > 1 || !stats.isDirectory() ? shownPath(given) : '';
    if (!stats.isDirectory()) files.push([root, prefix]);
    else listFolder(root, prefix, followIgnores, files, skipped);
  }
  return { files, skipped };
}

/** Relative to where the command runs, where it lies below that. */
function shownPath(given: string): string {
  const relative = path.relative(process.cwd(), path.resolve(given));
  const shown = relative === '' || relative.startsWith('..') ? given : relative;
  return shown.replaceAll(path.sep, '/');
}

function listFolder(
  root: string,
  prefix: string,
  followIgnores: boolean,
  files: ListedFile[],
  skipped: Skipped[],
): void {
  const inGit = followIgnores ? listRepository(root) : undefined;
  if (!inGit) return walk(root, prefix, root, files, skipped);
  for (const name of inGit) {
    const file = placeBelow(root, name);
    const shown = shownBelow(prefix, name);
    const stats = lstatSync(file, { throwIfNoEntry: false });
    // Deleted and not committed yet: nothing to scan, nothing left out.
    if (!stats) continue;
    if (stats.isDirectory() && typeof file === 'string') listFolder(file, shown, followIgnores, files, skipped);
    else if (stats.isDirectory()) walk(file, shown, root, files, skipped);
    else if (stats.isSymbolicLink()) leaveLink(file, shown, root, skipped);
    else if (stats.isFile()) files.push([file, shown]);
  }
}

function shownBelow(folder: string, name: Place): string {
  return folder === '' ? name.toString() : `${folder}/${name.toString()}`;
}

/** What of a repository lies below a folder of its work tree; undefined where there is none, or it ignores the folder. */
function listRepository(root: string): readonly Place[] | undefined {
  const repository = repositoryOf(root);
  if (!repository) return undefined;
  const { workTree } = repository;
  const listed = git(repository.repository, workTree, [
    ...['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'],
    ...(root === workTree ? [] : ['--', path.relative(workTree, root)]),
  ]);
  const names = namesIn(listed);
  const above = root === workTree ? '' : `${path.relative(workTree, root)}/`;
  return names.length === 0 && above !== '' ? undefined : names.map((name) => nameBelow(above, name));
}

/** A folder that is a repository of its own ends with a slash. */
function nameBelow(above: string, name: Place): Place {
  if (typeof name === 'string') return name.slice(above.length).replace(/\/$/, '');
  return placeOf(name.subarray(Buffer.byteLength(above), name.at(-1) === SLASH ? -1 : undefined));
}

/** The repository whose work tree a folder lies in. */
export function repositoryOf(folder: string): { repository: Repository; workTree: string } | undefined {
  for (let workTree = realpathSync(folder); ; workTree = path.dirname(workTree)) {
    if (lstatSync(path.join(workTree, '.git'), { throwIfNoEntry: false }))
      return { repository: findRepository(workTree), workTree };
    if (workTree === path.dirname(workTree)) return undefined;
  }
}

function walk(folder: Place, shown: string, root: string, files: ListedFile[], skipped: Skipped[]): void {
  let entries;
  try {
    entries = entriesIn(folder);
  } catch {
    skipped.push({ path: shown === '' ? '.' : shown, reason: 'unreadable' });
    return;
  }
  for (const entry of entries) {
    const name = typeof entry.name === 'string' ? entry.name : placeOf(entry.name);
    const file = placeBelow(folder, name);
    const below = shownBelow(shown, name);
    if (entry.isFile()) files.push([file, below]);
    else if (entry.isSymbolicLink()) leaveLink(file, below, root, skipped);
    else if (!entry.isDirectory()) skipped.push({ path: below, reason: 'special-file' });
    else if (name === '.git') continue;
    else if (typeof name === 'string' && INSTALLED.has(name)) skipped.push({ path: below, reason: 'installed' });
    else walk(file, below, root, files, skipped);
  }
}

function entriesIn(folder: Place): readonly (Dirent | Dirent<Buffer>)[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const isText = !entries.some(({ name }) => isReplaced(name));
  return isText ? entries : readdirSync(folder, { withFileTypes: true, encoding: 'buffer' });
}

/** A link within what is scanned leads to what is listed anyhow. */
function leaveLink(file: Place, shown: string, root: string, skipped: Skipped[]): void {
  let target: string;
  try {
    target = realpathSync(file);
  } catch {
    return;
  }
  const real = realpathSync(root);
  if (target !== real && !target.startsWith(real + path.sep)) skipped.push({ path: shown, reason: 'link-outside' });
}

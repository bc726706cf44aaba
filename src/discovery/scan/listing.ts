import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Skipped } from '../domain/finding.js';
import { findRepository, type Repository } from '../history/repository.js';
import { ScanError } from './errors.js';
import { git } from './git.js';

/** Files to scan, and what was left out. */
export interface Listing {
  /** Where they are, and the path they are shown by, one after the other. */
  readonly files: readonly ListedFile[];
  readonly skipped: readonly Skipped[];
}

export type ListedFile = readonly [file: string, shown: string];

/** What is installed, and not written, where nothing says what is ignored. */
const INSTALLED = new Set(['node_modules']);

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
  const below = (name: string) => (prefix === '' ? name : `${prefix}/${name}`);
  if (!inGit) return walk(root, prefix, root, files, skipped);
  for (const name of inGit) {
    const file = path.join(root, name);
    const stats = lstatSync(file, { throwIfNoEntry: false });
    // Deleted and not committed yet: nothing to scan, nothing left out.
    if (!stats) continue;
    if (stats.isDirectory()) listFolder(file, below(name), followIgnores, files, skipped);
    else if (stats.isSymbolicLink()) leaveLink(file, below(name), root, skipped);
    else if (stats.isFile()) files.push([file, below(name)]);
  }
}

/** What of a repository lies below a folder of its work tree; undefined where there is none, or it ignores the folder. */
function listRepository(root: string): readonly string[] | undefined {
  const repository = repositoryOf(root);
  if (!repository) return undefined;
  const { workTree } = repository;
  const listed = git(repository.repository, workTree, [
    ...['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'],
    ...(root === workTree ? [] : ['--', path.relative(workTree, root)]),
  ]);
  const names = listed.toString().split('\0').filter(Boolean);
  const below = root === workTree ? 0 : path.relative(workTree, root).length + 1;
  return names.length === 0 && below > 0 ? undefined : names.map((name) => name.slice(below).replace(/\/$/, ''));
}

/** The repository whose work tree a folder lies in. */
export function repositoryOf(folder: string): { repository: Repository; workTree: string } | undefined {
  for (let workTree = realpathSync(folder); ; workTree = path.dirname(workTree)) {
    if (lstatSync(path.join(workTree, '.git'), { throwIfNoEntry: false }))
      return { repository: findRepository(workTree), workTree };
    if (workTree === path.dirname(workTree)) return undefined;
  }
}

function walk(folder: string, shown: string, root: string, files: ListedFile[], skipped: Skipped[]): void {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    skipped.push({ path: shown === '' ? '.' : shown, reason: 'unreadable' });
    return;
  }
  for (const entry of entries) {
    const { name } = entry;
    const file = `${folder}${path.sep}${name}`;
    const below = shown === '' ? name : `${shown}/${name}`;
    if (entry.isFile()) files.push([file, below]);
    else if (entry.isSymbolicLink()) leaveLink(file, below, root, skipped);
    else if (!entry.isDirectory()) skipped.push({ path: below, reason: 'special-file' });
    else if (name === '.git') continue;
    else if (INSTALLED.has(name)) skipped.push({ path: below, reason: 'installed' });
    else walk(file, below, root, files, skipped);
  }
}

/** A link within what is scanned leads to what is listed anyhow. */
function leaveLink(file: string, shown: string, root: string, skipped: Skipped[]): void {
  let target: string;
  try {
    target = realpathSync(file);
  } catch {
    return;
  }
  const real = realpathSync(root);
  if (target !== real && !target.startsWith(real + path.sep)) skipped.push({ path: shown, reason: 'link-outside' });
}

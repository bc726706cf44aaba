import path from 'node:path';
import type { Commit, Skipped } from '../domain/finding.js';
import { readLoose } from '../history/loose-objects.js';
import type { Repository } from '../history/repository.js';
import type { Range } from './engine.js';
import { ScanError } from './errors.js';
import { git } from './git.js';

/** A version of a file, and what of it is new. */
export interface Change {
  readonly path: string;
  readonly blob: string;
  readonly content: Buffer;
  readonly ranges: readonly Range[];
  readonly commit: Commit | null;
}

export interface Changes {
  readonly changes: readonly Change[];
  readonly skipped: readonly Skipped[];
}

/** A version before its content is read. */
interface Entry {
  readonly path: string;
  readonly blob: string;
  readonly commit: Commit | null;
  /** Added lines: the first, and how many. */
  readonly added: (readonly [first: number, count: number])[];
}

/** Files and links that were added, changed or renamed, by ids and paths, then the differences without context. */
const PRINTED = [
  ...['--raw', '--patch', '--unified=0', '--no-abbrev', '--no-renames', '--diff-filter=AMT', '--text'],
  ...['--no-ext-diff', '--no-textconv', '--no-color', '--ignore-submodules=all', '--submodule=short'],
];
const COMMIT = '\u0001commit ';
/** Larger ones git prints. */
const MOST_LOOSE_BYTES = 64 * 1024 * 1024;

/** What is staged for the next commit. */
export function stagedChanges(repository: Repository, workTree: string): Changes {
  return contents(repository, workTree, entriesOf(git(repository, workTree, ['diff', '--cached', ...PRINTED])));
}

/**
 * What the commits after a revision brought, each version of each file, also what a later one took out again.
 *
 * @throws ScanError `revision_unknown`
 */
export function changesSince(repository: Repository, workTree: string, revision: string): Changes {
  const id = commitOf(repository, workTree, revision);
  const format = `--format=${COMMIT.replace('\u0001', '%x01')}%H %aI %an`;
  const printed = git(repository, workTree, [
    'log',
    ...PRINTED,
    '--diff-merges=first-parent',
    '--full-history',
    format,
    `${id}..HEAD`,
  ]);
  return contents(repository, workTree, entriesOf(printed));
}

function commitOf(repository: Repository, workTree: string, revision: string): string {
  try {
    const named = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
    return git(repository, workTree, named).toString().trim();
  } catch (cause) {
    throw new ScanError('revision_unknown', `${revision} is no commit here. Fetch it first, or name another.`, {
      cause,
    });
  }
}

/** Reads what git prints: of each commit lines `:<modes> <ids> <status>\t<path>`, then as many differences in the same order. */
function entriesOf(printed: Buffer): readonly Entry[] {
  const entries: Entry[] = [];
  let commit: Commit | null = null;
  let next = 0;
  let open: Entry | undefined;
  for (const line of linesOf(printed)) {
    if (line.startsWith(COMMIT)) {
      commit = commitIn(line);
      next = entries.length;
      open = undefined;
    } else if (line.startsWith(':') && open === undefined) {
      const [, blob, path] = /^:\d+ \d+ \w+ (\w+) \w\d*\t(.*)$/.exec(line) ?? [];
      if (blob !== undefined) entries.push({ path: unquoted(path!), blob, commit, added: [] });
    } else if (line.startsWith('diff --git ')) open = entries[next++];
    else if (open && line.startsWith('@@ -')) {
      const [, first, count] = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(line) ?? [];
      if (first !== undefined && count !== '0') open.added.push([Number(first), Number(count ?? 1)]);
    }
  }
  return entries;
}

/** Only the beginnings of lines tell what they are: of added ones, which may be long, no more is read. */
function* linesOf(printed: Buffer): Iterable<string> {
  for (let from = 0; from < printed.length;) {
    const end = printed.indexOf(0x0a, from);
    const to = end < 0 ? printed.length : end;
    const first = printed[from];
    if (first !== 0x2b && first !== 0x2d) yield printed.toString('utf8', from, Math.min(to, from + 8192));
    from = to + 1;
  }
}

function commitIn(line: string): Commit {
  const [id, at, ...author] = line.slice(COMMIT.length).split(' ');
  return { id: id!, at: at!, author: author.join(' ') };
}

/** A path with a quote, a backslash or a control character stands in quotes, as in C. */
function unquoted(path: string): string {
  if (!path.startsWith('"')) return path;
  const bytes = Buffer.from(path.slice(1, -1))
    .toString('latin1')
    .replaceAll(/\\(?:([0-7]{3})|(.))/g, (_, octal?: string, letter?: string) =>
      octal === undefined ? (UNQUOTED[letter!] ?? letter!) : String.fromCharCode(Number.parseInt(octal, 8)),
    );
  return Buffer.from(bytes, 'latin1').toString();
}

const UNQUOTED: Readonly<Record<string, string>> = {
  ...{ a: '\u0007', b: '\b', t: '\t', n: '\n', v: '\v', f: '\f', r: '\r' },
};

function contents(repository: Repository, workTree: string, all: readonly Entry[]): Changes {
  const entries = all.filter(({ added }) => added.length > 0);
  const blobs = blobsOf(repository, workTree, new Set(entries.map(({ blob }) => blob)));
  const skipped: Skipped[] = [];
  const changes: Change[] = [];
  for (const { path: name, blob, commit, added } of entries) {
    const content = blobs.get(blob);
    if (content) changes.push({ path: name, blob, content, commit, ranges: rangesOf(content, added) });
    else skipped.push({ path: name, reason: 'missing' });
  }
  return { changes, skipped };
}

/** What was staged a moment ago lies loose; the rest git prints. */
function blobsOf(repository: Repository, workTree: string, ids: ReadonlySet<string>): ReadonlyMap<string, Buffer> {
  const blobs = new Map<string, Buffer>();
  for (const id of ids) {
    const file = path.join(repository.objectsDirectory, id.slice(0, 2), id.slice(2));
    const content = readLoose(file, MOST_LOOSE_BYTES);
    if (content && typeof content !== 'string') blobs.set(id, content);
  }
  const others = [...ids].filter((id) => !blobs.has(id));
  if (others.length === 0) return blobs;
  const printed = git(repository, workTree, ['cat-file', '--batch'], others.map((id) => `${id}\n`).join(''));
  let at = 0;
  for (const id of others) {
    const end = printed.indexOf(0x0a, at);
    const [, type, size] = printed.toString('latin1', at, end).split(' ');
    at = end + 1;
    if (type !== 'blob') continue;
    blobs.set(id, printed.subarray(at, at + Number(size)));
    at += Number(size) + 1;
  }
  return blobs;
}

/** Added lines as bytes. */
function rangesOf(content: Buffer, added: Entry['added']): readonly Range[] {
  const starts = [0];
  for (let at = content.indexOf(0x0a); at >= 0; at = content.indexOf(0x0a, at + 1)) starts.push(at + 1);
  const place = (line: number) => starts[Math.max(line - 1, 0)] ?? content.length;
  return added.map(([first, count]) => [place(first), place(first + count)] as const);
}

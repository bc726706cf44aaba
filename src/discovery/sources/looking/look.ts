import type { Skipped } from '../../domain/finding.js';
import type { Observation } from '../../domain/observation.js';
import { HistoryError } from '../../history/errors.js';
import { clueOf } from '../../identities/reader.js';
import { ScanError } from '../../scan/errors.js';
import { scan } from '../../scan/scan.js';
import { Codeowners, CODEOWNERS_PATHS } from '../documents/codeowners.js';
import { type DocumentReader, documentReaders } from '../documents/index.js';
import { SourceError } from '../errors.js';
import type { PassedOver } from '../source.js';
import { authorsOf, withAuthor } from './addresses.js';
import { withProofsOfOthers } from './proofs.js';
import { seenCredentials } from './seen-credentials.js';
import type { LookSaid, LookTask } from './task.js';
import { filesAtHead, filesBelow, type TreeFile } from './tree.js';

const REPORT_EVERY = 500;

/**
 * Looks at files: for secrets, by what the scanner knows, and for accounts, by what their documents say. It takes as long as
 * that takes without a pause, and so belongs into a thread of its own.
 *
 * @throws SourceError `source_malformed`, `source_missing`, `source_failed`
 */
export async function look(task: LookTask, say: (said: LookSaid) => void): Promise<void> {
  try {
    const readers = documentReaders(task.documents, { name: task.name, at: task.at });
    const owners = new OwnersFile();
    const documents = await readDocuments(task, readers, owners, say);
    const files = task.secrets ? await lookForSecrets(task, owners.read(), say) : documents;
    for (const reader of readers) for (const one of reader.seen()) say(withOwners(one, owners.read()));
    say({ kind: 'looked', files, documents });
  } catch (error) {
    throw asSourceError(error);
  }
}

/** The first that is there, in the order in which forges look. */
class OwnersFile {
  private best = Infinity;
  private owners = Codeowners.none;

  take(path: string, bytes: Uint8Array): void {
    const rank = CODEOWNERS_PATHS.indexOf(path as never);
    if (rank < 0 || rank >= this.best || bytes.length > 1024 * 1024) return;
    this.best = rank;
    this.owners = Codeowners.read(Buffer.from(bytes).toString('latin1'));
  }

  read(): Codeowners {
    return this.owners;
  }
}

async function readDocuments(
  { what, secrets }: LookTask,
  readers: readonly DocumentReader[],
  owners: OwnersFile,
  say: (said: LookSaid) => void,
): Promise<number> {
  const isWanted = (path: string) =>
    CODEOWNERS_PATHS.includes(path as never) || readers.some((reader) => reader.byPath(path));
  let count = 0;
  // Whoever looks for secrets lists the same, and tells it.
  const skip = (one: Skipped) => secrets || say(passedOver(what, one));
  for await (const file of filesOf(what, isWanted, skip)) {
    if (file.bytes === null) {
      say({ kind: 'skipped', path: file.path, reason: file.reason, hides: file.path });
      continue;
    }
    owners.take(file.path, file.bytes);
    if (!isRead(file, readers, say)) continue;
    if (++count % REPORT_EVERY === 0) say({ kind: 'progress', done: count, all: null });
  }
  return count;
}

function filesOf(
  what: LookTask['what'],
  isWanted: (path: string) => boolean,
  skip: (skipped: Skipped) => void,
): Iterable<TreeFile> | AsyncIterable<TreeFile> {
  if (what.kind === 'history') return filesAtHead(what.folder, isWanted);
  return what.kind === 'paths' ? filesBelow(what.paths[0]!, isWanted, skip) : [];
}

/** Whether any reader knew it. */
function isRead(file: SourceFile, readers: readonly DocumentReader[], say: (said: LookSaid) => void): boolean {
  let known = false;
  for (const reader of readers) {
    if (!reader.byPath(file.path)) continue;
    try {
      if (!reader.recognises(file.bytes)) continue;
      reader.take(file);
      known = true;
    } catch {
      // Whatever a parser stumbled over: its words may quote what it read.
      say({ kind: 'skipped', path: file.path, reason: `unreadable-${reader.name}`, hides: file.path });
    }
  }
  return known;
}

type SourceFile = Extract<TreeFile, { readonly bytes: Uint8Array }>;

/** @returns how many files, or objects of a history, were looked at */
async function lookForSecrets(task: LookTask, codeowners: Codeowners, say: (said: LookSaid) => void): Promise<number> {
  const { what, key, at, stateFolder } = task;
  const progress = (done: number, all: number) => say({ kind: 'progress', done, all });
  const { findings: found, skipped, summary } = await scan(what, { key, at, stateFolder, matching: true, progress });
  const { findings, verifiers } = await withProofsOfOthers(found, task);
  for (const one of skipped) if (!isGone(what, one)) say(passedOver(what, one));
  const seen = [...seenCredentials(findings, key, codeowners, verifiers)];
  const authors = what.kind === 'history' ? await authorsOf(what.folder, commitsOf(seen)) : new Map<string, string>();
  for (const one of seen) say(withAuthor(one, authors));
  return summary.files;
}

/** A file that is there no more when its turn comes was not passed over. */
function isGone({ kind }: LookTask['what'], { reason }: Skipped): boolean {
  return kind === 'paths' && reason === 'missing';
}

/** For these nothing was missed: it is no text, or not what the source means, or says only what others leave alone. */
const MISSES_NOTHING = ['binary', 'config-unreadable', 'installed', 'link-outside'];
/** Of a history or an image: where that would have stood is not known without it. */
const MISSES_ANYTHING = [
  ...[
    'archive-bomb',
    'changed-while-read',
    'chain-too-long',
    'commits-unreadable',
    'compression-unknown',
    'corrupt',
    'missing',
  ],
  ...['too-many-packs', 'unreadable'],
];

/** What was not read says nothing of what stands there; the root of a tree is shown as a dot. */
export function passedOver({ kind }: LookTask['what'], skipped: Skipped): PassedOver {
  const { path, reason } = skipped;
  if (MISSES_NOTHING.includes(reason)) return { kind: 'skipped', ...skipped };
  const isAnywhere = path === '.' || (kind !== 'paths' && MISSES_ANYTHING.includes(reason));
  return { kind: 'skipped', ...skipped, hides: isAnywhere ? '' : path };
}

function commitsOf(seen: readonly Observation[]): ReadonlySet<string> {
  return new Set(seen.flatMap(({ place }) => (place.commit ? [place.commit.id] : [])));
}

function withOwners(one: Observation, codeowners: Codeowners): Observation {
  const owners = codeowners.ownersOf(one.place.path.split('#', 1)[0]!);
  if (owners === null) return one;
  if (one.kind === 'account') return { ...one, facts: { ...one.facts, more: { ...one.facts.more, owners } } };
  return { ...one, clues: [...one.clues, clueOf('codeowners', `CODEOWNERS names ${owners}`, { owners })] };
}

function asSourceError(error: unknown): unknown {
  if (error instanceof HistoryError)
    return error.code === 'git_failed'
      ? new SourceError('source_failed', 'git could not read the repository: run git fsck on it.', {
          cause: error.code,
        })
      : new SourceError('source_missing', 'There is no repository that can be read: check where it is.', {
          cause: error.code,
        });
  if (error instanceof ScanError)
    return new SourceError(
      error.code === 'image_malformed' ? 'source_malformed' : 'source_missing',
      'What is there is not what the source says: check where it is and of which kind.',
      { cause: error.code },
    );
  return error;
}
